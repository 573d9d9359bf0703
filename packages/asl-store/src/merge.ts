import { isAslError } from '@amduat/asl-core';
import type { Seal } from '@amduat/asl-log';
import type { LogSeq } from '@amduat/asl-store-index';
import {
  type EncodedSegment,
  encodeSegment,
  type MergeInput,
  mergeSegments,
  readRecords,
} from '@amduat/enc-asl-core-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import type { SegmentReader } from './segment-reader.js';

/** A segment, and the seal it is visible through; one whose records carry their own logseqs has none. */
export interface MergeSource {
  readonly seal: Seal | undefined;
  readonly reader: SegmentReader;
}

/** What a candidate of a lookup says of the seal that it was found through. */
export function sealOf(seal: Seal | undefined): { sealLogseq: LogSeq; segmentId?: Uint8Array } {
  return seal === undefined ? { sealLogseq: 0n } : { sealLogseq: seal.logseq, segmentId: seal.segmentId };
}

/**
 * Merges segments into one that answers for all of them.
 *
 * @spec STO-MRG-1, STO-CMP-2, STO-CMP-3
 * @returns the segment; undefined if no segment says what they say together.
 */
export async function mergeSources(sources: readonly MergeSource[]): Promise<EncodedSegment | undefined> {
  const inputs: MergeInput[] = [];
  for (const { seal, reader } of sources) {
    const { segment, run } = reader;
    const records = await run(readRecords(segment, 0, segment.layout.recordCount));
    // A sealed segment whose records carry a logseq of their own says something at other positions than its seal's.
    if (seal !== undefined && seal.logseq !== 0n && records[0]?.logseq !== 0n) return undefined;
    inputs.push({ ...sealOf(seal), records });
  }
  return mergeInputs(inputs);
}

/** The merged segment, or undefined where two records of a key leave nothing to choose by: each lookup says so itself. */
function mergeInputs(inputs: readonly MergeInput[]): EncodedSegment | undefined {
  try {
    return encodeSegment([...mergeSegments(inputs)], hasher);
  } catch (error) {
    if (!isAslError(error, 'IDX.DUPLICATE')) throw error;
    return undefined;
  }
}
