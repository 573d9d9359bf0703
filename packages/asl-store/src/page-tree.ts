import { type Bytes, concatBytes, formatHex, merkleRoot } from '@amduat/asl-core';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { DERIVED_PREFIX, type Storage } from './port.js';
import { keepDerived } from './segment-reader.js';

/** Pages to a group: a power of two, so that the root over the roots of groups is the root over the pages. */
export const GROUP_PAGES = 128;
export const HASH_LENGTH = 32;

/**
 * The hashes of the pages of a policy table file in two levels: with those of groups at hand, one page takes one group to be
 * checked. A derived file is the hashes of the groups, then those of the pages.
 */
export interface PageTree {
  readonly groups: Bytes;
  readonly pages: Bytes;
  /** STX-PTB-2 */
  readonly hash: Bytes;
}

export function pageTreeOf(pages: Bytes): PageTree {
  const roots: Bytes[] = [];
  for (let offset = 0; offset < pages.length; offset += GROUP_PAGES * HASH_LENGTH) {
    roots.push(rootOf(pages.subarray(offset, offset + GROUP_PAGES * HASH_LENGTH)));
  }
  const groups = concatBytes(roots);
  return { groups, pages, hash: rootOf(groups) };
}

/** The root over hashes of pages, or of groups. */
export function rootOf(hashes: Uint8Array): Bytes {
  return merkleRoot(eachHash(hashes), hasher);
}

function* eachHash(hashes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < hashes.length; offset += HASH_LENGTH) {
    yield hashes.subarray(offset, offset + HASH_LENGTH);
  }
}

export function pageTreeName(hash: Uint8Array): string {
  return `${DERIVED_PREFIX}policies/${formatHex(hash)}`;
}

/** Keeps a tree, if that is possible. */
export async function keepPageTree(storage: Storage, { groups, pages, hash }: PageTree): Promise<void> {
  await keepDerived(storage, pageTreeName(hash), [groups, pages]);
}
