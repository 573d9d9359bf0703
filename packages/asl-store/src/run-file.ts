import {
  asciiBytes,
  ByteReader,
  type Bytes,
  ByteWriter,
  concatBytes,
  equalBytes,
  formatHex,
  isAslError,
} from '@amduat/asl-core';
import type { Seal } from '@amduat/asl-log';
import { type EncodedSegment, PAGE_LENGTH, segmentIdOfPages } from '@amduat/enc-asl-core-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { DERIVED_PREFIX, type Storage } from './port.js';
import { keepDerived, openFile, type SegmentReader } from './segment-reader.js';

/**
 * A run is a merged segment: for a contiguous range of seals, the deciding record of every key with its effective
 * logseq (STO-MRG-1). Its file is derived: the segment, its page hashes, the seals it stands for, and a footer
 * { segment length u64, seal count u64, magic, SHA-256 of all after the segment but itself }.
 */
export interface Run {
  readonly name: string;
  readonly seals: readonly Seal[];
  readonly reader: SegmentReader;
}

export const RUNS_PREFIX: string = `${DERIVED_PREFIX}runs/`;

const MAGIC = asciiBytes('ASLRUN01');
const SEAL_LENGTH = 40;
const FOOTER_LENGTH = 56;

/** The name of the run of these seals: no other seals have it. */
export function runName(seals: readonly Seal[]): string {
  return `${RUNS_PREFIX}${formatHex(hasher.digest([encodeSeals(seals)]))}`;
}

/** Keeps a run, if that is possible. */
export async function keepRun(
  storage: Storage,
  seals: readonly Seal[],
  segment: EncodedSegment,
): Promise<void> {
  const rest = concatBytes([
    segment.pageHashes,
    encodeSeals(seals),
    new ByteWriter(24)
      .u64(BigInt(segment.bytes.length), 'little')
      .u64(BigInt(seals.length), 'little')
      .bytes(MAGIC)
      .finish(),
  ]);
  await keepDerived(storage, runName(seals), [segment.bytes, rest, hasher.digest([rest])]);
}

/**
 * Opens a run that was kept.
 *
 * @spec STO-MRG-3
 * @returns the run, or undefined when the file is not there or is not that of a run of its name.
 */
export async function openRun(storage: Storage, name: string): Promise<Run | undefined> {
  const size = await storage.size(name);
  if (size === undefined || size < FOOTER_LENGTH) return undefined;
  const footer = await storage.read(name, size - FOOTER_LENGTH, FOOTER_LENGTH);
  if (footer?.length !== FOOTER_LENGTH || !equalBytes(footer.subarray(16, 24), MAGIC)) return undefined;
  const counts = new DataView(footer.buffer, footer.byteOffset, FOOTER_LENGTH);
  const segmentLength = Number(counts.getBigUint64(0, true));
  const sealCount = Number(counts.getBigUint64(8, true));
  const hashesLength = 32 * Math.ceil(segmentLength / PAGE_LENGTH);
  if (segmentLength + hashesLength + SEAL_LENGTH * sealCount + FOOTER_LENGTH !== size) return undefined;
  const rest = await storage.read(name, segmentLength, size - segmentLength);
  if (rest === undefined || !isWhole(rest)) return undefined;
  const pageHashes = rest.subarray(0, hashesLength);
  const seals = decodeSeals(rest.subarray(hashesLength, rest.length - FOOTER_LENGTH));
  if (runName(seals) !== name) return undefined;
  const segmentId = segmentIdOfPages(pageHashes, hasher);
  try {
    const reader = await openFile(storage, { name, fileLength: segmentLength, pageHashes, segmentId });
    return { name, seals, reader };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return undefined;
  }
}

function isWhole(rest: Bytes): boolean {
  const end = rest.length - 32;
  return equalBytes(hasher.digest([rest.subarray(0, end)]), rest.subarray(end));
}

function encodeSeals(seals: readonly Seal[]): Bytes {
  const writer = new ByteWriter(SEAL_LENGTH * seals.length);
  for (const { logseq, segmentId } of seals) writer.u64(logseq, 'little').bytes(segmentId);
  return writer.finish();
}

function decodeSeals(bytes: Uint8Array): Seal[] {
  const reader = new ByteReader(bytes, (offset) => {
    throw new RangeError(`seals end at offset ${offset}`);
  });
  const seals: Seal[] = [];
  while (reader.remaining > 0) seals.push({ logseq: reader.u64('little'), segmentId: reader.bytes(32) });
  return seals;
}
