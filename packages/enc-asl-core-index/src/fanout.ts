import { DIGEST_LENGTH } from '@amduat/asl-core';

/** The leading bits that two digests have in common, most significant first: 0 to 256. */
export function commonBitCount(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < DIGEST_LENGTH; index++) {
    const difference = (left[index] as number) ^ (right[index] as number);
    if (difference !== 0) return 8 * index + Math.clz32(difference) - 24;
  }
  return 8 * DIGEST_LENGTH;
}

/** b: how many bits of a digest choose its bucket among `recordCount` records. */
export function bucketBitCount(recordCount: number): number {
  const floorLog2 = 31 - Math.clz32(recordCount);
  return Math.max(0, floorLog2 - 1);
}

/**
 * The bucket of the digest that begins at `at` of `bytes`: its `bitCount` bits after the first `skipCount`. Bits beyond
 * the digest, which only a malformed header can ask for, are zero.
 *
 * @remarks `bitCount` is at most 22, so four octets hold the bits wherever they begin.
 */
export function bucketOf(bytes: Uint8Array, at: number, skipCount: number, bitCount: number): number {
  if (bitCount === 0) return 0;
  const first = skipCount >>> 3;
  let window = 0;
  for (let index = first; index < first + 4; index++) {
    window = (window << 8) | (index < DIGEST_LENGTH ? (bytes[at + index] as number) : 0);
  }
  return (window << (skipCount & 7)) >>> (32 - bitCount);
}

/** The entries of a fan-out: before each bucket, and after the last, the number of records so far. */
export function fanOutOf(bucketSizes: Uint32Array): Uint32Array {
  // SEG-FAN-1
  const fanOut = new Uint32Array(bucketSizes.length + 1);
  for (let bucket = 0; bucket < bucketSizes.length; bucket++) {
    fanOut[bucket + 1] = (fanOut[bucket] as number) + (bucketSizes[bucket] as number);
  }
  return fanOut;
}
