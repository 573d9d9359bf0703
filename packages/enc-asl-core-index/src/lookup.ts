import { copyBytes, DIGEST_LENGTH, type Reference } from '@amduat/asl-core';
import { mayHoldDigest } from './bloom.js';
import { segError } from './errors.js';
import { bucketOf } from './fanout.js';
import { type RecordFields, readFields } from './fields.js';
import type { SegmentLayout } from './layout.js';
import { RECORD_LENGTH } from './limits.js';
import type { Reading } from './requests.js';
import { type OpenSegment, type ResidentSegment, readRange } from './segment.js';

const WORDS_PER_RECORD = RECORD_LENGTH / 4;
const WORDS_PER_DIGEST = DIGEST_LENGTH / 4;
/** A bucket with more records is halved before it is read or compared. Hashes never fill one so far by chance. */
const BUCKET_READ_MAX = 1024;

/**
 * Tells from what is resident whether a segment may have a record of a key.
 *
 * @spec SEG-BLM-3, CORE-HASH-5
 * @param segment - any; without a resident filter only the hash function speaks against a key.
 * @param key - borrowed.
 * @returns false only if the segment certainly has none.
 * @throws RangeError when the key's digest has another length.
 */
export function mayContain({ layout, filter }: OpenSegment, { hashId, digest }: Reference): boolean {
  assertDigestLength(digest.length, DIGEST_LENGTH);
  // CORE-HASH-5
  if (hashId !== layout.hashId) return false;
  // SEG-BLM-3
  return filter === undefined || mayHoldDigest(filter, digest, 0);
}

/**
 * Looks up a key, reading only what is not resident: the fan-out entry of its bucket, then the bucket's records.
 *
 * @spec SEG-ID-3, SEG-BLM-3, SEG-FAN-3, CORE-HASH-5
 * @param segment - any; what of it is resident decides only how much is read.
 * @param key - borrowed.
 * @returns the record's fields, to be handed to `readRecord`, or undefined if the segment has no record of the key.
 * @throws AslError `SEG.DIGEST` when a page that is needed is not that of its hash: that is never "absent".
 * @throws AslError `SEG.FANOUT` when the fan-out contradicts itself.
 * @throws RangeError when the key's digest has another length.
 * @remarks At most two reads; at most one with the fan-out resident; none with the records resident, or outside the
 * range of the segment, or when a resident filter denies the key. A bucket that is overfull because its digests were
 * chosen, not hashed, is halved by a read of one page at a time.
 * @example
 * import { encodeSegment, findRecord, openSegment, runSync } from '@amduat/enc-asl-core-index';
 * const key = { hashId: 1, digest: new Uint8Array(32) } as const;
 * const none = new Uint8Array(32);
 * const record = { key, tombstone: true, location: [], visibility: 'internal', domain: none, source: none } as const;
 * const { bytes, ...names } = encodeSegment([{ ...record, logseq: 0n }]);
 * const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
 * const segment = runSync(openSegment({ fileLength: bytes.length, ...names }), read);
 * if (runSync(findRecord(segment, key), read)?.number !== 0) throw new Error();
 */
export function* findRecord(segment: OpenSegment, key: Reference): Reading<RecordFields | undefined> {
  const { layout } = segment;
  const { digest } = key;
  if (!mayContain(segment, key)) return undefined;
  if (isResident(segment)) {
    const number = findNumber(segment, digest);
    return number < 0 ? undefined : fieldsOf(segment, number);
  }
  if (isOutside(layout, digest, 0)) return undefined;
  const [start, end] = yield* readBucket(segment, bucketOf(digest, 0, layout.commonBits, layout.bucketBits));
  const [from, to] = yield* narrow(segment, digest, start, end);
  const bytes = yield* readRange(
    segment,
    layout.recordsOffset + RECORD_LENGTH * from,
    RECORD_LENGTH * (to - from),
  );
  for (let at = 0; at < bytes.length; at += RECORD_LENGTH) {
    if (compareDigestAt(bytes, at, digest, 0) === 0) return readFields(bytes, at, from + at / RECORD_LENGTH);
  }
  return undefined;
}

function* readBucket(segment: OpenSegment, bucket: number): Reading<[number, number]> {
  const { layout, fanOut } = segment;
  let start: number;
  let end: number;
  if (fanOut === undefined) {
    const entries = yield* readRange(segment, layout.fanOutOffset + 4 * bucket, 8);
    const view = new DataView(entries.buffer, entries.byteOffset, 8);
    start = view.getUint32(0, true);
    end = view.getUint32(4, true);
  } else {
    start = fanOut[bucket] as number;
    end = fanOut[bucket + 1] as number;
  }
  if (start > end || end > layout.recordCount) throw brokenFanOut(layout, bucket, start, end);
  return [start, end];
}

function brokenFanOut(
  layout: SegmentLayout,
  bucket: number,
  start: number,
  end: number,
): ReturnType<typeof segError> {
  // SEG-FAN-3
  const offset = layout.fanOutOffset + 4 * bucket;
  const text = `bucket ${bucket} goes from ${start} to ${end} of ${layout.recordCount}, at offset ${offset}`;
  return segError('SEG.FANOUT', text, { offset, expected: layout.recordCount, got: [start, end] });
}

/** Halves an overfull bucket, one page a step, so that what is read at once stays bounded. */
function* narrow(
  segment: OpenSegment,
  digest: Uint8Array,
  start: number,
  end: number,
): Reading<[number, number]> {
  let from = start;
  let to = end;
  while (to - from > BUCKET_READ_MAX) {
    const middle = from + Math.floor((to - from) / 2);
    const at = segment.layout.recordsOffset + RECORD_LENGTH * middle;
    const bytes = yield* readRange(segment, at, DIGEST_LENGTH);
    if (compareDigestAt(bytes, 0, digest, 0) > 0) to = middle;
    else from = middle;
  }
  return [from, to];
}

function isResident(segment: OpenSegment): segment is ResidentSegment {
  return segment.fanOut !== undefined && segment.records !== undefined;
}

const scratchWords = new Int32Array(WORDS_PER_DIGEST);
const scratchBytes = new Uint8Array(scratchWords.buffer);

/**
 * Finds the number of a digest's record without reading.
 *
 * @spec SEG-FAN-3
 * @param segment - one whose records are resident.
 * @param digest - of the segment's hash function; 32 octets; borrowed.
 * @returns the number, from 0, or −1 if there is none.
 * @throws AslError `SEG.FANOUT` when the fan-out contradicts itself.
 * @remarks Makes no object.
 */
export function findNumber(segment: ResidentSegment, digest: Uint8Array): number {
  assertDigestLength(digest.length, DIGEST_LENGTH);
  scratchBytes.set(digest);
  return findAt(segment, scratchBytes, scratchWords, 0);
}

/**
 * Finds the numbers of the records of many digests.
 *
 * @spec SEG-FAN-3
 * @param segment - one whose records are resident.
 * @param digests - 32 octets each, one after the other; borrowed.
 * @param numbers - takes one number for each digest, −1 for none.
 * @throws AslError `SEG.FANOUT` when the fan-out contradicts itself.
 * @throws RangeError when the lengths do not belong together.
 * @remarks Makes no object if `digests` begins at a multiple of four in its buffer.
 */
export function findNumbers(segment: ResidentSegment, digests: Uint8Array, numbers: Int32Array): void {
  assertDigestLength(digests.length, DIGEST_LENGTH * numbers.length);
  const bytes = digests.byteOffset % 4 === 0 ? digests : copyBytes(digests);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let index = 0; index < numbers.length; index++) numbers[index] = findAt(segment, bytes, words, index);
}

/** Reads the fields of a record that is resident. */
export function fieldsOf(segment: ResidentSegment, number: number): RecordFields {
  const { records } = segment;
  const bytes = new Uint8Array(records.buffer, records.byteOffset + RECORD_LENGTH * number, RECORD_LENGTH);
  return readFields(bytes, 0, number);
}

/** Looks up the digest with this index; `words` and `bytes` are the same octets. */
function findAt(segment: ResidentSegment, bytes: Uint8Array, words: Int32Array, index: number): number {
  const { layout, fanOut } = segment;
  const at = DIGEST_LENGTH * index;
  if (isOutside(layout, bytes, at)) return -1;
  const bucket = bucketOf(bytes, at, layout.commonBits, layout.bucketBits);
  const start = fanOut[bucket] as number;
  const end = fanOut[bucket + 1] as number;
  if (start > end || end > layout.recordCount) throw brokenFanOut(layout, bucket, start, end);
  if (end - start > BUCKET_READ_MAX) return halve(segment, bytes, at, start, end);
  return scanWords(segment.records, words, WORDS_PER_DIGEST * index, start, end);
}

function scanWords(records: Int32Array, words: Int32Array, word: number, start: number, end: number): number {
  const word0 = words[word];
  const word1 = words[word + 1];
  const word2 = words[word + 2];
  const word3 = words[word + 3];
  const word4 = words[word + 4];
  const word5 = words[word + 5];
  const word6 = words[word + 6];
  const word7 = words[word + 7];
  for (let at = WORDS_PER_RECORD * start; at < WORDS_PER_RECORD * end; at += WORDS_PER_RECORD) {
    if (
      records[at] === word0 &&
      records[at + 1] === word1 &&
      records[at + 2] === word2 &&
      records[at + 3] === word3 &&
      records[at + 4] === word4 &&
      records[at + 5] === word5 &&
      records[at + 6] === word6 &&
      records[at + 7] === word7
    ) {
      return at / WORDS_PER_RECORD;
    }
  }
  return -1;
}

function halve(segment: ResidentSegment, bytes: Uint8Array, at: number, start: number, end: number): number {
  const { records } = segment;
  const recordBytes = new Uint8Array(records.buffer, records.byteOffset, records.byteLength);
  let from = start;
  let to = end;
  while (from < to) {
    const middle = from + Math.floor((to - from) / 2);
    const order = compareDigestAt(recordBytes, RECORD_LENGTH * middle, bytes, at);
    if (order === 0) return middle;
    if (order > 0) to = middle;
    else from = middle + 1;
  }
  return -1;
}

function isOutside(layout: SegmentLayout, bytes: Uint8Array, at: number): boolean {
  return (
    compareDigestAt(layout.firstDigest, 0, bytes, at) > 0 ||
    compareDigestAt(layout.lastDigest, 0, bytes, at) < 0
  );
}

function compareDigestAt(left: Uint8Array, leftAt: number, right: Uint8Array, rightAt: number): number {
  for (let index = 0; index < DIGEST_LENGTH; index++) {
    const difference = (left[leftAt + index] as number) - (right[rightAt + index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

function assertDigestLength(got: number, expected: number): void {
  if (got !== expected) throw new RangeError(`digest: expected ${expected} octets, got ${got}`);
}
