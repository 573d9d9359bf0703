import { type Hasher, sha256Hasher } from '@amduat/asl-core';
import { logError } from './errors.js';
import { frameByteCount, frameFirstLogseq, goodFrameLength, readRecords } from './frame.js';
import { decodeHeader, type LogHeader, type LogReadOptions } from './header.js';
import { FRAME_RECORDS_LENGTH_MAX, HEADER_LENGTH } from './limits.js';
import type { LogRecord } from './record.js';

/** One good frame of a file. */
export interface LogFrame {
  readonly offset: number;
  readonly firstLogseq: bigint;
  readonly recordCount: number;
}

/** Where the good frames of a file end: cleanly, or before bytes that are nothing. */
export interface LogEnd {
  readonly kind: 'clean' | 'torn';
  readonly offset: number;
}

/** The frames of a file, or of a part of it, and their records. */
export interface FrameScan {
  readonly records: readonly LogRecord[];
  readonly frames: readonly LogFrame[];
  readonly end: LogEnd;
}

/** A whole log file. */
export interface LogScan extends FrameScan {
  readonly header: LogHeader;
}

/**
 * Reads a log file as far as its frames are good. What the records say is not looked at: replay does that.
 *
 * @spec LOG-HDR-1, LOG-FRM-2, LOG-FRM-3, LOG-FRM-4, LOG-FRM-5, LOG-FRM-6, LOG-FRM-7, LOG-FRM-8, LOG-FRM-9
 * @param bytes - the whole file; kept by the records, which are views of it.
 * @returns header, records, frames and where they end.
 * @throws AslError the codes of decodeHeader, then `LOG.DAMAGED`, then `LOG.LIMIT`, `LOG.FRAME` or `LOG.SEQ` of the first
 * good frame that is not in order.
 * @remarks Pure; hashes every octet once, and changes none. A torn file is read, not refused: see assertClean.
 * @example
 * import { encodeHeader, scanLog } from '@amduat/asl-log';
 * const domainId = new Uint8Array(32).fill(7);
 * const base = { baseLogseq: 0n, baseRecordHash: domainId, baseManifestHash: new Uint8Array(32) };
 * const scan = scanLog(encodeHeader({ domainId, ...base }), { domainId });
 * if (scan.end.kind !== 'clean' || scan.end.offset !== 160) throw new Error();
 */
export function scanLog(bytes: Uint8Array, options: LogReadOptions = {}): LogScan {
  const header = decodeHeader(bytes, options);
  return { header, ...scanFrames(bytes, HEADER_LENGTH, header.baseLogseq, options.hasher) };
}

/**
 * Reads frames from an offset on, so that a reader that knows a file up to there need not read it again.
 *
 * @spec LOG-FRM-2, LOG-FRM-3, LOG-FRM-4, LOG-FRM-5, LOG-FRM-6, LOG-FRM-7, LOG-FRM-8, LOG-FRM-9
 * @param bytes - the file, or its octets from some frame's beginning on; kept by the records.
 * @param offset - in `bytes`, where a frame is expected.
 * @param previous - first_logseq of the last frame before `offset`; base_logseq if there is none.
 * @param hasher - a SHA-256.
 * @returns records and frames from `offset` on, and where they end; offsets are those in `bytes`.
 * @throws AslError `LOG.DAMAGED`, `LOG.LIMIT`, `LOG.FRAME` or `LOG.SEQ`, as scanLog.
 */
export function scanFrames(
  bytes: Uint8Array,
  offset: number,
  previous: bigint,
  hasher: Hasher = sha256Hasher,
): FrameScan {
  const offsets: number[] = [];
  let at = offset;
  let last = previous;
  for (;;) {
    const length = goodFrameLength(bytes, at, hasher);
    if (length === undefined) break;
    offsets.push(at);
    last = frameFirstLogseq(bytes, at);
    at += length;
  }
  const end = readEnd(bytes, at, last, hasher);
  const records: LogRecord[] = [];
  const frames = offsets.map((frame, index): LogFrame => {
    const recordCount = readRecords(bytes, frame, offsets[index + 1] ?? at, records);
    return { offset: frame, firstLogseq: frameFirstLogseq(bytes, frame), recordCount };
  });
  return { records, frames, end };
}

/**
 * Refuses a torn file; for whoever is asked to verify, since a reader just reads up to there.
 *
 * @spec LOG-FRM-3
 * @throws AslError `LOG.TORN` with the offset at which the good frames end.
 */
export function assertClean(end: LogEnd): void {
  if (end.kind === 'clean') return;
  // LOG-FRM-3
  throw logError('LOG.TORN', `no good frame begins at offset ${end.offset} or later`, { offset: end.offset });
}

function readEnd(bytes: Uint8Array, offset: number, last: bigint, hasher: Hasher): LogEnd {
  // LOG-FRM-2: zeros up to the end are an end.
  if (isZeroFrom(bytes, offset)) return { kind: 'clean', offset };
  assertNoLaterFrame(bytes, offset, last, hasher);
  // LOG-FRM-3, LOG-FRM-5: it is read up to there, and left as it is.
  return { kind: 'torn', offset };
}

function isZeroFrom(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset; at < bytes.length; at++) if (bytes[at] !== 0) return false;
  return true;
}

function assertNoLaterFrame(bytes: Uint8Array, gap: number, last: bigint, hasher: Hasher): void {
  // Candidates may overlap, and each has to be hashed by itself: without a bound the work would be quadratic.
  let budget = FRAME_RECORDS_LENGTH_MAX + 8 * (bytes.length - gap);
  for (let at = gap + 1; at < bytes.length; at++) {
    const byteCount = frameByteCount(bytes, at);
    if (byteCount === undefined || frameFirstLogseq(bytes, at) <= last) continue;
    budget -= byteCount;
    // LOG-FRM-4, LOG-FRM-9
    if (budget < 0 || goodFrameLength(bytes, at, hasher) !== undefined) throw damaged(gap, at);
  }
}

function damaged(offset: number, later: number): ReturnType<typeof logError> {
  return logError(
    'LOG.DAMAGED',
    `the frame at offset ${offset} is not good, and one at offset ${later} follows it`,
    {
      offset,
      later,
    },
  );
}
