import { type Bytes, copyBytes, type Reference } from '@amduat/asl-core';
import {
  type DomainId,
  type IndexRecord,
  locationOf,
  type Packing,
  type PackingLimits,
  type Placement,
  startPacking,
  type Visibility,
} from '@amduat/asl-store-index';
import { type EncodedSegment, encodeSegments } from '@amduat/enc-asl-core-index';
import type { BlockStore, StoredBlock } from './blocks.js';
import { nodeSha256Hasher } from './hasher.js';
import type { CutArtifact } from './large.js';

const FIRST_BUFFER_LENGTH = 2 ** 16;
/** Longer artifacts are not copied: whoever puts them waits until they are stored. */
const COPIED_MAX = 2 ** 26;

/** What a put says of an artifact beside its bytes. */
export interface RecordDraft {
  readonly key: Reference;
  readonly tombstone: boolean;
  readonly typeTag?: number;
  readonly visibility: Visibility;
  readonly domain: DomainId;
  readonly source: DomainId;
}

interface Entry {
  readonly draft: RecordDraft;
  readonly slices: readonly Placement[];
}

/** What becomes of an open segment. */
export interface SealedSegment {
  /** None if there were no records. */
  readonly segments: readonly EncodedSegment[];
  readonly records: ReadonlyMap<string, IndexRecord>;
  /** Keys that are to be published with the seal, in ascending order. */
  readonly published: readonly Reference[];
  /** Settles when every block is durable. */
  readonly blocksStored: Promise<unknown>;
}

/** The records that were put since the last seal, and the blocks their bytes go into (ASL/STORE-INDEX/1 §7). */
export class OpenSegment {
  readonly #blocks: BlockStore;
  readonly #packing: Packing;
  readonly #blockLength: number;
  readonly #entries = new Map<string, Entry>();
  /** STX-PACK-5: a key whose bytes were laid down, even if its record is a tombstone by now. */
  readonly #slices = new Map<string, readonly Placement[]>();
  readonly #published = new Map<string, Reference>();
  readonly #blockIds = new Map<number, Bytes>();
  readonly #stored: Promise<void>[] = [];
  #current: GrowingBuffer | undefined;
  #byteCount = 0;

  constructor(blocks: BlockStore, limits: PackingLimits) {
    this.#blocks = blocks;
    this.#packing = startPacking(limits);
    this.#blockLength = limits.blockLength;
  }

  get recordCount(): number {
    return this.#entries.size;
  }

  /** Octets that were laid down. */
  get byteCount(): number {
    return this.#byteCount;
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0 && this.#published.size === 0;
  }

  /** The record of a key, if there is one. */
  get(mapKey: string): RecordDraft | undefined {
    return this.#entries.get(mapKey)?.draft;
  }

  /** Whether the bytes of a key were laid down already. */
  hasBytes(mapKey: string): boolean {
    return this.#slices.has(mapKey);
  }

  /** Lays down the bytes of a key. They are borrowed, until the promise settles if there is one. */
  addBytes(mapKey: string, bytes: Uint8Array): Promise<unknown> | undefined {
    const slices = this.#packing.place(BigInt(bytes.length));
    this.#slices.set(mapKey, slices);
    this.#byteCount += bytes.length;
    const [slice] = slices;
    if (slice === undefined) return undefined;
    const sealed = this.#packing.takeSealed();
    if (sealed.some(({ block }) => block === slice.block)) {
      const isCopied = bytes.length <= COPIED_MAX;
      const stored = this.#storeSlices(isCopied ? copyBytes(bytes) : bytes, slices);
      return isCopied ? undefined : Promise.all(stored);
    }
    if (sealed.length > 0) this.#storeCurrent();
    this.#current ??= new GrowingBuffer(slice.block, Math.min(FIRST_BUFFER_LENGTH, this.#blockLength));
    this.#current.set(bytes, slice.offset, this.#blockLength);
    return undefined;
  }

  /** Takes over the blocks of a large artifact. */
  addCut(mapKey: string, { length, blocks }: CutArtifact): void {
    const slices = this.#packing.place(length);
    this.#packing.takeSealed();
    for (const [index, { block }] of slices.entries())
      void this.#takeOver(block, blocks[index] as StoredBlock);
    this.#slices.set(mapKey, slices);
    this.#byteCount += Number(length);
  }

  /** STX-OPEN-5: of several records of a key the last one stays. */
  setRecord(mapKey: string, draft: RecordDraft): void {
    this.#entries.set(mapKey, { draft, slices: draft.tombstone ? [] : (this.#slices.get(mapKey) ?? []) });
  }

  publish(mapKey: string, key: Reference): void {
    this.#published.set(mapKey, key);
  }

  seal(): SealedSegment {
    this.#packing.flush();
    if (this.#packing.takeSealed().length > 0) this.#storeCurrent();
    const records = new Map<string, IndexRecord>();
    for (const [mapKey, { draft, slices }] of this.#entries) {
      const location = draft.tombstone
        ? []
        : locationOf(slices, (block) => this.#blockIds.get(block) as Bytes);
      records.set(mapKey, { ...draft, location, logseq: 0n });
    }
    const segments = records.size === 0 ? [] : encodeSegments([...records.values()], nodeSha256Hasher);
    return {
      segments,
      records,
      published: [...this.#published.values()],
      blocksStored: Promise.all(this.#stored),
    };
  }

  #storeSlices(bytes: Uint8Array, slices: readonly Placement[]): Promise<void>[] {
    let start = 0;
    return slices.map(({ block, length }) => {
      start += length;
      return this.#takeOver(block, this.#blocks.store(bytes.subarray(start - length, start)));
    });
  }

  #storeCurrent(): void {
    if (this.#current !== undefined)
      void this.#takeOver(this.#current.block, this.#blocks.store(this.#current.bytes()));
    this.#current = undefined;
  }

  #takeOver(block: number, { blockId, stored }: StoredBlock): Promise<void> {
    this.#blockIds.set(block, blockId);
    this.#stored.push(stored);
    return stored;
  }
}

/** A block that is being filled. */
class GrowingBuffer {
  readonly block: number;
  #buffer: Bytes;
  #length = 0;

  constructor(block: number, length: number) {
    this.block = block;
    this.#buffer = new Uint8Array(length);
  }

  set(bytes: Uint8Array, offset: number, most: number): void {
    const end = offset + bytes.length;
    if (end > this.#buffer.length) {
      const grown = new Uint8Array(Math.min(most, Math.max(end, 2 * this.#buffer.length)));
      grown.set(this.bytes());
      this.#buffer = grown;
    }
    this.#buffer.set(bytes, offset);
    this.#length = end;
  }

  bytes(): Bytes {
    return this.#buffer.subarray(0, this.#length);
  }
}
