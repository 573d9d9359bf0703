// @ts-check
import { hash } from 'node:crypto';

const LOG_RECORD_LENGTH = 128;
const INDEX_PREFIX_LENGTH = 8;

/** Octets of a digest. */
export const DIGEST_LENGTH = 32;

/** Octets of what a peer's index holds for a key. */
export const INDEX_VALUE_LENGTH = 16;

/**
 * Fills words with numbers that look random and are the same everywhere.
 *
 * @param {Uint32Array} words
 * @param {number} seed not 0
 */
function fillRandom(words, seed) {
  let state = seed;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
}

/**
 * @param {number} length a multiple of 4
 * @param {number} seed
 */
function randomBytes(length, seed) {
  const words = new Uint32Array(length / 4);
  fillRandom(words, seed);
  return Buffer.from(words.buffer);
}

/**
 * Items of 256 to 4095 octets, as many in each octave of lengths; all different.
 *
 * @param {number} count
 * @returns {Buffer[]}
 */
export function makeItems(count) {
  const draws = new Uint32Array(count);
  fillRandom(draws, 0x9e37_79b9);
  const lengths = Array.from(draws, (draw) => {
    const least = 256 << (draw >>> 30);
    return least + ((draw & 0xffff) % least);
  });
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const bytes = randomBytes(4 * Math.ceil(total / 4), 0x2545_f491);
  let offset = 0;
  return lengths.map((length) => {
    const item = bytes.subarray(offset, offset + length);
    offset += length;
    return item;
  });
}

/**
 * The fewest calls in the cheapest form of the platform.
 *
 * @param {Uint8Array} bytes
 */
export function sha256(bytes) {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'latin1');
}

/**
 * Digests of nothing.
 *
 * @param {number} count
 * @returns {Buffer[]}
 */
export function makeAbsentDigests(count) {
  const bytes = randomBytes(DIGEST_LENGTH * count, 0x6c07_8965);
  return Array.from({ length: count }, (_, index) => digestAt(bytes, index));
}

/**
 * @param {Buffer} digests
 * @param {number} index
 */
export function digestAt(digests, index) {
  return digests.subarray(DIGEST_LENGTH * index, DIGEST_LENGTH * (index + 1));
}

/**
 * Records of a log.
 *
 * @param {number} count
 * @returns {Buffer[]}
 */
export function makeLogRecords(count) {
  const bytes = randomBytes(LOG_RECORD_LENGTH * count, 0x1337_c0de);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(LOG_RECORD_LENGTH * index, LOG_RECORD_LENGTH * (index + 1)),
  );
}

/**
 * The numbers below `count` in another order.
 *
 * @param {number} count
 */
export function shuffledNumbers(count) {
  const draws = new Uint32Array(count);
  fillRandom(draws, 0x85eb_ca6b);
  const numbers = Uint32Array.from(draws, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = /** @type {number} */ (draws[index]) % (index + 1);
    const held = /** @type {number} */ (numbers[index]);
    numbers[index] = /** @type {number} */ (numbers[other]);
    numbers[other] = held;
  }
  return numbers;
}

/**
 * Digests in ascending order, one after the other, spread as hashes are.
 *
 * @param {number} count
 */
export function makeSortedDigests(count) {
  const prefixes = new BigUint64Array(randomBytes(INDEX_PREFIX_LENGTH * count, 0xc2b2_ae35).buffer).sort();
  const digests = randomBytes(DIGEST_LENGTH * count, 0x27d4_eb2f);
  let previous = -1n;
  for (const [index, prefix] of prefixes.entries()) {
    if (prefix <= previous) throw new Error(`two digests of the ${count} begin alike`);
    digests.writeBigUInt64BE(prefix, DIGEST_LENGTH * index);
    previous = prefix;
  }
  return digests;
}

/**
 * The length that the index gives for entry `index`.
 *
 * @param {number} index
 */
export function indexedLength(index) {
  return 256 + (index % 3841);
}
