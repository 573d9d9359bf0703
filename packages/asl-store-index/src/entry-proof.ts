import {
  ByteReader,
  type Bytes,
  ByteWriter,
  concatBytes,
  DIGEST_LENGTH,
  equalBytes,
  equalReferences,
  formatHex,
  formatReference,
  type Hasher,
  type Reference,
  sha256Hasher,
} from '@amduat/asl-core';
import type { EntryCodec } from './entry.js';
import {
  bitAt,
  commonBits,
  EMPTY_HASH,
  type Leaf,
  leafOf,
  leavesOf,
  PATH_LENGTH,
  pathOf,
  subtreeOf,
} from './entry-trie.js';
import { storeIndexError } from './errors.js';

/** What leads from the root of a trie down the path of a key. */
export interface EntryProof<E> {
  /** One for each depth from the first on, 32 octets each; zeros for an empty subtree. */
  readonly siblings: readonly Uint8Array[];
  /** The entry of the subtree at the end; none if that is empty. It may be that of another key. */
  readonly entry?: E;
}

const HEAD_LENGTH = 3;

/**
 * Proves what entry a key has, or that it has none.
 *
 * @spec STX-PRF-6
 * @param codec - of the kind of the entries.
 * @param entries - all of the trie, in any order; borrowed.
 * @param hasher - a SHA-256.
 * @returns the one proof there is for the key; owned.
 * @throws AslError `IDX.DUPLICATE` when two entries are of one key.
 * @example
 * import { referenceOf } from '@amduat/asl-core';
 * import { contentEntries, entryRoot, proveEntry, verifyEntry } from '@amduat/asl-store-index';
 * const [hello, world] = ['hello', 'world'].map((text) => new TextEncoder().encode(text));
 * const entries = [hello, world].map((bytes) => ({ key: referenceOf({ bytes }), length: 5n }));
 * const root = entryRoot(contentEntries, entries);
 * const { key } = entries[1];
 * const found = verifyEntry(contentEntries, root, key, proveEntry(contentEntries, entries, key));
 * if (found?.length !== 5n) throw new Error();
 */
export function proveEntry<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  entries: Iterable<E>,
  key: Reference,
  hasher: Hasher = sha256Hasher,
): EntryProof<E> {
  const all = [...entries];
  const siblings: Uint8Array[] = [];
  const end = descend(leavesOf(codec, all, hasher), pathOf(key), 0, siblings, hasher);
  const entry = end && all.find((candidate) => equalBytes(pathOf(candidate.key), end.path));
  return { siblings, ...(entry && { entry }) };
}

/**
 * Goes down the path of a key within a subtree.
 *
 * @spec STX-TRIE-1
 * @param leaves - all of the subtree, strictly ascending.
 * @param depth - of the subtree.
 * @param siblings - takes those of the depths below.
 * @returns the leaf at the end, if there is one.
 */
export function descend(
  leaves: readonly Leaf[],
  path: Uint8Array,
  depth: number,
  siblings: Uint8Array[],
  hasher: Hasher,
): Leaf | undefined {
  let below = leaves;
  for (let at = depth; below.length > 1; at++) {
    const middle = below.findIndex((leaf) => bitAt(leaf.path, at) === 1);
    const [left, right] = middle < 0 ? [below, []] : [below.slice(0, middle), below.slice(middle)];
    const isRight = bitAt(path, at) === 1;
    siblings.push(subtreeOf(isRight ? left : right, at + 1, hasher).hash);
    below = isRight ? right : left;
  }
  return below[0];
}

/**
 * Checks a proof against the root of a trie.
 *
 * @spec STX-PRF-4, STX-PRF-5, STX-PRF-6
 * @param codec - of the kind of the entries.
 * @param root - 32 octets; borrowed.
 * @param key - whose entry is asked for.
 * @param proof - of the form that {@link decodeEntryProof} gives; borrowed.
 * @param hasher - a SHA-256.
 * @returns the entry of the key; undefined if it is shown that the key has none.
 * @throws AslError `ENTRY_PROOF.KEY` when the proof ends with an entry beside the path of the key, then
 * `ENTRY_PROOF.ROOT` when it leads to another root.
 * @remarks One hash for each depth, and one.
 */
export function verifyEntry<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  root: Uint8Array,
  key: Reference,
  proof: EntryProof<E>,
  hasher: Hasher = sha256Hasher,
): E | undefined {
  const { entry } = proof;
  const computed = entryProofRoot(codec, key, proof, hasher);
  if (!equalBytes(computed, root)) throw wrongRoot(computed, root);
  // STX-PRF-6
  return entry !== undefined && equalReferences(entry.key, key) ? entry : undefined;
}

/**
 * Computes the root that a proof leads to.
 *
 * @spec STX-PRF-4, STX-PRF-5
 * @param codec - of the kind of the entries.
 * @param key - whose entry is asked for.
 * @param proof - as for {@link verifyEntry}.
 * @param hasher - a SHA-256.
 * @returns 32 octets.
 * @throws AslError `ENTRY_PROOF.KEY` when the proof ends with an entry beside the path of the key.
 */
export function entryProofRoot<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  key: Reference,
  { siblings, entry }: EntryProof<E>,
  hasher: Hasher = sha256Hasher,
): Uint8Array {
  const path = pathOf(key);
  const leaf = entry && leafOf(codec.encode(entry), hasher);
  const common = leaf === undefined ? PATH_LENGTH : commonBits(leaf.path, path);
  if (common < siblings.length) throw besidePath(key, entry as E, common);
  let hash: Uint8Array = leaf?.hash ?? EMPTY_HASH;
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    hash = nodeHash(bitAt(path, depth), hash, siblings[depth] as Uint8Array, hasher);
  }
  return hash;
}

function nodeHash(bit: 0 | 1, hash: Uint8Array, sibling: Uint8Array, hasher: Hasher): Bytes {
  return hasher.digest(bit === 0 ? [NODE, hash, sibling] : [NODE, sibling, hash]);
}

const NODE: Uint8Array = Uint8Array.of(1);

/**
 * Encodes a proof.
 *
 * @spec STX-PRF-1
 * @param codec - of the kind of the entry.
 * @returns owned octets.
 */
export function encodeEntryProof<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  { siblings, entry }: EntryProof<E>,
): Bytes {
  const present = new Uint8Array(Math.ceil(siblings.length / 8));
  const shown: Uint8Array[] = [];
  for (const [index, sibling] of siblings.entries()) {
    if (equalBytes(sibling, EMPTY_HASH)) continue;
    present[index >> 3] = (present[index >> 3] as number) | (0x80 >> (index & 7));
    shown.push(sibling);
  }
  const head = new ByteWriter(HEAD_LENGTH)
    .u8(entry === undefined ? 0 : 1)
    .u16(siblings.length, 'little')
    .finish();
  return concatBytes([head, present, ...shown, ...(entry === undefined ? [] : [codec.encode(entry)])]);
}

/**
 * Decodes bytes that are one proof.
 *
 * @spec STX-PRF-1, STX-PRF-2, STX-PRF-3
 * @param codec - of the kind of the entry that is expected.
 * @param bytes - borrowed.
 * @returns the proof; owned.
 * @throws AslError `ENTRY_PROOF.TRUNCATED` and `ENTRY_PROOF.FORM` in the order of the fields, then the codes of an entry
 * but `ENTRY.TRAILING`, then `ENTRY_PROOF.TRAILING`.
 * @remarks At most 272 siblings, whatever the bytes say.
 */
export function decodeEntryProof<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  bytes: Uint8Array,
): EntryProof<E> {
  const { proof, end } = readEntryProof(codec, bytes, 0);
  if (end === bytes.length) return proof;
  const details = { offset: end, expected: end, got: bytes.length };
  throw storeIndexError('ENTRY_PROOF.TRAILING', `${bytes.length - end} octets follow the proof`, details);
}

/**
 * Reads one proof and leaves what follows.
 *
 * @spec STX-PRF-1, STX-PRF-2, STX-PRF-3
 * @param start - offset of the proof.
 * @throws AslError as {@link decodeEntryProof}, but for what follows.
 */
export function readEntryProof<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  bytes: Uint8Array,
  start: number,
): { readonly proof: EntryProof<E>; readonly end: number } {
  const reader = new ByteReader(
    bytes,
    (offset, expected, got) =>
      storeIndexError(
        'ENTRY_PROOF.TRUNCATED',
        `${expected} octets expected at offset ${offset}, ${got} left`,
        {
          offset,
          expected: expected.toString(),
          got,
        },
      ),
    start,
  );
  const hasEntry = reader.u8();
  if (hasEntry > 1) throw proofForm(start, 'an end is 0 or 1', hasEntry);
  const depth = reader.u16('little');
  if (depth > PATH_LENGTH) throw proofForm(start + 1, `a depth is at most ${PATH_LENGTH}`, depth);
  const siblings = readSiblings(reader, depth);
  if (hasEntry === 0) return { proof: { siblings }, end: reader.offset };
  const { entry, end } = codec.read(bytes, reader.offset);
  return { proof: { siblings, entry }, end };
}

function readSiblings(reader: ByteReader, depth: number): Uint8Array[] {
  const start = reader.offset;
  const present = reader.bytes(Math.ceil(depth / 8));
  for (let index = depth; index < 8 * present.length; index++) {
    if (bitAt(present, index) === 1) throw proofForm(start, 'the bits after the last sibling are 0', 1);
  }
  const siblings: Uint8Array[] = [];
  for (let index = 0; index < depth; index++) {
    if (bitAt(present, index) === 0) {
      siblings.push(EMPTY_HASH);
      continue;
    }
    const { offset } = reader;
    const sibling = reader.bytes(DIGEST_LENGTH);
    // STX-PRF-2
    if (equalBytes(sibling, EMPTY_HASH)) throw proofForm(offset, 'an empty sibling is not written', 0);
    siblings.push(sibling);
  }
  // STX-PRF-3
  if (depth > 0 && siblings.at(-1) === EMPTY_HASH) {
    throw proofForm(start, 'the last sibling is not empty', 0);
  }
  return siblings;
}

function proofForm(offset: number, message: string, got: number): ReturnType<typeof storeIndexError> {
  // STX-PRF-2, STX-PRF-3
  return storeIndexError('ENTRY_PROOF.FORM', `${message}, at offset ${offset}`, { offset, got });
}

function besidePath(
  key: Reference,
  entry: { readonly key: Reference },
  common: number,
): ReturnType<typeof storeIndexError> {
  const [expected, got] = [formatReference(key), formatReference(entry.key)];
  // STX-PRF-4
  return storeIndexError('ENTRY_PROOF.KEY', `the proof leads to ${got}, off the path of ${expected}`, {
    expected,
    got,
    commonBits: common,
  });
}

function wrongRoot(computed: Uint8Array, root: Uint8Array): ReturnType<typeof storeIndexError> {
  const [expected, got] = [formatHex(root), formatHex(computed)];
  // STX-PRF-5
  return storeIndexError('ENTRY_PROOF.ROOT', `the proof leads to root ${got}, not ${expected}`, {
    expected,
    got,
  });
}
