import { type Bytes, type Reference, type ReferenceStream, startReference } from '@amduat/asl-core';
import type { BlockStore } from './blocks.js';
import { nodeSha256Hasher } from './hasher.js';
import { generationName } from './names.js';
import { missing } from './objects.js';
import type { Storage } from './port.js';

const READ_LENGTH = 2 ** 20;

/** An artifact whose bytes are in blocks of its own, in order. */
export interface CutArtifact {
  readonly reference: Reference;
  readonly length: bigint;
  readonly blockIds: readonly Bytes[];
}

/** What is asked of {@link cutArtifact}. */
export interface CutOptions {
  readonly blockLength: number;
  readonly typeTag?: number | undefined;
  /** Octets that will come, if that is known. */
  readonly length?: bigint | undefined;
}

/**
 * Cuts a large artifact into blocks and stores them while its bytes come in; holds no more of it than a few blocks.
 *
 * @spec STX-PACK-1, CORE-ENC-7, CORE-ENC-8
 * @param pieces - borrowed one at a time.
 * @returns the artifact, once its blocks are durable.
 * @throws AslError `CORE.STREAM.LENGTH` when the length was given and is another.
 * @remarks The length stands first in what is hashed: where it is not known, the blocks are read once more.
 */
export async function cutArtifact(
  storage: Storage,
  blocks: BlockStore,
  pieces: AsyncIterable<Uint8Array>,
  options: CutOptions,
): Promise<CutArtifact> {
  const { blockLength, typeTag, length: expected } = options;
  const stream = expected === undefined ? undefined : startReference(expected, typeTag, nodeSha256Hasher);
  const filler = new Filler(blocks, blockLength);
  let length = 0n;
  for await (const piece of pieces) {
    length += BigInt(piece.length);
    stream?.update(piece);
    await filler.add(piece);
  }
  const blockIds = await filler.finish();
  const reference =
    stream?.finish() ?? (await readAgain(storage, blockIds, startReference(length, typeTag, nodeSha256Hasher)));
  return { reference, length, blockIds };
}

class Filler {
  readonly #blocks: BlockStore;
  readonly #blockLength: number;
  readonly #blockIds: Bytes[] = [];
  readonly #stored: Promise<void>[] = [];
  #buffer: Bytes | undefined;
  #filled = 0;

  constructor(blocks: BlockStore, blockLength: number) {
    this.#blocks = blocks;
    this.#blockLength = blockLength;
  }

  async add(piece: Uint8Array): Promise<void> {
    for (let offset = 0; offset < piece.length; ) {
      if (this.#buffer === undefined) {
        await this.#blocks.room();
        this.#buffer = this.#blocks.takeBuffer(this.#blockLength);
      }
      const part = piece.subarray(offset, offset + this.#blockLength - this.#filled);
      this.#buffer.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled === this.#blockLength) this.#store();
    }
  }

  async finish(): Promise<readonly Bytes[]> {
    if (this.#filled > 0) this.#store();
    await Promise.all(this.#stored);
    return this.#blockIds;
  }

  #store(): void {
    const { blockId, stored } = this.#blocks.storeBuffer(this.#buffer as Bytes, this.#filled);
    this.#blockIds.push(blockId);
    this.#stored.push(stored);
    this.#buffer = undefined;
    this.#filled = 0;
  }
}

async function readAgain(storage: Storage, blockIds: readonly Bytes[], stream: ReferenceStream): Promise<Reference> {
  for (const blockId of blockIds) {
    const name = generationName('blocks', blockId, 0n);
    for (let offset = 0; ; ) {
      const piece = await storage.read(name, offset, READ_LENGTH);
      if (piece === undefined) throw missing('blocks', blockId);
      stream.update(piece);
      offset += piece.length;
      if (piece.length < READ_LENGTH) break;
    }
  }
  return stream.finish();
}
