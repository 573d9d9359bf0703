// @ts-check
import { INDEX_VALUE_LENGTH, indexedLength } from '../data.mjs';

const LENGTH_OFFSET = 8;

/** Entries that become durable together while an index is built. */
export const BATCH_LENGTH = 100_000;

/**
 * What a peer's index holds, entry after entry: block, offset, length and tag of an artifact.
 *
 * @param {number} count
 */
export function indexValues(count) {
  const words = new Uint32Array((INDEX_VALUE_LENGTH / 4) * count);
  for (let index = 0; index < count; index++) {
    words.set([index & 1023, index, indexedLength(index)], (INDEX_VALUE_LENGTH / 4) * index);
  }
  return Buffer.from(words.buffer);
}

/**
 * @param {Buffer} values
 * @param {number} index
 */
export function valueAt(values, index) {
  return values.subarray(INDEX_VALUE_LENGTH * index, INDEX_VALUE_LENGTH * (index + 1));
}

/** @param {Buffer | undefined} value */
export function valueLength(value) {
  return value?.readUInt32LE(LENGTH_OFFSET);
}
