import { type Bytes, type Reference, type ReferenceStream, startReference } from '@amduat/asl-core';
import type { BlockStore, StoredBlock } from './blocks.js';
import { nodeSha256Hasher } from './hasher.js';
import { lowestGeneration, missing } from './objects.js';
import type { Storage } from './port.js';

const READ_LENGTH = 2 ** 20;

/** An artifact whose bytes are in blocks of its own, in order. */
export interface CutArtifact {
  readonly reference: Reference;
  readonly length: bigint;
  readonly blocks: readonly StoredBlock[];
}

/** What is asked of {@link cutArtifact}. */
export interface CutOptions {
  readonly blockLength: number;
  readonly typeTag?: number | undefined;
  /** Octets that will come, if that is known. */
  readonly length?: bigint | undefined;
}

/**
 * Cuts a large artifact into blocks and begins to store them while its bytes come in; holds no more of it than a few
 * blocks.
 *
 * @spec STX-PACK-1, CORE-ENC-7, CORE-ENC-8
 * @param pieces - borrowed one at a time.
 * @returns the artifact; its blocks may still be on their way.
 * @throws AslError `CORE.STREAM.LENGTH` when the length was given and is another.
 * @remarks The length stands first in what is hashed: where it is not known, the blocks are read once more.
 */
export async function cutArtifact(
  storage: Storage,
  store: BlockStore,
  pieces: AsyncIterable<Uint8Array>,
  options: CutOptions,
): Promise<CutArtifact> {
  const { blockLength, typeTag, length: expected } = options;
  const stream = expected === undefined ? undefined : startReference(expected, typeTag, nodeSha256Hasher);
  const filler = new Filler(store, blockLength, expected);
  let length = 0n;
  for await (const piece of pieces) {
    length += BigInt(piece.length);
    stream?.update(piece);
    await filler.add(piece);
  }
  const blocks = await filler.finish();
  const reference =
    stream?.finish() ?? (await readAgain(storage, blocks, startReference(length, typeTag, nodeSha256Hasher)));
  return { reference, length, blocks };
}

class Filler {
  readonly #store: BlockStore;
  readonly #blockLength: number;
  /** Octets that are still to come, if that is known: no buffer is longer. */
  #left: number;
  readonly #blocks: Promise<StoredBlock>[] = [];
  #buffer: Bytes | undefined;
  #filled = 0;

  constructor(store: BlockStore, blockLength: number, length: bigint | undefined) {
    this.#store = store;
    this.#blockLength = blockLength;
    this.#left = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let offset = 0; offset < piece.length; ) {
      const buffer = this.#buffer ?? (await this.#takeBuffer());
      const part = piece.subarray(offset, offset + buffer.length - this.#filled);
      buffer.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled === buffer.length) this.#storeBuffer(buffer);
    }
  }

  async finish(): Promise<readonly StoredBlock[]> {
    if (this.#buffer !== undefined) this.#storeBuffer(this.#buffer);
    return await Promise.all(this.#blocks);
  }

  async #takeBuffer(): Promise<Bytes> {
    for (let room = this.#store.room(); room !== undefined; room = this.#store.room()) await room;
    const length = Math.min(this.#blockLength, this.#left);
    this.#left -= length;
    this.#buffer = this.#store.takeBuffer(length);
    return this.#buffer;
  }

  #storeBuffer(buffer: Bytes): void {
    const block = this.#store.storeBuffer(buffer, this.#filled);
    // Whoever waits for all of them meets the failure there.
    block.catch(() => {});
    this.#blocks.push(block);
    this.#buffer = undefined;
    this.#filled = 0;
  }
}

async function readAgain(
  storage: Storage,
  blocks: readonly StoredBlock[],
  stream: ReferenceStream,
): Promise<Reference> {
  for (const { blockId, stored } of blocks) {
    await stored;
    const name = await lowestGeneration(storage, 'blocks', blockId);
    if (name === undefined) throw missing('blocks', blockId);
    for (let offset = 0, count = READ_LENGTH; count === READ_LENGTH; offset += count) {
      const piece = await storage.read(name, offset, READ_LENGTH);
      if (piece === undefined) throw missing('blocks', blockId);
      stream.update(piece);
      count = piece.length;
    }
  }
  return stream.finish();
}
