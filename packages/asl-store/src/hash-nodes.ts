import { crc32 } from 'node:zlib';
import { copyBytes, formatHex, type Hasher, isAslError, REFERENCE_LENGTH } from '@amduat/asl-core';
import { EMPTY_SUBTREE, joinSubtrees, type Leaf, type Subtree, subtreeOf } from '@amduat/asl-store-index';
import { storeError } from './errors.js';
import { nodeSha256Hasher } from './hasher.js';
import { DERIVED_PREFIX, type Storage } from './port.js';

/**
 * A subtree of a trie over entries. One with many entries is kept as its two halves, one with few as its leaves.
 */
export interface KeptSubtree extends Subtree {
  /** Where it is kept; 0 if it is not yet. */
  readonly place: number;
  /** Of one with few entries, while it is not kept. */
  readonly leaves?: readonly Leaf[];
}

/** The two halves of a subtree. */
export interface Halves {
  readonly left: KeptSubtree;
  readonly right: KeptSubtree;
}

/** A derived file of kept subtrees, one after the other. */
export interface NodeFile {
  /** Place of its first octet. */
  readonly first: number;
  /** Octets. */
  readonly length: number;
  /** SHA-256 of its bytes: its name. */
  readonly name: string;
}

export const EMPTY_KEPT: KeptSubtree = { ...EMPTY_SUBTREE, place: 0 };

export const HASHES_PREFIX: string = `${DERIVED_PREFIX}hashes/`;

/** A subtree of more entries is kept as two halves. */
const FEW = 16;

/** A half: hash 32, count u64, place u64. A leaf: reference 34, hash 32. A CRC-32 follows two halves, or leaves. */
const HALF_LENGTH = 48;
const LEAF_LENGTH = REFERENCE_LENGTH + 32;
const CHECK_LENGTH = 4;
/** Octets that are gathered before they are kept. */
const FILE_LENGTH = 2 ** 25;

export function hasFew({ count }: Subtree): boolean {
  return count <= FEW;
}

/**
 * The subtrees that were kept before, and those that are being made. Places go on from file to file; what was kept is
 * never written again, so that the trees of earlier positions stay.
 */
export class HashNodes {
  readonly hasher: Hasher;
  readonly #storage: Storage;
  readonly #files: NodeFile[];
  #made: Uint8Array = new Uint8Array(2 ** 16);
  #madeLength = 0;
  /** Place of the first octet of what is being made. */
  #madeFrom: number;

  constructor(storage: Storage, files: readonly NodeFile[] = [], hasher: Hasher = nodeSha256Hasher) {
    this.hasher = hasher;
    this.#storage = storage;
    this.#files = [...files];
    const last = files.at(-1);
    this.#madeFrom = last === undefined ? 1 : last.first + last.length;
  }

  /** Those that are kept, in ascending order of their places. */
  get files(): readonly NodeFile[] {
    return this.#files;
  }

  /** Octets of all there is. */
  get length(): number {
    return this.#madeFrom + this.#madeLength - 1;
  }

  /** The subtree of one leaf. */
  leaf(leaf: Leaf): KeptSubtree {
    return { hash: leaf.hash, count: 1, place: 0, leaves: [leaf] };
  }

  /** Puts two halves together. If that makes many entries, they are kept; if few, both have their leaves at hand. */
  join(left: KeptSubtree, right: KeptSubtree): KeptSubtree {
    const { hash, count } = joinSubtrees(left, right, this.hasher);
    if (count <= FEW) {
      return { hash, count, place: 0, leaves: [...(left.leaves ?? []), ...(right.leaves ?? [])] };
    }
    const halves = [this.placed(left), this.placed(right)];
    const { bytes, view, place } = this.#add(2 * HALF_LENGTH);
    for (const [index, half] of halves.entries()) {
      bytes.set(half.hash, HALF_LENGTH * index);
      view.setBigUint64(HALF_LENGTH * index + 32, BigInt(half.count), true);
      view.setBigUint64(HALF_LENGTH * index + 40, BigInt(half.place), true);
    }
    seal(bytes, view);
    return { hash, count, place };
  }

  /** The subtree with a place, if it has entries. */
  placed({ hash, count, place, leaves = [] }: KeptSubtree): KeptSubtree {
    if (place !== 0 || count === 0) return { hash, count, place };
    const added = this.#add(LEAF_LENGTH * count);
    for (const [index, leaf] of leaves.entries()) {
      added.bytes.set(leaf.path, LEAF_LENGTH * index);
      added.bytes.set(leaf.hash, LEAF_LENGTH * index + REFERENCE_LENGTH);
    }
    seal(added.bytes, added.view);
    return { hash, count, place: added.place };
  }

  /**
   * Reads the halves of a subtree with many entries.
   *
   * @throws AslError `STORE.CONFLICT` when what is kept is not there or not what it was.
   */
  async halves({ hash, place }: KeptSubtree): Promise<Halves> {
    const { bytes, view } = await this.#read(place, 2 * HALF_LENGTH);
    const [left, right] = [halfAt(bytes, view, 0), halfAt(bytes, view, HALF_LENGTH)];
    if (formatHex(joinSubtrees(left, right, this.hasher).hash) !== formatHex(hash)) throw lost(place);
    return { left, right };
  }

  /**
   * The leaves of a subtree with few entries, ascending.
   *
   * @param depth - of the subtree.
   * @throws AslError `STORE.CONFLICT` when what is kept is not there or not what it was.
   */
  async leaves({ hash, count, place, leaves }: KeptSubtree, depth: number): Promise<readonly Leaf[]> {
    if (leaves !== undefined) return leaves;
    if (count === 0) return [];
    const { bytes } = await this.#read(place, LEAF_LENGTH * count);
    const read = Array.from({ length: count }, (_, index) => leafAt(bytes, LEAF_LENGTH * index));
    if (formatHex(subtreeOf(read, depth, this.hasher).hash) !== formatHex(hash)) throw lost(place);
    return read;
  }

  /** Keeps what was made, if it is much, or anyway. */
  async keep(anyway: boolean): Promise<void> {
    if (this.#madeLength === 0 || (this.#madeLength < FILE_LENGTH && !anyway)) return;
    const bytes = this.#made.subarray(0, this.#madeLength);
    const name = formatHex(nodeSha256Hasher.digest([bytes]));
    try {
      await this.#storage.keep(`${HASHES_PREFIX}${name}`, [bytes]);
    } catch (error) {
      // Who can only read goes on in memory.
      if (anyway || !isAslError(error, 'STORE.IO')) throw error;
      return;
    }
    this.#files.push({ first: this.#madeFrom, length: this.#madeLength, name });
    this.#madeFrom += this.#madeLength;
    this.#madeLength = 0;
  }

  #add(length: number): Part & { place: number } {
    const [from, to] = [this.#madeLength, this.#madeLength + length + CHECK_LENGTH];
    if (to > this.#made.length) {
      const grown = new Uint8Array(Math.max(to, 2 * this.#made.length));
      grown.set(this.#made.subarray(0, from));
      this.#made = grown;
    }
    this.#madeLength = to;
    return { ...partOf(this.#made.subarray(from, to)), place: this.#madeFrom + from };
  }

  async #read(place: number, length: number): Promise<Part> {
    const part = partOf(await this.#bytesAt(place, length + CHECK_LENGTH));
    if (part.view.getUint32(length, true) !== crc32(part.bytes.subarray(0, length))) throw lost(place);
    return part;
  }

  async #bytesAt(place: number, length: number): Promise<Uint8Array> {
    if (place >= this.#madeFrom)
      return this.#made.subarray(place - this.#madeFrom, place - this.#madeFrom + length);
    const file = this.#files.findLast(({ first }) => first <= place);
    if (file === undefined) throw lost(place);
    const name = `${HASHES_PREFIX}${file.name}`;
    const offset = place - file.first;
    const { readSync } = this.#storage;
    const bytes = readSync ? readSync(name, offset, length) : await this.#storage.read(name, offset, length);
    if (bytes?.length !== length) throw lost(place);
    return bytes;
  }
}

interface Part {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

function partOf(bytes: Uint8Array): Part {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

function seal(bytes: Uint8Array, view: DataView): void {
  const length = bytes.length - CHECK_LENGTH;
  view.setUint32(length, crc32(bytes.subarray(0, length)), true);
}

function halfAt(bytes: Uint8Array, view: DataView, at: number): KeptSubtree {
  const [count, place] = [view.getBigUint64(at + 32, true), view.getBigUint64(at + 40, true)];
  return { hash: copyBytes(bytes.subarray(at, at + 32)), count: Number(count), place: Number(place) };
}

function leafAt(bytes: Uint8Array, at: number): Leaf {
  return {
    path: copyBytes(bytes.subarray(at, at + REFERENCE_LENGTH)),
    hash: copyBytes(bytes.subarray(at + REFERENCE_LENGTH, at + LEAF_LENGTH)),
  };
}

function lost(place: number): ReturnType<typeof storeError> {
  return storeError('STORE.CONFLICT', `what is kept of the hashes at ${place} is not what it was`, { place });
}
