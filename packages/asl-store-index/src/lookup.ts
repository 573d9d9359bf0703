import { equalBytes } from '@amduat/asl-core';
import { storeIndexError } from './errors.js';
import type { LogPosition, LogSeq } from './record.js';

/** A record of the key that is looked up, found in a segment of the list of visible segments. */
export interface Candidate {
  /** Logseq of the seal through which it was found; 0 for a segment that no seal made visible. */
  readonly sealLogseq: LogSeq;
  /** The record's own; 0 in a sealed segment. */
  readonly logseq: LogSeq;
  /** The segment it was found in. Candidates without it count as found in different segments. */
  readonly segmentId?: Uint8Array;
}

/**
 * The logseq by which a record is compared.
 *
 * @spec IDX-VIS-2
 */
export function effectiveLogseq(candidate: Candidate): LogSeq {
  return candidate.logseq === 0n ? candidate.sealLogseq : candidate.logseq;
}

/**
 * Chooses the record of a key that decides a lookup; a tombstone may be it.
 *
 * @spec IDX-VIS-1, IDX-VIS-2, IDX-VIS-3, IDX-GET-1, IDX-GET-3, IDX-GET-4
 * @param candidates - the records of one key, one for each pair (seal, segment) that holds it, in any order.
 * @param position - records that are later, and segments that are sealed later, are left out.
 * @returns the candidate with the greatest effective logseq, or undefined if none is left.
 * @throws AslError `IDX.DUPLICATE` when two through different segments share the greatest effective logseq.
 * @example
 * import { decidingCandidate } from '@amduat/asl-store-index';
 * const candidates = [{ sealLogseq: 1n, logseq: 0n }, { sealLogseq: 4n, logseq: 0n }];
 * if (decidingCandidate(candidates, 3n)?.sealLogseq !== 1n) throw new Error();
 */
export function decidingCandidate<C extends Candidate>(
  candidates: Iterable<C>,
  position: LogPosition,
): C | undefined {
  let deciding: C | undefined;
  let greatest = 0n;
  let rival: C | undefined;
  for (const candidate of candidates) {
    const logseq = effectiveLogseq(candidate);
    if (logseq > position || candidate.sealLogseq > position || logseq < greatest) continue;
    if (deciding !== undefined && logseq === greatest) {
      if (!isSameSegment(deciding, candidate)) rival = candidate;
      continue;
    }
    deciding = candidate;
    greatest = logseq;
    rival = undefined;
  }
  if (rival === undefined) return deciding;
  throw storeIndexError('IDX.DUPLICATE', `two segments have a record of the key at logseq ${greatest}`, {
    logseq: greatest.toString(),
  });
}

/**
 * Answers a lookup: the deciding record, unless it hides its key.
 *
 * @spec IDX-GET-2
 * @param candidates - as for {@link decidingCandidate}.
 * @param position - as for {@link decidingCandidate}.
 * @returns the deciding candidate, or undefined when the key has no record: hidden and never present are one answer.
 * @throws AslError `IDX.DUPLICATE` as {@link decidingCandidate} does.
 */
export function visibleCandidate<C extends Candidate & { readonly tombstone: boolean }>(
  candidates: Iterable<C>,
  position: LogPosition,
): C | undefined {
  const deciding = decidingCandidate(candidates, position);
  return deciding?.tombstone === true ? undefined : deciding;
}

function isSameSegment(left: Candidate, right: Candidate): boolean {
  if (left.segmentId === undefined || right.segmentId === undefined) return false;
  return equalBytes(left.segmentId, right.segmentId);
}
