import { type Bytes, encodeReference, formatHex, type Hasher, type Reference } from '@amduat/asl-core';
import type { EntryCodec } from './entry.js';
import { storeIndexError } from './errors.js';

/** Bits of a reference, which are the path of its entry. */
export const PATH_LENGTH = 272;

/** The hash of a subtree without entries (STX-TRIE-1). Nobody writes to it. */
export const EMPTY_HASH: Bytes = new Uint8Array(32);

const LEAF: Uint8Array = Uint8Array.of(0);
const NODE: Uint8Array = Uint8Array.of(1);

/** A subtree of a trie over entries. */
export interface Subtree {
  /** 32 octets. */
  readonly hash: Bytes;
  /** How many entries it has. */
  readonly count: number;
}

/** A subtree without entries. */
export const EMPTY_SUBTREE: Subtree = { hash: EMPTY_HASH, count: 0 };

/** An entry as a trie takes it. */
export interface Leaf {
  /** The reference in its 34 octets. */
  readonly path: Uint8Array;
  /** SHA-256(0x00 ‖ entry). */
  readonly hash: Bytes;
}

/** The bit of a path at a depth, 0 to 271. */
export function bitAt(path: Uint8Array, depth: number): 0 | 1 {
  return (((path[depth >> 3] as number) >> (7 - (depth & 7))) & 1) as 0 | 1;
}

/** How many bits two paths have in common from the first on. */
export function commonBits(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < PATH_LENGTH / 8; index++) {
    const difference = (left[index] as number) ^ (right[index] as number);
    if (difference !== 0) return 8 * index + Math.clz32(difference) - 24;
  }
  return PATH_LENGTH;
}

/**
 * The leaf of an encoded entry.
 *
 * @spec STX-TRIE-1
 * @param encoded - begins with the reference; borrowed, the path is a view of it.
 */
export function leafOf(encoded: Uint8Array, hasher: Hasher): Leaf {
  return { path: encoded.subarray(0, PATH_LENGTH / 8), hash: hasher.digest([LEAF, encoded]) };
}

/**
 * Puts the two halves of a subtree together.
 *
 * @spec STX-TRIE-1
 * @remarks One hash, none if there is one entry or none: a subtree of one entry has the same hash at every depth.
 */
export function joinSubtrees<S extends Subtree>(left: S, right: S, hasher: Hasher): Subtree {
  const count = left.count + right.count;
  if (count > 1) return { hash: hasher.digest([NODE, left.hash, right.hash]), count };
  return left.count > 0 ? left : right;
}

/** Puts two halves together as {@link joinSubtrees} does, and may keep more of what it makes. */
export type Join<S extends Subtree> = (left: S, right: S) => S;

/** The left half of a subtree, at the depth at which it and the right one part. */
interface Waiting<S> {
  readonly subtree: S;
  readonly depth: number;
}

/** What was built last, at the depth it stands at; a leaf stands at any. */
interface Last<S> {
  readonly path: Uint8Array;
  readonly subtree: S;
  readonly depth: number;
}

/**
 * Builds a subtree from its leaves in ascending order, holding no more than one hash for each depth.
 *
 * @spec STX-TRIE-1, STX-TRIE-2, STX-TRIE-3
 */
export class TrieBuilder<S extends Subtree> {
  readonly #empty: S;
  readonly #leaf: (leaf: Leaf) => S;
  readonly #join: Join<S>;
  readonly #waiting: Waiting<S>[] = [];
  #last: Last<S> | undefined;

  /**
   * @param empty - the subtree without entries.
   * @param leaf - the subtree of one.
   * @param join - {@link joinSubtrees}, or what keeps more.
   */
  constructor(empty: S, leaf: (leaf: Leaf) => S, join: Join<S>) {
    this.#empty = empty;
    this.#leaf = leaf;
    this.#join = join;
  }

  /**
   * Adds the next leaf.
   *
   * @param leaf - above the one before; its path is kept until the next.
   * @throws AslError `IDX.DUPLICATE` when it has the path of the one before.
   * @throws RangeError when it is below.
   */
  add(leaf: Leaf): void {
    if (this.#last !== undefined) this.#part(this.#last.path, leaf.path);
    this.#last = { path: leaf.path, subtree: this.#leaf(leaf), depth: PATH_LENGTH };
  }

  /** The subtree at a depth that all leaves have their path down to in common. */
  finish(depth = 0): S {
    if (this.#last === undefined) return this.#empty;
    this.#joinAbove(-1);
    return this.#lifted(depth);
  }

  #part(previous: Uint8Array, path: Uint8Array): void {
    const depth = commonBits(previous, path);
    if (depth === PATH_LENGTH) throw twoOfOneKey(path);
    if (bitAt(path, depth) === 0) throw new RangeError('leaf: expected one above the one before');
    this.#joinAbove(depth);
    this.#waiting.push({ subtree: this.#lifted(depth + 1), depth });
  }

  /** Joins what parted below a depth. */
  #joinAbove(depth: number): void {
    for (;;) {
      const left = this.#waiting.at(-1);
      if (left === undefined || left.depth <= depth) return;
      this.#waiting.pop();
      const { path } = this.#last as Last<S>;
      const subtree = this.#join(left.subtree, this.#lifted(left.depth + 1));
      this.#last = { path, subtree, depth: left.depth };
    }
  }

  /** The last subtree as one of a lesser depth, beside empty ones. */
  #lifted(to: number): S {
    const { path, subtree, depth } = this.#last as Last<S>;
    let lifted = subtree;
    if (subtree.count < 2) return lifted;
    for (let at = depth - 1; at >= to; at--) {
      lifted = bitAt(path, at) === 0 ? this.#join(lifted, this.#empty) : this.#join(this.#empty, lifted);
    }
    return lifted;
  }
}

/** The leaves of entries, in ascending order of their keys. Throws `IDX.DUPLICATE` when two are of one key. */
export function leavesOf<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  entries: Iterable<E>,
  hasher: Hasher,
): Leaf[] {
  const leaves = Array.from(entries, (entry) => leafOf(codec.encode(entry), hasher));
  leaves.sort((left, right) => comparePaths(left.path, right.path));
  for (let index = 1; index < leaves.length; index++) {
    const { path } = leaves[index] as Leaf;
    if (commonBits((leaves[index - 1] as Leaf).path, path) === PATH_LENGTH) throw twoOfOneKey(path);
  }
  return leaves;
}

function twoOfOneKey(path: Uint8Array): ReturnType<typeof storeIndexError> {
  // STX-TRIE-3
  return storeIndexError('IDX.DUPLICATE', 'two entries are of one key', { key: formatHex(path) });
}

/** The subtree of leaves in ascending order. */
export function subtreeOf(leaves: Iterable<Leaf>, depth: number, hasher: Hasher): Subtree {
  const builder = new TrieBuilder<Subtree>(
    EMPTY_SUBTREE,
    ({ hash }) => ({ hash, count: 1 }),
    (left, right) => joinSubtrees(left, right, hasher),
  );
  for (const leaf of leaves) builder.add(leaf);
  return builder.finish(depth);
}

function comparePaths(left: Uint8Array, right: Uint8Array): number {
  const depth = commonBits(left, right);
  return depth === PATH_LENGTH ? 0 : bitAt(right, depth) === 1 ? -1 : 1;
}

/** The path of a key: its 34 octets, most significant bit first. */
export function pathOf(key: Reference): Bytes {
  return encodeReference(key);
}
