import { encodeReference, type Reference } from '@amduat/asl-core';
import { sha256 } from './entries.js';

// Section 10.2 and section 11, word by word, over whole lists of encoded entries; nothing here is of the package.

/** The bits of a path, the most significant bit of the first octet first. */
export function bitsOf(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 34)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
}

export const bitsOfKey = (key: Reference): string => bitsOf(encodeReference(key));

const beginWith = (prefix: string, encoded: readonly Uint8Array[]) =>
  encoded.filter((entry) => bitsOf(entry).startsWith(prefix));

/** STX-TRIE-1: the hash of the subtree with a prefix. */
export function subtreeHash(encoded: readonly Uint8Array[], prefix: string): Buffer {
  const within = beginWith(prefix, encoded);
  const [first] = within;
  if (first === undefined) return Buffer.alloc(32);
  if (within.length === 1) return sha256(Uint8Array.of(0), first);
  return sha256(Uint8Array.of(1), subtreeHash(within, `${prefix}0`), subtreeHash(within, `${prefix}1`));
}

/** How many subtrees have two entries or more and stand at the prefix or below. */
export function nodeCount(encoded: readonly Uint8Array[], prefix: string): number {
  const within = beginWith(prefix, encoded);
  if (within.length < 2) return 0;
  return 1 + nodeCount(within, `${prefix}0`) + nodeCount(within, `${prefix}1`);
}

/** The longest prefix that all paths have. */
export function commonPrefix(paths: readonly string[]): string {
  const [first = ''] = paths;
  let length = first.length;
  while (!paths.every((path) => path.startsWith(first.slice(0, length)))) length -= 1;
  return first.slice(0, length);
}

/** The one proof for a key, by the table of section 11. */
export function proofBytes(encoded: readonly Uint8Array[], key: Reference): Buffer {
  const path = bitsOfKey(key);
  let depth = 0;
  while (beginWith(path.slice(0, depth), encoded).length > 1) depth += 1;
  const siblings = Array.from({ length: depth }, (_, index) =>
    subtreeHash(encoded, path.slice(0, index) + (path[index] === '0' ? '1' : '0')),
  );
  const marks = siblings.map((sibling) => (sibling.some((octet) => octet !== 0) ? '1' : '0')).join('');
  const octets = marks.match(/.{1,8}/g) ?? [];
  const end = beginWith(path.slice(0, depth), encoded);
  return Buffer.concat([
    Buffer.of(end.length, depth & 255, depth >> 8),
    Buffer.from(octets.map((octet) => Number.parseInt(octet.padEnd(8, '0'), 2))),
    ...siblings.filter((_, index) => marks[index] === '1'),
    ...end,
  ]);
}
