import { HASH_LENGTH } from './limits.js';

const CHUNK_COUNT = 1024;

/** Hashes in a row. `used` is how many of them some list already has: a list that has fewer copies before it adds. */
interface Chunk {
  readonly bytes: Uint8Array;
  used: number;
}

/**
 * The record_hash of every position from a base on, 32 octets each. A list is a value, though lists that grow out of one
 * another share their chunks: what one of them can see is never written again.
 */
export class RecordHashes {
  readonly #base: bigint;
  readonly #chunks: readonly Chunk[];
  readonly #count: number;

  private constructor(base: bigint, chunks: readonly Chunk[], count: number) {
    this.#base = base;
    this.#chunks = chunks;
    this.#count = count;
  }

  /** The list of one position and its hash, which is copied. */
  static from(base: bigint, hash: Uint8Array): RecordHashes {
    return new RecordHashes(base, [], 0).push(hash);
  }

  /** The first position of the list. */
  get base(): bigint {
    return this.#base;
  }

  /** The list with the hash of the next position, which is copied; O(1) but for a list that was added to before. */
  push(hash: Uint8Array): RecordHashes {
    const index = this.#count % CHUNK_COUNT;
    const chunks = index === 0 ? [...this.#chunks, emptyChunk()] : this.#chunks;
    const last = chunks[chunks.length - 1] as Chunk;
    const chunk = last.used === index ? last : copyOf(last, index);
    chunk.bytes.set(hash, index * HASH_LENGTH);
    chunk.used = index + 1;
    return new RecordHashes(
      this.#base,
      chunk === last ? chunks : [...chunks.slice(0, -1), chunk],
      this.#count + 1,
    );
  }

  /** The hash of a position from the base on to the last one, as a view. */
  at(position: bigint): Uint8Array {
    const index = Number(position - this.#base);
    const { bytes } = this.#chunks[Math.floor(index / CHUNK_COUNT)] as Chunk;
    const offset = (index % CHUNK_COUNT) * HASH_LENGTH;
    return bytes.subarray(offset, offset + HASH_LENGTH);
  }
}

function emptyChunk(): Chunk {
  return { bytes: new Uint8Array(CHUNK_COUNT * HASH_LENGTH), used: 0 };
}

function copyOf(chunk: Chunk, count: number): Chunk {
  const copy = emptyChunk();
  copy.bytes.set(chunk.bytes.subarray(0, count * HASH_LENGTH));
  return copy;
}
