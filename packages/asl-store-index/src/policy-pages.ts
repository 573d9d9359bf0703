import { assertU64, compareBytes, encodeReference, type Reference } from '@amduat/asl-core';
import type { PolicyRow, PolicyTable } from './policy.js';
import {
  assertAbove,
  assertPosition,
  keyAt,
  openPolicyFile,
  type PolicyFile,
  pairAt,
  pairOffset,
  readHead,
  readRows,
  tombstoneAt,
  withTombstones,
  wrongRow,
} from './policy-file.js';
import type { LogPosition, LogSeq } from './record.js';

/** A policy table file that is read in parts. */
export interface PolicyParts {
  /** Octets. */
  readonly fileLength: number;
  /**
   * Gives a part that lies in the file, checked against its hash (STX-PTB-2): exactly these octets, borrowed, and nobody
   * writes to them.
   */
  readonly read: (offset: number, length: number) => Uint8Array;
  /** The position it is the table of. */
  readonly position?: LogPosition;
}

/**
 * Opens a policy table file of which only what is asked for is read.
 *
 * @spec STX-PTB-3, STX-PTB-4, STX-PTB-5, STX-PTB-6, STX-PTB-7, STX-PTB-14
 * @param parts - the file; kept.
 * @returns the policy. What it is asked for it reads, checks as {@link decodePolicy} does as far as that shows, and does
 * not keep; a fault is thrown by each call that meets it: `CORE.HASH_ID`, `POLICY.ROW`, `POLICY.ORDER`,
 * `POLICY.TOMBSTONES`, `POLICY.INDEX`, `POLICY.POSITION`, and what `read` throws.
 * @throws AslError `POLICY.TRUNCATED`, `POLICY.MAGIC`, `POLICY.VERSION`, `POLICY.HEADER`, `POLICY.LENGTH`, in this order of
 * checks; what `read` throws.
 * @remarks A row is found in O(log n) reads, in O(log log n) where the references are as even as hashes are; the key of a
 * tombstone in O(log t). The tombstones of a row are read with it.
 * @example
 * import { referenceOf } from '@amduat/asl-core';
 * import { applyPolicy, EMPTY_POLICY, encodePolicy, openPolicyTable } from '@amduat/asl-store-index';
 * const key = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * const file = encodePolicy(applyPolicy(EMPTY_POLICY, { kind: 'tombstone', key, logseq: 3n }));
 * const read = (offset: number, length: number) => file.subarray(offset, offset + length);
 * const table = openPolicyTable({ fileLength: file.length, read });
 * if (table.get(key)?.tombstones.join() !== '3') throw new Error();
 * if (table.keyOfTombstone(4n) !== undefined) throw new Error();
 */
export function openPolicyTable({ fileLength, read, position }: PolicyParts): PolicyTable {
  return new PagedPolicy(openPolicyFile(fileLength, read), position);
}

class PagedPolicy implements PolicyTable {
  readonly #file: PolicyFile;
  readonly #position: LogPosition | undefined;

  constructor(file: PolicyFile, position: LogPosition | undefined) {
    this.#file = file;
    this.#position = position;
  }

  get size(): number {
    return this.#file.rowCount;
  }

  get(key: Reference): PolicyRow | undefined {
    const ordinal = findRow(this.#file, key);
    if (ordinal === undefined) return undefined;
    return this.#checked(withTombstones(this.#file, readHead(this.#file, ordinal)));
  }

  *rows(): Generator<PolicyRow, void, undefined> {
    for (const row of readRows(this.#file)) yield this.#checked(row);
  }

  keyOfTombstone(logseq: LogSeq): Reference | undefined {
    assertU64(logseq, 'logseq');
    // STX-PTB-13: what is above the position is in no table of it.
    if (this.#position !== undefined && logseq > this.#position) return undefined;
    const file = this.#file;
    const at = findAscending(file.tombstoneCount, (ordinal) => pairAt(file, ordinal).logseq, logseq);
    if (at === undefined) return undefined;
    const { row } = pairAt(file, at);
    const head = row < BigInt(file.rowCount) ? readHead(file, Number(row)) : undefined;
    const own = head && findAscending(head.count, (index) => tombstoneAt(file, head.first + index), logseq);
    // STX-PTB-12
    if (head === undefined || own === undefined) throw wrongRow(pairOffset(file, at), null, row);
    return head.key;
  }

  #checked(row: PolicyRow): PolicyRow {
    if (this.#position !== undefined) assertPosition([row], this.#position);
    return row;
  }
}

/** A place among the rows, and what is known of the key there. */
interface Bound {
  readonly ordinal: number;
  readonly rank: number;
  readonly key?: Uint8Array;
}

/** After so many guesses a half: whatever the keys are, the rows between the bounds become half as many. */
const GUESSES = 3;

/**
 * The ordinal of the row of a key.
 *
 * @spec STX-PTB-9
 */
function findRow(file: PolicyFile, key: Reference): number | undefined {
  const wanted = encodeReference(key);
  const rank = rankOf(wanted);
  let low: Bound = { ordinal: -1, rank: RANKS * key.hashId };
  let high: Bound = { ordinal: file.rowCount, rank: RANKS * (key.hashId + 1) };
  for (let step = 1; high.ordinal - low.ordinal > 1; step++) {
    const isGuess = step % (GUESSES + 1) > 0;
    const ordinal = isGuess ? guessed(rank, low, high) : Math.floor((low.ordinal + high.ordinal) / 2);
    const found = keyAt(file, ordinal);
    const bound = { ordinal, rank: rankOf(found), key: found };
    const order = compareBytes(found, wanted);
    if (order === 0) return ordinal;
    if (order < 0) {
      if (low.key !== undefined) assertAbove(found, low.key, ordinal);
      low = bound;
    } else {
      if (high.key !== undefined) assertAbove(high.key, found, high.ordinal);
      high = bound;
    }
  }
  return undefined;
}

/** How many ranks the references of one hash function have. */
const RANKS = 2 ** 48;

/** The first 8 octets of a reference: its hash function, and 6 octets of its digest. */
function rankOf(reference: Uint8Array): number {
  const view = new DataView(reference.buffer, reference.byteOffset, 8);
  return 2 ** 32 * view.getUint32(0) + view.getUint32(4);
}

/** Where between two bounds a rank would be if those between were even. */
function guessed(rank: number, low: Bound, high: Bound): number {
  const share = (rank - low.rank) / (high.rank - low.rank + 1);
  return low.ordinal + 1 + Math.floor(share * (high.ordinal - low.ordinal - 1));
}

/** The index of a number among ascending ones. */
function findAscending(count: number, at: (index: number) => bigint, wanted: bigint): number | undefined {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = at(middle);
    if (found === wanted) return middle;
    if (found < wanted) low = middle + 1;
    else high = middle;
  }
  return undefined;
}
