/** Octets of a block of the filter: eight u32 words. */
export const FILTER_BLOCK_LENGTH = 32;

const RECORDS_PER_BLOCK = 24;
const FILTERED_FROM = 64;
const SALT = Uint32Array.of(
  0x47b6137b,
  0x44974d91,
  0x8824ad5b,
  0xa2b7289d,
  0x705495c7,
  0x2df1424b,
  0x9efc4947,
  0x5c6bfb31,
);

/** How many blocks the filter of `recordCount` records has; none below 64 records. */
export function filterBlockCount(recordCount: number): number {
  // SEG-BLM-1
  if (recordCount < FILTERED_FROM) return 0;
  return Math.max(1, Math.ceil(recordCount / RECORDS_PER_BLOCK));
}

/** Enters the digest that begins at `at` of `bytes` into a filter. */
export function enterDigest(filter: Uint32Array, bytes: Uint8Array, at: number): void {
  const low = littleEndianWord(bytes, at + 24);
  const first = firstWord(filter.length, littleEndianWord(bytes, at + 28));
  for (let word = 0; word < 8; word++) {
    filter[first + word] = (filter[first + word] as number) | (1 << bitOf(low, word));
  }
}

/**
 * Tells whether the digest that begins at `at` of `bytes` may have been entered.
 *
 * @spec SEG-BLM-3
 * @returns false only if it certainly was not.
 */
export function mayHoldDigest(filter: Uint32Array, bytes: Uint8Array, at: number): boolean {
  const low = littleEndianWord(bytes, at + 24);
  const first = firstWord(filter.length, littleEndianWord(bytes, at + 28));
  for (let word = 0; word < 8; word++) {
    if (((filter[first + word] as number) & (1 << bitOf(low, word))) === 0) return false;
  }
  return true;
}

/** The block's first word: ((h >> 32) × z) >> 32. The product stays below 2^53, so it is exact in a number. */
function firstWord(wordCount: number, high: number): number {
  return 8 * Math.floor((high * (wordCount / 8)) / 2 ** 32);
}

function bitOf(low: number, word: number): number {
  return Math.imul(low, SALT[word] as number) >>> 27;
}

function littleEndianWord(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at + 3] as number) << 24) | ((bytes[at + 2] as number) << 16);
  return (high | ((bytes[at + 1] as number) << 8) | (bytes[at] as number)) >>> 0;
}
