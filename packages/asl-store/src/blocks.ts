import { type Bytes, blockIdOf } from '@amduat/asl-core';
import type { HashPool } from './hash-pool.js';
import { nodeSha256Hasher } from './hasher.js';
import { createHashed } from './objects.js';
import type { Storage } from './port.js';

/** Octets of blocks that are being stored at a time. */
const IN_FLIGHT_MAX = 2 ** 26;

/** Buffers that are kept to be filled again. */
const FREE_MAX = 2;

/** A block that has its name, and is on its way to being durable. */
export interface StoredBlock {
  readonly blockId: Bytes;
  readonly stored: Promise<void>;
}

/** Stores blocks beside the work of the one who fills them. */
export interface BlockStore {
  /**
   * Names a block and begins to store it.
   *
   * @spec CORE-BLK-1, CORE-BLK-3
   * @param bytes - nobody writes to them until the block is stored.
   */
  store(bytes: Uint8Array): StoredBlock;
  /** Settles when another block may be filled; undefined if that is now. */
  room(): Promise<void> | undefined;
  /** A buffer to fill, one that was used before if there is one. */
  takeBuffer(length: number): Bytes;
  /** As {@link BlockStore.store}, for the first octets of a buffer that was taken, which is given back. */
  storeBuffer(buffer: Bytes, length: number): Promise<StoredBlock>;
}

export function startBlockStore(
  storage: Storage,
  pool: HashPool,
  failed: (error: unknown) => void,
): BlockStore {
  const inFlight = new Set<Promise<void>>();
  const free: Bytes[] = [];
  let inFlightLength = 0;

  function track(reserved: number, work: Promise<void>): void {
    inFlightLength += reserved;
    const settled = work.catch(failed).then(() => {
      inFlightLength -= reserved;
      inFlight.delete(settled);
    });
    inFlight.add(settled);
  }

  return {
    store(bytes) {
      const blockId = blockIdOf(bytes, nodeSha256Hasher);
      const stored = createHashed(storage, 'blocks', blockId, bytes);
      track(bytes.length, stored);
      return { blockId, stored };
    },
    room: () => (inFlightLength < IN_FLIGHT_MAX ? undefined : Promise.race(inFlight)),
    takeBuffer(length) {
      const index = free.findIndex((buffer) => buffer.length === length);
      return index < 0 ? new Uint8Array(length) : (free.splice(index, 1)[0] as Bytes);
    },
    async storeBuffer(buffer, length) {
      const reserved = buffer.length;
      const hashing = pool.digest(buffer, length);
      const storing = hashing.then(({ digest, buffer }) =>
        createHashed(storage, 'blocks', digest, buffer.subarray(0, length)).finally(() => {
          free.unshift(buffer);
          free.splice(FREE_MAX);
        }),
      );
      track(reserved, storing);
      return { blockId: (await hashing).digest, stored: storing };
    },
  };
}
