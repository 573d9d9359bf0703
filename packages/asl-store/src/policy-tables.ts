import {
  type AslError,
  type Bytes,
  equalBytes,
  errorMaker,
  formatHex,
  isAslError,
  merkleLeafHash,
  type Reference,
} from '@amduat/asl-core';
import {
  decodePolicy,
  type LogPosition,
  type LogSeq,
  openPolicyTable,
  type PolicyRow,
  type PolicyTable,
  STORE_INDEX_ERRORS,
} from '@amduat/asl-store-index';
import { PAGE_LENGTH, pageHashesOf } from '@amduat/enc-asl-core-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { lowestGeneration, missingObject, readAll } from './objects.js';
import { GROUP_PAGES, HASH_LENGTH, keepPageTree, pageTreeName, pageTreeOf, rootOf } from './page-tree.js';
import type { Storage } from './port.js';
import { hashPages } from './segment-reader.js';

const indexError = errorMaker(STORE_INDEX_ERRORS);

/** Files of at most this many octets are read as a whole, and kept as what they say. */
export const WHOLE_MAX: number = 16 * PAGE_LENGTH;
/** Verified octets that are kept of each table: pages, and the hashes of groups of pages, which are as long. */
const KEPT_MAX = 2 ** 22;

/**
 * Reads the table of a position by its hash.
 *
 * @returns undefined if it is lost: not there, or not right.
 */
export type TableReader = (hash: Uint8Array, position: LogPosition) => Promise<PolicyTable | undefined>;

/** Reads tables as a whole: what they say was checked, all of it. */
export function wholeTables(storage: Storage): TableReader {
  return async (hash, position) => {
    const name = await lowestGeneration(storage, 'policies', hash);
    const bytes = name === undefined ? undefined : await readAll(storage, name);
    return bytes && unlessWrong(() => decodePolicy(bytes, { hash, position, hasher }));
  };
}

/** LOG-RPL-11: a table that is refused is as if it were lost. */
function unlessWrong(read: () => PolicyTable): PolicyTable | undefined {
  try {
    return read();
  } catch (error) {
    if (!isAslError(error) || isAslError(error, 'STORE.IO')) throw error;
    return undefined;
  }
}

/**
 * Opens tables so that single rows are read, and remembers those in which something that is not right was met: they are as if
 * they were lost.
 */
export class PolicyTables {
  readonly #storage: Storage;
  readonly #onFault: () => void;
  /** By hash. */
  readonly #faulty = new Set<string>();
  readonly #faults = new WeakSet<AslError>();

  /** @param onFault - is told each time a table that was opened turns out not to be right. */
  constructor(storage: Storage, onFault: () => void) {
    this.#storage = storage;
    this.#onFault = onFault;
  }

  /** Whether an error is that of a table which was opened here. */
  isFault(error: unknown): boolean {
    return isAslError(error) && this.#faults.has(error);
  }

  /**
   * Opens a table.
   *
   * @spec STO-RDR-9, STO-RDR-10, STO-RDR-11, STO-RDR-13
   */
  readonly open: TableReader = async (hash, position) => {
    const hex = formatHex(hash);
    if (this.#faulty.has(hex)) return undefined;
    const name = await lowestGeneration(this.#storage, 'policies', hash);
    const fileLength = name === undefined ? undefined : await this.#storage.size(name);
    if (name === undefined || fileLength === undefined) return undefined;
    const { readSync } = this.#storage;
    if (readSync === undefined || fileLength <= WHOLE_MAX)
      return await wholeTables(this.#storage)(hash, position);
    const file = { name, fileLength, hash };
    const hashes = await openHashes(this.#storage, readSync, file);
    if (hashes === undefined) return undefined;
    const pages = new VerifiedPages(readSync, file, hashes);
    const read = (offset: number, length: number) => pages.read(offset, length);
    const table = unlessWrong(() => openPolicyTable({ fileLength, read, position }));
    return table && new WatchedTable(table, (error) => this.#note(hex, error));
  };

  #note(hex: string, error: unknown): void {
    if (!isAslError(error) || isAslError(error, 'STORE.IO')) return;
    this.#faulty.add(hex);
    this.#faults.add(error);
    this.#onFault();
  }
}

/** A table that tells of each error it throws. */
class WatchedTable implements PolicyTable {
  readonly #table: PolicyTable;
  readonly #tell: (error: unknown) => void;

  constructor(table: PolicyTable, tell: (error: unknown) => void) {
    this.#table = table;
    this.#tell = tell;
  }

  get size(): number {
    return this.#table.size;
  }

  get(key: Reference): PolicyRow | undefined {
    return this.#watching(() => this.#table.get(key));
  }

  *rows(): Generator<PolicyRow, void, undefined> {
    try {
      yield* this.#table.rows();
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }

  keyOfTombstone(logseq: LogSeq): Reference | undefined {
    return this.#watching(() => this.#table.keyOfTombstone(logseq));
  }

  #watching<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#tell(error);
      throw error;
    }
  }
}

interface TableFile {
  readonly name: string;
  readonly fileLength: number;
  readonly hash: Uint8Array;
}

/** What pages are checked against. */
interface TableHashes {
  /** Of the groups, checked against the hash of the file. */
  readonly groups: Uint8Array;
  /** Reads those of the pages of a group; not checked. */
  readonly pagesOf: (group: number) => Uint8Array | undefined;
}

/** Reads the hashes of the groups that are kept, or makes them from the file; undefined if that has another hash. */
async function openHashes(
  storage: Storage,
  readSync: NonNullable<Storage['readSync']>,
  { name, fileLength, hash }: TableFile,
): Promise<TableHashes | undefined> {
  const groupCount = Math.ceil(fileLength / (GROUP_PAGES * PAGE_LENGTH));
  const length = GROUP_PAGES * HASH_LENGTH;
  const kept = pageTreeName(hash);
  const groups = readSync(kept, 0, HASH_LENGTH * groupCount);
  if (groups !== undefined && equalBytes(rootOf(groups), hash)) {
    return { groups, pagesOf: (group) => readSync(kept, groups.length + length * group, length) };
  }
  // What is derived is missing or not right: the file itself says what its pages are.
  const tree = pageTreeOf(await hashPages(storage, name, fileLength));
  if (!equalBytes(tree.hash, hash)) return undefined;
  await keepPageTree(storage, tree);
  return {
    groups: tree.groups,
    pagesOf: (group) => tree.pages.subarray(length * group, length * (group + 1)),
  };
}

/** The octets of a table file, each checked against its hash before it is given. */
class VerifiedPages {
  readonly #readSync: NonNullable<Storage['readSync']>;
  readonly #file: TableFile;
  readonly #hashes: TableHashes;
  /** Page, or −1 − group → its octets, the least recently used first. */
  readonly #kept = new Map<number, Uint8Array>();

  constructor(readSync: NonNullable<Storage['readSync']>, file: TableFile, hashes: TableHashes) {
    this.#readSync = readSync;
    this.#file = file;
    this.#hashes = hashes;
  }

  /** Gives a part of the file; nobody writes to it. */
  read(offset: number, length: number): Uint8Array {
    const page = Math.floor(offset / PAGE_LENGTH);
    const start = offset - page * PAGE_LENGTH;
    if (start + length <= PAGE_LENGTH) return this.#page(page).subarray(start, start + length);
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const at = offset + filled;
      const part = this.#page(Math.floor(at / PAGE_LENGTH)).subarray(at % PAGE_LENGTH);
      bytes.set(part.subarray(0, length - filled), filled);
      filled += part.length;
    }
    return bytes;
  }

  #page(page: number): Uint8Array {
    return this.#keeping(page, () => {
      const group = Math.floor(page / GROUP_PAGES);
      const hashes = this.#keeping(-1 - group, () => this.#group(group));
      const bytes = this.#readFile(page * PAGE_LENGTH, PAGE_LENGTH);
      const at = HASH_LENGTH * (page % GROUP_PAGES);
      this.#assertHash(merkleLeafHash(bytes, hasher), hashes.subarray(at, at + HASH_LENGTH), page);
      return bytes;
    });
  }

  /** The hashes of the pages of a group. */
  #group(group: number): Uint8Array {
    const { groups, pagesOf } = this.#hashes;
    const expected = groups.subarray(HASH_LENGTH * group, HASH_LENGTH * (group + 1));
    const kept = pagesOf(group);
    if (kept !== undefined && equalBytes(rootOf(kept), expected)) return kept;
    // What is derived is not right: the pages themselves say what their hashes are.
    const length = GROUP_PAGES * PAGE_LENGTH;
    const made = pageHashesOf(this.#readFile(length * group, length), hasher);
    this.#assertHash(rootOf(made), expected, GROUP_PAGES * group);
    return made;
  }

  #readFile(offset: number, length: number): Bytes {
    const { name, fileLength } = this.#file;
    const bytes = this.#readSync(name, offset, Math.min(length, fileLength - offset));
    if (bytes === undefined) throw missingObject(name);
    return bytes;
  }

  /** STX-PTB-2 */
  #assertHash(computed: Uint8Array, hash: Uint8Array, page: number): void {
    if (equalBytes(computed, hash)) return;
    const { name } = this.#file;
    const [expected, got] = [formatHex(hash), formatHex(computed)];
    const details = { name, offset: page * PAGE_LENGTH, expected, got };
    throw indexError('POLICY.DIGEST', `${name} hashes at page ${page} to ${got}, not ${expected}`, details);
  }

  #keeping(id: number, read: () => Uint8Array): Uint8Array {
    const known = this.#kept.get(id);
    const bytes = known ?? read();
    if (known !== undefined) this.#kept.delete(id);
    this.#kept.set(id, bytes);
    if (this.#kept.size > KEPT_MAX / PAGE_LENGTH) this.#kept.delete(this.#kept.keys().next().value as number);
    return bytes;
  }
}
