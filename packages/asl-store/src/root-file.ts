import {
  asciiBytes,
  ByteReader,
  type Bytes,
  ByteWriter,
  equalBytes,
  formatHex,
  parseHex,
} from '@amduat/asl-core';
import { type IndexState, type LogPosition } from '@amduat/asl-store-index';
import { HASHES_PREFIX, type KeptSubtree, type NodeFile } from './hash-nodes.js';
import { TREE_KINDS, type TreeKind, type Trees } from './hash-tree.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { readAll } from './objects.js';
import { DERIVED_PREFIX, type Storage } from './port.js';

/** The tries of a state, as they are kept. */
export interface RootFile {
  readonly state: IndexState;
  readonly trees: Trees;
  readonly files: readonly NodeFile[];
  /** Octets of the files when nothing in them was out of use. */
  readonly wholeLength: number;
}

/**
 * Its file is derived: magic, position u64, SnapshotID, for each trie { hash 32, count u64, place u64 }, wholeLength u64,
 * for each file { first u64, length u64, name 32 }, and a SHA-256 of all that.
 */
const MAGIC = asciiBytes('ASLROT01');
const TREE_LENGTH = 48;
const FILE_LENGTH = 48;
const FIXED_LENGTH = 8 + 8 + 32 + TREE_KINDS.length * TREE_LENGTH + 8 + 32;

const ROOTS_PREFIX = `${DERIVED_PREFIX}roots/`;
/** The states whose tries are kept: the last ones that were anchored. */
const KEPT_MAX = 4;

/** The positions whose tries are kept, ascending. */
export async function listRootFiles(storage: Storage): Promise<LogPosition[]> {
  const digits = (await storage.list(ROOTS_PREFIX)).map((name) => name.slice(ROOTS_PREFIX.length));
  return digits.filter((name) => /^[0-9]{20}$/.test(name)).map(BigInt);
}

/** Keeps the tries of a state, and removes what is out of use. */
export async function keepRootFile(storage: Storage, file: RootFile): Promise<void> {
  const content = encode(file);
  await storage.keep(nameOf(file.state.position), [content, hasher.digest([content])]);
  const positions = await listRootFiles(storage);
  for (const position of positions.slice(0, -KEPT_MAX)) await storage.delete(nameOf(position));
  const used = new Set<string>();
  for (const position of positions.slice(-KEPT_MAX)) {
    for (const { name } of (await openRootFile(storage, position))?.files ?? []) used.add(name);
  }
  for (const name of await storage.list(HASHES_PREFIX)) {
    if (!used.has(name.slice(HASHES_PREFIX.length))) await storage.delete(name);
  }
}

/**
 * Opens the tries that are kept of a position.
 *
 * @spec STO-ROOT-1
 * @returns the tries; undefined when there are none, or the file is damaged.
 */
export async function openRootFile(storage: Storage, position: LogPosition): Promise<RootFile | undefined> {
  const bytes = await readAll(storage, nameOf(position));
  if (bytes === undefined || bytes.length < FIXED_LENGTH) return undefined;
  const content = bytes.subarray(0, bytes.length - 32);
  if (!equalBytes(hasher.digest([content]), bytes.subarray(content.length))) return undefined;
  return equalBytes(content.subarray(0, MAGIC.length), MAGIC) ? decode(content) : undefined;
}

function nameOf(position: LogPosition): string {
  return `${ROOTS_PREFIX}${position.toString().padStart(20, '0')}`;
}

function encode({ state, trees, files, wholeLength }: RootFile): Bytes {
  const writer = new ByteWriter(FIXED_LENGTH - 32 + FILE_LENGTH * files.length)
    .bytes(MAGIC)
    .u64(state.position, 'little')
    .bytes(state.snapshotId);
  for (const kind of TREE_KINDS) {
    const { hash, count, place } = trees[kind];
    writer.bytes(hash).u64(BigInt(count), 'little').u64(BigInt(place), 'little');
  }
  writer.u64(BigInt(wholeLength), 'little');
  for (const { first, length, name } of files) {
    writer
      .u64(BigInt(first), 'little')
      .u64(BigInt(length), 'little')
      .bytes(parseHex(name) as Bytes);
  }
  return writer.finish();
}

function decode(content: Uint8Array): RootFile {
  const reader = new ByteReader(content, (offset) => {
    throw new RangeError(`the kept roots end at offset ${offset}`);
  });
  const number = () => Number(reader.u64('little'));
  reader.view(MAGIC.length);
  const position = reader.u64('little');
  const snapshotId = reader.bytes(32);
  const trees = {} as Record<TreeKind, KeptSubtree>;
  for (const kind of TREE_KINDS) trees[kind] = { hash: reader.bytes(32), count: number(), place: number() };
  const wholeLength = number();
  const files: NodeFile[] = [];
  while (reader.remaining > 0) {
    files.push({ first: number(), length: number(), name: formatHex(reader.view(32)) });
  }
  return { state: { snapshotId, position }, trees, files, wholeLength };
}
