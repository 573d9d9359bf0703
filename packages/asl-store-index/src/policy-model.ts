import { formatReference, type Reference } from '@amduat/asl-core';
import type { LogPosition, LogSeq } from './record.js';
import type { Verdict } from './verdict.js';

type Entry =
  | { readonly kind: 'tombstone' | 'publish' | 'unpublish'; readonly keys: readonly string[] }
  | { readonly kind: 'lift'; readonly tombstone: LogSeq }
  | { readonly kind: 'other' };

/**
 * What the policy of a domain is, in as few words as it takes: the history, read again for each question. Slow and
 * obvious on purpose; implementations are tested against it.
 *
 * Each call is one record of the log and returns its logseq; the first is 1.
 *
 * @spec STX-MOD-1, STX-POL-1, STX-POL-2, STX-POL-3, STX-POL-4, STX-POL-5, STX-TMB-2
 */
export class PolicyModel {
  readonly #history: Entry[] = [];

  /** How many records there are. */
  get position(): LogPosition {
    return BigInt(this.#history.length);
  }

  tombstone(key: Reference): LogSeq {
    return this.#append({ kind: 'tombstone', keys: [formatReference(key)] });
  }

  /** Lifts the tombstone of that logseq. Throws RangeError, and records nothing, when it is no live one. */
  lift(tombstone: LogSeq): LogSeq {
    const named = this.#history[Number(tombstone) - 1];
    if (named?.kind !== 'tombstone' || this.#isLifted(tombstone, this.position)) {
      throw new RangeError(`tombstone: ${tombstone} is no live one`);
    }
    return this.#append({ kind: 'lift', tombstone });
  }

  publish(keys: readonly Reference[]): LogSeq {
    return this.#append({ kind: 'publish', keys: keys.map(formatReference) });
  }

  unpublish(keys: readonly Reference[]): LogSeq {
    return this.#append({ kind: 'unpublish', keys: keys.map(formatReference) });
  }

  /** A record that says nothing of any key's policy, such as a seal. */
  other(): LogSeq {
    return this.#append({ kind: 'other' });
  }

  /** The logseqs of the live tombstones of `key` at `position`, ascending. */
  tombstonesAt(position: LogPosition, key: Reference): LogSeq[] {
    return this.#logseqsAt(position, formatReference(key), ['tombstone']).filter(
      (logseq) => !this.#isLifted(logseq, position),
    );
  }

  /** The last publication of `key` at `position`. */
  publicationAt(position: LogPosition, key: Reference): { published: boolean; logseq: LogSeq } | undefined {
    const logseq = this.#logseqsAt(position, formatReference(key), ['publish', 'unpublish']).at(-1);
    if (logseq === undefined) return undefined;
    return { published: this.#history[Number(logseq) - 1]?.kind === 'publish', logseq };
  }

  /** The verdict on `key` at `position`, given whether it has a visible record there. */
  verdictAt(position: LogPosition, key: Reference, hasRecord: boolean): Verdict {
    if (this.tombstonesAt(position, key).length > 0) return 'inadmissible';
    if (!hasRecord) return 'absent';
    return this.publicationAt(position, key)?.published ? 'published' : 'internal';
  }

  #append(entry: Entry): LogSeq {
    this.#history.push(entry);
    return this.position;
  }

  #logseqsAt(position: LogPosition, key: string, kinds: readonly Entry['kind'][]): LogSeq[] {
    return this.#history.slice(0, Number(position)).flatMap((entry, index) => {
      const concerns = 'keys' in entry && entry.keys.includes(key) && kinds.includes(entry.kind);
      return concerns ? [BigInt(index + 1)] : [];
    });
  }

  #isLifted(tombstone: LogSeq, position: LogPosition): boolean {
    return this.#history
      .slice(0, Number(position))
      .some((entry) => entry.kind === 'lift' && entry.tombstone === tombstone);
  }
}
