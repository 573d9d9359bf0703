import { type Hasher, sha256Hasher } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { assertFileLength, readHeader } from './layout.js';
import { assertSegmentId, segmentIdOf } from './pages.js';
import { runSync } from './requests.js';
import { coldSegment } from './segment.js';
import { verifySegment } from './verify.js';

/** What {@link decodeSegment} holds the bytes against beside the rules. */
export interface DecodeSegmentOptions {
  /** 32 octets the bytes have to hash to. */
  readonly segmentId?: Uint8Array;
  /** A SHA-256; the plain one by default. */
  readonly hasher?: Hasher;
}

/**
 * Decodes a whole index segment, strictly.
 *
 * @spec SEG-ID-2, SEG-LIM-1, SEG-HDR-1, SEG-FILE-3, SEG-FILE-4
 * @param bytes - the whole file and nothing else; borrowed.
 * @param options - the SegmentID, if one is known.
 * @returns the records in ascending order of their keys; owned. Records share the octets of their BlockIDs and DomainIDs.
 * @throws AslError `SEG.DIGEST` when the bytes hash to another SegmentID; then the code of the first fault, in the order
 * of section 5 of the specification.
 * @remarks Pure; O(length). encodeSegment(decodeSegment(b)).bytes equals b for every b it accepts.
 */
export function decodeSegment(bytes: Uint8Array, options: DecodeSegmentOptions = {}): IndexRecord[] {
  const { segmentId, hasher = sha256Hasher } = options;
  // SEG-ID-2
  if (segmentId !== undefined) assertSegmentId(segmentIdOf(bytes, hasher), segmentId);
  const layout = readHeader(bytes);
  assertFileLength(layout, bytes.length);
  const segment = coldSegment(layout, () => {});
  const records: IndexRecord[] = [];
  runSync(
    verifySegment(segment, (record) => records.push(record)),
    (offset, length) => bytes.subarray(offset, offset + length),
  );
  return records;
}
