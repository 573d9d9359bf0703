import {
  asciiBytes,
  assertU64,
  type Bytes,
  ByteWriter,
  equalBytes,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import { logError } from './errors.js';
import { assertLength, u32At, u64At } from './fields.js';
import {
  FRAME_HEAD_LENGTH,
  FRAME_RECORDS_LENGTH_MAX,
  HASH_LENGTH,
  PAYLOAD_LENGTH_MAX,
  RECORD_OVERHEAD,
} from './limits.js';
import { assertRecordType } from './payload.js';
import { assertLogseq, type LogRecord } from './record.js';

/** "ASLF". */
const FRAME_MAGIC: Bytes = asciiBytes('ASLF');

const HASHED_HEAD_LENGTH: number = FRAME_HEAD_LENGTH - HASH_LENGTH;
const RECORD_HEAD_LENGTH: number = RECORD_OVERHEAD - HASH_LENGTH;

/**
 * Encodes a record as it stands in a frame.
 *
 * @spec LOG-REC-2, LOG-FRM-8
 * @param record - borrowed.
 * @returns 48 octets more than the payload has; owned.
 * @throws AslError `LOG.TYPE` when the type is 0, `LOG.LIMIT` when the payload has more than 2^24 octets.
 */
export function encodeRecord(record: LogRecord): Bytes {
  const writer = new ByteWriter(recordLength(record));
  writeRecord(writer, record);
  return writer.finish();
}

/**
 * Encodes one frame: records that become durable together.
 *
 * @spec LOG-REC-1, LOG-FRM-6, LOG-FRM-7, LOG-FRM-8
 * @param records - at least one, with contiguous logseq; borrowed.
 * @param hasher - a SHA-256.
 * @returns the frame; owned.
 * @throws AslError `LOG.SEQ` when their logseq are not contiguous, `LOG.TYPE` or `LOG.LIMIT` as encodeRecord.
 * @throws RangeError when there are none, or more than 2^26 octets of them.
 */
export function encodeFrame(records: readonly LogRecord[], hasher: Hasher = sha256Hasher): Bytes {
  const [first] = records;
  if (first === undefined) throw new RangeError('records: expected at least one in a frame, got 0');
  const byteCount = records.reduce((sum, record) => sum + recordLength(record), 0);
  if (byteCount > FRAME_RECORDS_LENGTH_MAX) {
    throw new RangeError(
      `records: expected at most ${FRAME_RECORDS_LENGTH_MAX} octets in a frame, got ${byteCount}`,
    );
  }
  const writer = new ByteWriter(FRAME_HEAD_LENGTH + byteCount)
    .bytes(FRAME_MAGIC)
    .u32(byteCount, 'little')
    // LOG-FRM-7
    .u64(first.logseq, 'little')
    .zeros(HASH_LENGTH);
  let logseq = first.logseq;
  for (const record of records) {
    assertLogseq(record, logseq);
    writeRecord(writer, record);
    logseq++;
  }
  const frame = writer.finish();
  frame.set(frameHashOf(frame, 0, byteCount, hasher), HASHED_HEAD_LENGTH);
  return frame;
}

/** Refuses a payload of more than 2^24 octets with `LOG.LIMIT`. */
export function assertPayloadLimit(length: number): void {
  if (length <= PAYLOAD_LENGTH_MAX) return;
  // LOG-FRM-8
  const details = { expected: PAYLOAD_LENGTH_MAX, got: length };
  throw logError('LOG.LIMIT', `a payload has at most ${PAYLOAD_LENGTH_MAX} octets, got ${length}`, details);
}

/**
 * Octets of the good frame at `offset`, its head included; undefined if there is none.
 *
 * @spec LOG-FRM-2, LOG-FRM-6
 */
export function goodFrameLength(bytes: Uint8Array, offset: number, hasher: Hasher): number | undefined {
  const byteCount = frameByteCount(bytes, offset);
  if (byteCount === undefined) return undefined;
  const written = bytes.subarray(offset + HASHED_HEAD_LENGTH, offset + FRAME_HEAD_LENGTH);
  return equalBytes(frameHashOf(bytes, offset, byteCount, hasher), written)
    ? FRAME_HEAD_LENGTH + byteCount
    : undefined;
}

/** `byte_count` of what may be a good frame at `offset` but for its hash; undefined if nothing there can be one. */
export function frameByteCount(bytes: Uint8Array, offset: number): number | undefined {
  // LOG-FRM-2: all of its bytes are there.
  if (bytes.length - offset < FRAME_HEAD_LENGTH || !hasMagic(bytes, offset)) return undefined;
  const byteCount = u32At(bytes, offset + 4);
  // LOG-FRM-6
  if (byteCount === 0 || byteCount > FRAME_RECORDS_LENGTH_MAX) return undefined;
  return byteCount <= bytes.length - offset - FRAME_HEAD_LENGTH ? byteCount : undefined;
}

/** `first_logseq` of the frame at `offset`. */
export function frameFirstLogseq(bytes: Uint8Array, offset: number): bigint {
  return u64At(bytes, offset + 8);
}

/**
 * Reads the records of a good frame.
 *
 * @spec LOG-FRM-6, LOG-FRM-7, LOG-FRM-8
 * @param bytes - the file; the records' payloads and hashes are views of it.
 * @param offset - where the frame begins.
 * @param end - where it ends.
 * @param records - takes the records.
 * @returns how many there were.
 * @throws AslError `LOG.LIMIT` or `LOG.FRAME`, record by record, then `LOG.SEQ`.
 */
export function readRecords(bytes: Uint8Array, offset: number, end: number, records: LogRecord[]): number {
  const before = records.length;
  let at = offset + FRAME_HEAD_LENGTH;
  while (at < end) at = readRecord(bytes, at, end, records);
  assertFirstLogseq(bytes, offset, (records[before] as LogRecord).logseq);
  return records.length - before;
}

function readRecord(bytes: Uint8Array, at: number, end: number, records: LogRecord[]): number {
  if (end - at < RECORD_HEAD_LENGTH) throw notFilled(at, RECORD_OVERHEAD, end - at);
  const payloadLength = u32At(bytes, at + 12);
  // LOG-FRM-8: before it is added to anything.
  assertPayloadLimit(payloadLength);
  const next = at + RECORD_OVERHEAD + payloadLength;
  if (next > end) throw notFilled(at, RECORD_OVERHEAD + payloadLength, end - at);
  records.push({
    logseq: u64At(bytes, at),
    type: u32At(bytes, at + 8),
    payload: bytes.subarray(at + RECORD_HEAD_LENGTH, next - HASH_LENGTH),
    recordHash: bytes.subarray(next - HASH_LENGTH, next),
  });
  return next;
}

function notFilled(offset: number, expected: number, got: number): ReturnType<typeof logError> {
  // LOG-FRM-6
  const message = `a record of ${expected} octets at offset ${offset} does not fit the ${got} that are left of its frame`;
  return logError('LOG.FRAME', message, { offset, expected, got });
}

function assertFirstLogseq(bytes: Uint8Array, offset: number, logseq: bigint): void {
  const firstLogseq = frameFirstLogseq(bytes, offset);
  if (firstLogseq === logseq) return;
  // LOG-FRM-7
  throw logError(
    'LOG.SEQ',
    `the frame at offset ${offset} has first_logseq ${firstLogseq}, its first record ${logseq}`,
    {
      offset,
      expected: logseq.toString(),
      got: firstLogseq.toString(),
    },
  );
}

function frameHashOf(bytes: Uint8Array, offset: number, byteCount: number, hasher: Hasher): Bytes {
  const records = offset + FRAME_HEAD_LENGTH;
  return hasher.digest([
    bytes.subarray(offset, offset + HASHED_HEAD_LENGTH),
    bytes.subarray(records, records + byteCount),
  ]);
}

function recordLength(record: LogRecord): number {
  assertPayloadLimit(record.payload.length);
  return RECORD_OVERHEAD + record.payload.length;
}

function writeRecord(writer: ByteWriter, record: LogRecord): void {
  assertU64(record.logseq, 'logseq');
  assertRecordType(record.type);
  assertLength(record.recordHash, HASH_LENGTH, 'recordHash');
  writer
    .u64(record.logseq, 'little')
    .u32(record.type, 'little')
    .u32(record.payload.length, 'little')
    .bytes(record.payload)
    .bytes(record.recordHash);
}

function hasMagic(bytes: Uint8Array, offset: number): boolean {
  return (
    bytes[offset] === FRAME_MAGIC[0] &&
    bytes[offset + 1] === FRAME_MAGIC[1] &&
    bytes[offset + 2] === FRAME_MAGIC[2] &&
    bytes[offset + 3] === FRAME_MAGIC[3]
  );
}
