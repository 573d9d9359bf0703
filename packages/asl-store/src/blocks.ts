import { type Bytes, blockIdOf } from '@amduat/asl-core';
import { nodeSha256Hasher } from './hasher.js';
import { createHashed } from './objects.js';
import type { Storage } from './port.js';

/** Blocks that are being stored at a time; each may have its octets in memory. */
const IN_FLIGHT_MAX = 2;

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
   * @param bytes - borrowed until it is stored.
   */
  store(bytes: Uint8Array): StoredBlock;
  /** Settles when another block may be filled; undefined if that is now. */
  room(): Promise<void> | undefined;
  /** A buffer of the target length, used again after the block that was filled in it is stored. */
  takeBuffer(length: number): Bytes;
  /** As {@link BlockStore.store}, for a block that was filled in a buffer, from its beginning on. */
  storeBuffer(buffer: Bytes, length: number): StoredBlock;
}

export function startBlockStore(storage: Storage, failed: (error: unknown) => void): BlockStore {
  const inFlight = new Set<Promise<void>>();
  const free: Bytes[] = [];

  function store(bytes: Uint8Array): StoredBlock {
    const blockId = blockIdOf(bytes, nodeSha256Hasher);
    const stored = createHashed(storage, 'blocks', blockId, bytes);
    const settled = stored.catch(failed).then(() => void inFlight.delete(settled));
    inFlight.add(settled);
    return { blockId, stored };
  }

  return {
    store,
    room: () => (inFlight.size < IN_FLIGHT_MAX ? undefined : Promise.race(inFlight)),
    takeBuffer(length) {
      const index = free.findIndex((buffer) => buffer.length === length);
      return index < 0 ? new Uint8Array(length) : (free.splice(index, 1)[0] as Bytes);
    },
    storeBuffer(buffer, length) {
      const block = store(buffer.subarray(0, length));
      const stored = block.stored.finally(() => void free.push(buffer));
      // Whoever waits for the block meets the failure there.
      stored.catch(() => {});
      return { ...block, stored };
    },
  };
}
