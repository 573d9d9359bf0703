import {
  assertU64,
  compareReferences,
  equalReferences,
  formatReference,
  type Reference,
} from '@amduat/asl-core';
import type { LogSeq } from './record.js';
import { type Keying, type Trie, trieDelete, trieGet, trieSet, trieValues } from './trie.js';

/** The last publication of a key. */
export interface Publication {
  readonly published: boolean;
  readonly logseq: LogSeq;
}

/** What the log says about one key. */
export interface PolicyRow {
  readonly key: Reference;
  /** The logseqs of its live tombstones, ascending. */
  readonly tombstones: readonly LogSeq[];
  /** Absent when the log never published nor unpublished the key. */
  readonly publication?: Publication;
}

/** The policy at a position: exactly the keys with a live tombstone or a publication (STX-POL-6). A value. */
export interface PolicyTable {
  /** The row of a key; reading its `tombstones` costs as much as the key has. */
  get(key: Reference): PolicyRow | undefined;
  /** Every row, in ascending order of its key. */
  rows(): Iterable<PolicyRow>;
  /** The key of a live tombstone, or undefined if no live tombstone has that logseq. */
  keyOfTombstone(logseq: LogSeq): Reference | undefined;
  /** How many rows there are. */
  readonly size: number;
}

/** What one record of the log does to the policy. */
export type PolicyChange =
  | { readonly kind: 'tombstone'; readonly key: Reference; readonly logseq: LogSeq }
  | { readonly kind: 'lift'; readonly tombstone: LogSeq }
  | { readonly kind: 'publish' | 'unpublish'; readonly keys: readonly Reference[]; readonly logseq: LogSeq };

/** In the order of CORE-REF-10. One nibble holds a `hash_id`: those of registry version 1 are below 16. */
const BY_REFERENCE: Keying<Reference> = {
  nibble({ hashId, digest }, depth) {
    if (depth === 0) return hashId;
    const octet = digest[(depth - 1) >> 1] as number;
    return depth % 2 === 1 ? octet >> 4 : octet & 15;
  },
  equal: equalReferences,
};

/** A u64 as two u32, which are faster to take nibbles from. */
interface LogSeqKey {
  readonly high: number;
  readonly low: number;
}

/** Lowest nibble first: there the logseqs of one log differ, so that paths stay short. */
const BY_LOGSEQ: Keying<LogSeqKey> = {
  nibble({ high, low }, depth) {
    return depth < 8 ? (low >>> (4 * depth)) & 15 : (high >>> (4 * (depth - 8))) & 15;
  },
  equal: (left, right) => left.low === right.low && left.high === right.high,
};

function logseqKey(logseq: LogSeq): LogSeqKey {
  assertU64(logseq, 'logseq');
  return { high: Number(logseq >> 32n), low: Number(logseq & 0xffff_ffffn) };
}

interface Entry {
  readonly key: Reference;
  readonly live: Trie<LogSeqKey, LogSeq>;
  readonly publication: Publication | undefined;
}

/** What was changed, over a table that stays as it is, if there is one. */
class TriePolicy implements PolicyTable {
  readonly below: PolicyTable | undefined;
  /** Those that are not in the table below, or not as there; one that says nothing stands for a row that is gone. */
  readonly entries: Trie<Reference, Entry>;
  /** Live tombstone → its key; null for one of the table below that was lifted. */
  readonly owners: Trie<LogSeqKey, Reference | null>;
  readonly size: number;

  constructor(
    below: PolicyTable | undefined,
    entries: Trie<Reference, Entry>,
    owners: Trie<LogSeqKey, Reference | null>,
    size: number,
  ) {
    this.below = below;
    this.entries = entries;
    this.owners = owners;
    this.size = size;
  }

  get(key: Reference): PolicyRow | undefined {
    const entry = trieGet(BY_REFERENCE, this.entries, key);
    return entry === undefined ? this.below?.get(key) : rowOf(entry);
  }

  *rows(): Generator<PolicyRow, void, undefined> {
    const entries = trieValues(this.entries);
    let next = entries.next();
    for (const row of this.below?.rows() ?? []) {
      for (; !next.done && compareReferences(next.value.key, row.key) < 0; next = entries.next()) {
        yield* rowsOf(next.value);
      }
      if (next.done || !equalReferences(next.value.key, row.key)) yield row;
      else {
        yield* rowsOf(next.value);
        next = entries.next();
      }
    }
    for (; !next.done; next = entries.next()) yield* rowsOf(next.value);
  }

  keyOfTombstone(logseq: LogSeq): Reference | undefined {
    const owner = trieGet(BY_LOGSEQ, this.owners, logseqKey(logseq));
    return owner === undefined ? this.below?.keyOfTombstone(logseq) : (owner ?? undefined);
  }

  /** What is said of a key, to be changed; one that says nothing if there is no row. */
  entry(key: Reference): Entry {
    const entry = trieGet(BY_REFERENCE, this.entries, key);
    if (entry !== undefined) return entry;
    const { tombstones = [], publication } = this.below?.get(key) ?? {};
    let live: Trie<LogSeqKey, LogSeq>;
    for (const logseq of tombstones) live = trieSet(BY_LOGSEQ, live, logseqKey(logseq), logseq);
    return { key, live, publication };
  }

  /** The table with `after` in place of `before`, which is what it says of the same key. */
  with(before: Entry, after: Entry, owners: Trie<LogSeqKey, Reference | null>): TriePolicy {
    const size = this.size - rowCountOf(before) + rowCountOf(after);
    return new TriePolicy(this.below, this.#entriesWith(after), owners, size);
  }

  #entriesWith(entry: Entry): Trie<Reference, Entry> {
    const isNeeded = rowCountOf(entry) > 0 || this.below?.get(entry.key) !== undefined;
    if (isNeeded) return trieSet(BY_REFERENCE, this.entries, entry.key, entry);
    return trieDelete(BY_REFERENCE, this.entries, entry.key);
  }

  /** The owners without a tombstone. */
  ownersWithout(tombstone: LogSeq): Trie<LogSeqKey, Reference | null> {
    const number = logseqKey(tombstone);
    if (this.below?.keyOfTombstone(tombstone) === undefined) {
      return trieDelete(BY_LOGSEQ, this.owners, number);
    }
    return trieSet(BY_LOGSEQ, this.owners, number, null);
  }
}

/** The policy at position 0: no rows. */
export const EMPTY_POLICY: PolicyTable = new TriePolicy(undefined, undefined, undefined, 0);

/**
 * Applies one record of the log to the policy.
 *
 * @spec STX-POL-1, STX-POL-2, STX-POL-3, STX-POL-4, STX-POL-6
 * @param table - stays as it was.
 * @param change - later in the log than every change in `table`; its references are kept, and nobody writes to them.
 * @returns the policy after the change.
 * @throws RangeError when a lift names no live tombstone, or a tombstone has the logseq of a live one. A log refuses
 * such a record with a code of its own; {@link PolicyTable.keyOfTombstone} tells beforehand.
 * @remarks O(log size) for each key of the change, however many tombstones a key has. Of a table of another make nothing
 * is copied but the rows that change, each once: it stays below what changes, is asked whenever that says nothing, and
 * what it throws is thrown.
 * @example
 * import { referenceOf } from '@amduat/asl-core';
 * import { applyPolicy, EMPTY_POLICY, verdictOf } from '@amduat/asl-store-index';
 * const key = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * const table = applyPolicy(EMPTY_POLICY, { kind: 'tombstone', key, logseq: 3n });
 * if (verdictOf(table.get(key), true) !== 'inadmissible') throw new Error();
 * if (EMPTY_POLICY.get(key) !== undefined) throw new Error();
 */
export function applyPolicy(table: PolicyTable, change: PolicyChange): PolicyTable {
  const policy =
    table instanceof TriePolicy ? table : new TriePolicy(table, undefined, undefined, table.size);
  switch (change.kind) {
    case 'tombstone':
      return withTombstone(policy, change.key, change.logseq);
    case 'lift':
      return withLift(policy, change.tombstone);
    case 'publish':
    case 'unpublish':
      return withPublication(policy, change.keys, {
        published: change.kind === 'publish',
        logseq: change.logseq,
      });
  }
}

/**
 * Makes a policy of rows that were kept elsewhere.
 *
 * @spec STX-POL-6
 * @param rows - in any order, one for a key; their references are kept.
 * @returns the table with these rows.
 * @throws RangeError when a row has neither tombstones nor a publication, or a key or a tombstone comes twice.
 */
export function policyOf(rows: Iterable<PolicyRow>): PolicyTable {
  let policy = EMPTY_POLICY as TriePolicy;
  for (const { key, tombstones, publication } of rows) {
    if (policy.get(key) !== undefined) throw new RangeError(`rows: two for ${formatReference(key)}`);
    if (tombstones.length === 0 && publication === undefined) {
      throw new RangeError(`rows: nothing is said of ${formatReference(key)}`);
    }
    for (const logseq of tombstones) policy = withTombstone(policy, key, logseq);
    if (publication !== undefined) policy = withPublication(policy, [key], publication);
  }
  return policy;
}

function withTombstone(policy: TriePolicy, key: Reference, logseq: LogSeq): TriePolicy {
  if (policy.keyOfTombstone(logseq) !== undefined) {
    throw new RangeError(`logseq: ${logseq} is that of a live tombstone already`);
  }
  const entry = policy.entry(key);
  const number = logseqKey(logseq);
  const live = trieSet(BY_LOGSEQ, entry.live, number, logseq);
  return policy.with(entry, { ...entry, live }, trieSet(BY_LOGSEQ, policy.owners, number, key));
}

function withLift(policy: TriePolicy, tombstone: LogSeq): TriePolicy {
  const key = policy.keyOfTombstone(tombstone);
  if (key === undefined) throw new RangeError(`tombstone: ${tombstone} is no live one`);
  const entry = policy.entry(key);
  const live = trieDelete(BY_LOGSEQ, entry.live, logseqKey(tombstone));
  return policy.with(entry, { ...entry, live }, policy.ownersWithout(tombstone));
}

function withPublication(
  policy: TriePolicy,
  keys: readonly Reference[],
  publication: Publication,
): TriePolicy {
  assertU64(publication.logseq, 'logseq');
  let changed = policy;
  for (const key of keys) {
    const entry = changed.entry(key);
    changed = changed.with(entry, { ...entry, publication }, changed.owners);
  }
  return changed;
}

/** STX-POL-6: an entry that says nothing is no row. */
function rowCountOf({ live, publication }: Entry): 0 | 1 {
  return live === undefined && publication === undefined ? 0 : 1;
}

function* rowsOf(entry: Entry): Generator<PolicyRow, void, undefined> {
  const row = rowOf(entry);
  if (row !== undefined) yield row;
}

function rowOf(entry: Entry): PolicyRow | undefined {
  if (rowCountOf(entry) === 0) return undefined;
  const { key, live, publication } = entry;
  return {
    key,
    get tombstones() {
      return [...trieValues(live)].sort((left, right) => (left < right ? -1 : 1));
    },
    ...(publication && { publication }),
  };
}
