import { compareReferences } from '@amduat/asl-core';
import {
  type Candidate,
  decidingCandidate,
  effectiveLogseq,
  type IndexRecord,
} from '@amduat/asl-store-index';

const NO_LIMIT = 0xffff_ffff_ffff_ffffn;

/** The records of one segment and the seal through which they are visible. */
export interface MergeInput {
  readonly sealLogseq: bigint;
  /** Needed only if one segment comes in through several seals. */
  readonly segmentId?: Uint8Array;
  /** In strictly ascending order of their keys, as a scan gives them. */
  readonly records: Iterable<IndexRecord>;
}

interface Cursor {
  readonly input: MergeInput;
  readonly iterator: Iterator<IndexRecord>;
  readonly head: IndexRecord;
}

/**
 * Merges segments into the records that decide, one for a key, so that a segment of them answers as they all did.
 *
 * @spec IDX-VIS-1, IDX-VIS-2, IDX-GET-1, IDX-GET-3, IDX-GET-4
 * @param inputs - in any order; read as records are taken.
 * @returns the deciding records in ascending order of their keys, tombstones included, each with its effective logseq.
 * @throws AslError `IDX.DUPLICATE` when two records through different segments share the greatest effective logseq;
 * and what reading an input throws.
 * @remarks Holds one record of each input.
 */
export function* mergeSegments(inputs: readonly MergeInput[]): Generator<IndexRecord, void, undefined> {
  // The least key last, so that taking it moves nothing.
  const cursors: Cursor[] = [];
  try {
    for (const input of inputs) insert(cursors, input, input.records[Symbol.iterator]());
    while (cursors.length > 0) yield decidingRecord(takeLeast(cursors));
  } finally {
    for (const { iterator } of cursors) iterator.return?.();
  }
}

function insert(cursors: Cursor[], input: MergeInput, iterator: Iterator<IndexRecord>): void {
  const next = iterator.next();
  if (next.done === true) return;
  const head = next.value;
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareReferences((cursors[middle] as Cursor).head.key, head.key) > 0) low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, { input, iterator, head });
}

/** Takes every record of the least key and moves its cursors on. */
function takeLeast(cursors: Cursor[]): (Candidate & { readonly record: IndexRecord })[] {
  const taken = [cursors.pop() as Cursor];
  const [{ head }] = taken as [Cursor];
  for (let last = cursors.at(-1); last !== undefined; last = cursors.at(-1)) {
    if (compareReferences(last.head.key, head.key) !== 0) break;
    taken.push(cursors.pop() as Cursor);
  }
  for (const { input, iterator } of taken) insert(cursors, input, iterator);
  return taken.map(({ input: { sealLogseq, segmentId }, head: record }) => {
    const candidate = { sealLogseq, logseq: record.logseq, record };
    return segmentId === undefined ? candidate : { ...candidate, segmentId };
  });
}

function decidingRecord(candidates: (Candidate & { readonly record: IndexRecord })[]): IndexRecord {
  const deciding = decidingCandidate(candidates, NO_LIMIT);
  if (deciding === undefined) throw new RangeError('sealLogseq: expected a u64');
  const logseq = effectiveLogseq(deciding);
  return deciding.record.logseq === logseq ? deciding.record : { ...deciding.record, logseq };
}
