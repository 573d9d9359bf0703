import { compareBytes } from '@amduat/asl-core';
import type { LogState } from '@amduat/asl-log';
import type { ManifestSegment } from '@amduat/asl-store-index';
import { loadManifest } from './base.js';
import { mergeSources } from './merge.js';
import { mergeStart } from './merge-policy.js';
import { generationName } from './names.js';
import { createHashed } from './objects.js';
import type { Storage } from './port.js';
import { openSealed, openWhole, type SegmentReader } from './segment-reader.js';

interface Listed extends ManifestSegment {
  readonly reader: SegmentReader;
}

/**
 * The segments of the manifest of a state: those of the manifest before it and of the seals since, merged as far as the
 * rule says; merged ones are durable then.
 *
 * @spec STO-CMP-1, STO-CMP-2, STO-CMP-3
 */
export async function segmentsOfSnapshot(storage: Storage, state: LogState): Promise<ManifestSegment[]> {
  const segments = await unmergedSegments(storage, state);
  const listed: Listed[] = [];
  for (const segment of segments)
    listed.push({ ...segment, reader: await openSealed(storage, segment.segmentId) });
  listed.sort(compareListed);
  for (let start = startOf(listed); start !== undefined; start = startOf(listed)) {
    const merged = await mergeSources(listed.slice(start).map(({ reader, ...seal }) => ({ seal, reader })));
    if (merged === undefined) break;
    const { segmentId, bytes, pageHashes } = merged;
    await createHashed(storage, 'segments', segmentId, bytes);
    const name = generationName('segments', segmentId, 0n);
    const reader = openWhole(storage, name, segmentId, bytes, pageHashes);
    listed.splice(start, listed.length - start, { logseq: 0n, segmentId, reader });
    listed.sort(compareListed);
  }
  return listed.map(({ logseq, segmentId }) => ({ logseq, segmentId }));
}

function startOf(listed: readonly Listed[]): number | undefined {
  return mergeStart(listed.map(({ reader }) => reader.segment.layout.recordCount));
}

/** Merged segments first, those with more records before others; then those of seals, in the order of the log. */
function compareListed(left: Listed, right: Listed): number {
  if (left.logseq !== right.logseq) return left.logseq < right.logseq ? -1 : 1;
  const [more, fewer] = [right.reader.segment.layout.recordCount, left.reader.segment.layout.recordCount];
  if (left.logseq === 0n && more !== fewer) return more - fewer;
  return compareBytes(left.segmentId, right.segmentId);
}

async function unmergedSegments(storage: Storage, state: LogState): Promise<readonly ManifestSegment[]> {
  const last = state.anchors.at(-1);
  if (last === undefined || last.snapshotLogseq <= state.base) return state.seals;
  const { domainId, open } = state;
  const position = last.snapshotLogseq;
  const snapshot = { domainId, position, recordHash: state.recordHashAt(position), open };
  const manifest = await loadManifest(storage, last.manifestHash, snapshot);
  if (manifest === undefined) return state.seals;
  return [...manifest.segments, ...state.seals.filter(({ logseq }) => logseq > position)];
}
