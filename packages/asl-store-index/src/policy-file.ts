import {
  type AslError,
  asciiBytes,
  type Bytes,
  ByteWriter,
  compareBytes,
  decodeReference,
  encodeReference,
  equalBytes,
  formatHex,
  type Hasher,
  merkleLeafHash,
  merkleRoot,
  REFERENCE_LENGTH,
  type Reference,
  sha256Hasher,
} from '@amduat/asl-core';
import { type StoreIndexErrorCode, storeIndexError } from './errors.js';
import { type PolicyRow, type PolicyTable, type Publication, policyOf } from './policy.js';
import type { LogPosition, LogSeq } from './record.js';

const MAGIC = asciiBytes('ASLPOL01');
const VERSION = 1;
const HEADER_LENGTH = 64;
const ROW_LENGTH = 56;
const TOMBSTONE_LENGTH = 8;
const PAIR_LENGTH = 16;
const PAGE_LENGTH = 4096;

/** What a policy table is read for. */
export interface PolicyReadOptions {
  /** The hash it is handed over for. */
  readonly hash?: Uint8Array;
  /** The position it is the table of. */
  readonly position?: LogPosition;
  /** A SHA-256. */
  readonly hasher?: Hasher;
}

/**
 * Computes the hash of a policy table file.
 *
 * @spec STX-PTB-2
 * @param bytes - the whole file; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function policyHashOf(bytes: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return merkleRoot(pageHashes(bytes, hasher), hasher);
}

function* pageHashes(bytes: Uint8Array, hasher: Hasher): Generator<Bytes, void, undefined> {
  for (let offset = 0; offset < bytes.length; offset += PAGE_LENGTH) {
    yield merkleLeafHash(bytes.subarray(offset, offset + PAGE_LENGTH), hasher);
  }
}

/**
 * Encodes a policy as a file.
 *
 * @spec STX-PTB-1, STX-POL-6
 * @param policy - borrowed.
 * @returns the file; owned. Equal policies give equal octets.
 * @example
 * import { referenceOf } from '@amduat/asl-core';
 * import { applyPolicy, decodePolicy, EMPTY_POLICY, encodePolicy } from '@amduat/asl-store-index';
 * const key = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * const policy = applyPolicy(EMPTY_POLICY, { kind: 'tombstone', key, logseq: 3n });
 * if (decodePolicy(encodePolicy(policy)).keyOfTombstone(3n) === undefined) throw new Error();
 */
export function encodePolicy(policy: PolicyTable): Bytes {
  const rows = [...policy.rows()];
  const pairs: [LogSeq, bigint][] = [];
  for (const [ordinal, { tombstones }] of rows.entries()) {
    for (const logseq of tombstones) pairs.push([logseq, BigInt(ordinal)]);
  }
  const length = fileLength(rows.length, pairs.length);
  const writer = new ByteWriter(length)
    .bytes(MAGIC)
    .u32(VERSION, 'little')
    .u32(HEADER_LENGTH, 'little')
    .u64(0n, 'little')
    .u64(BigInt(rows.length), 'little')
    .u64(BigInt(pairs.length), 'little')
    .zeros(24);
  let first = 0n;
  for (const row of rows) {
    writeRow(writer, row, first);
    first += BigInt(row.tombstones.length);
  }
  for (const [logseq] of pairs) writer.u64(logseq, 'little');
  pairs.sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [logseq, ordinal] of pairs) writer.u64(logseq, 'little').u64(ordinal, 'little');
  return writer.finish();
}

function writeRow(writer: ByteWriter, { key, tombstones, publication }: PolicyRow, first: bigint): void {
  writer
    .bytes(encodeReference(key))
    .u8(publication === undefined ? 0 : publication.published ? 1 : 2)
    .u8(0)
    .u32(tombstones.length, 'little')
    .u64(first, 'little')
    .u64(publication?.logseq ?? 0n, 'little');
}

/**
 * Decodes a policy table file.
 *
 * @spec STX-PTB-2, STX-PTB-3, STX-PTB-4, STX-PTB-5, STX-PTB-6, STX-PTB-7, STX-PTB-8, STX-PTB-9, STX-PTB-10, STX-PTB-11,
 * STX-PTB-12, STX-PTB-13
 * @param bytes - the whole file; borrowed.
 * @returns the policy; owned.
 * @throws AslError `POLICY.DIGEST`, `POLICY.TRUNCATED`, `POLICY.MAGIC`, `POLICY.VERSION`, `POLICY.HEADER`,
 * `POLICY.LENGTH`; for each row `CORE.HASH_ID`, `POLICY.ORDER`, `POLICY.ROW`; `POLICY.TOMBSTONES`, `POLICY.INDEX`,
 * `POLICY.POSITION`, in this order of checks.
 * @remarks encodePolicy(decodePolicy(b)) equals b for every b it accepts.
 */
export function decodePolicy(bytes: Uint8Array, options: PolicyReadOptions = {}): PolicyTable {
  const { hash, position, hasher = sha256Hasher } = options;
  if (hash !== undefined) assertHash(bytes, hash, hasher);
  const file = openPolicyFile(bytes.length, (offset, length) => bytes.subarray(offset, offset + length));
  const rows = [...readRows(file)];
  assertPairs(file, rows);
  if (position !== undefined) assertPosition(rows, position);
  return policyOf(rows);
}

/** A file whose length is that of its counts, read in parts. */
export interface PolicyFile {
  /** Octets of the file; borrowed, and they stay as they are. */
  readonly read: (offset: number, length: number) => Uint8Array;
  readonly rowCount: number;
  readonly tombstoneCount: number;
}

/** What a row says by itself. */
export interface PolicyHead {
  readonly key: Reference;
  readonly publication: Publication | undefined;
  /** Ordinal of its first tombstone, and how many it has: not more than there are. */
  readonly first: number;
  readonly count: number;
}

function assertHash(bytes: Uint8Array, hash: Uint8Array, hasher: Hasher): void {
  const computed = policyHashOf(bytes, hasher);
  if (equalBytes(computed, hash)) return;
  const [expected, got] = [formatHex(hash), formatHex(computed)];
  // STX-PTB-2
  throw storeIndexError('POLICY.DIGEST', `the policy table hashes to ${got}, not ${expected}`, {
    expected,
    got,
  });
}

/**
 * Checks the header of a file.
 *
 * @spec STX-PTB-3, STX-PTB-4, STX-PTB-5, STX-PTB-6, STX-PTB-7
 */
export function openPolicyFile(fileLength: number, read: PolicyFile['read']): PolicyFile {
  // STX-PTB-3
  if (fileLength < HEADER_LENGTH) throw wrong('POLICY.TRUNCATED', 'length', 0, HEADER_LENGTH, fileLength);
  const bytes = read(0, HEADER_LENGTH);
  const view = viewOf(bytes);
  const magic = bytes.subarray(0, MAGIC.length);
  // STX-PTB-4
  if (!equalBytes(magic, MAGIC)) throw wrong('POLICY.MAGIC', 'magic', 0, formatHex(MAGIC), formatHex(magic));
  const version = view.getUint32(8, true);
  // STX-PTB-5
  if (version !== VERSION) throw wrong('POLICY.VERSION', 'version', 8, VERSION, version);
  assertHeader(bytes, view);
  const rowCount = view.getBigUint64(24, true);
  const tombstoneCount = view.getBigUint64(32, true);
  const expected = BigInt(HEADER_LENGTH) + BigInt(ROW_LENGTH) * rowCount + 24n * tombstoneCount;
  // STX-PTB-7: from here on the counts are lengths of what is there.
  if (expected !== BigInt(fileLength)) {
    throw wrong('POLICY.LENGTH', 'length', 24, expected.toString(), fileLength);
  }
  return { read, rowCount: Number(rowCount), tombstoneCount: Number(tombstoneCount) };
}

function assertHeader(bytes: Uint8Array, view: DataView): void {
  const headerSize = view.getUint32(12, true);
  // STX-PTB-6
  if (headerSize !== HEADER_LENGTH)
    throw wrong('POLICY.HEADER', 'header_size', 12, HEADER_LENGTH, headerSize);
  const flags = view.getBigUint64(16, true);
  if (flags !== 0n) throw wrong('POLICY.HEADER', 'flags', 16, 0, flags.toString());
  const reserved = bytes.subarray(40, HEADER_LENGTH);
  if (reserved.some((byte) => byte !== 0))
    throw wrong('POLICY.HEADER', 'reserved', 40, 0, formatHex(reserved));
}

/**
 * Reads every row.
 *
 * @spec STX-PTB-8, STX-PTB-9, STX-PTB-10, STX-PTB-11
 */
export function* readRows(file: PolicyFile): Generator<PolicyRow, void, undefined> {
  let first = 0;
  let before: Uint8Array | undefined;
  for (let ordinal = 0; ordinal < file.rowCount; ordinal++) {
    const row = rowAt(file, ordinal);
    const key = readKey(row);
    if (before !== undefined) assertAbove(row, before, ordinal);
    const head = readSaid(file, ordinal, row, key, BigInt(first));
    yield withTombstones(file, head);
    first += head.count;
    before = row;
  }
  // STX-PTB-11
  if (first !== file.tombstoneCount) {
    throw wrong('POLICY.TOMBSTONES', 'tombstone_count', 32, first, file.tombstoneCount);
  }
}

/**
 * Reads one row without its tombstones.
 *
 * @spec STX-PTB-8, STX-PTB-10
 */
export function readHead(file: PolicyFile, ordinal: number): PolicyHead {
  const row = rowAt(file, ordinal);
  return readSaid(file, ordinal, row, readKey(row), firstOf(row));
}

/** Reads the tombstones of a row, which is with them what it says. */
export function withTombstones(file: PolicyFile, head: PolicyHead): PolicyRow {
  const { key, publication, first, count } = head;
  return { key, tombstones: readTombstones(file, first, count), ...(publication && { publication }) };
}

/** The key of a row, as it stands there. */
export function keyAt({ read }: PolicyFile, ordinal: number): Uint8Array {
  return read(rowOffset(ordinal), REFERENCE_LENGTH);
}

/** The logseq at an ordinal among those of all rows. */
export function tombstoneAt({ read, rowCount }: PolicyFile, ordinal: number): LogSeq {
  return viewOf(read(rowOffset(rowCount) + TOMBSTONE_LENGTH * ordinal, TOMBSTONE_LENGTH)).getBigUint64(
    0,
    true,
  );
}

/** A tombstone, and the ordinal of its row. */
export interface PolicyPair {
  readonly logseq: LogSeq;
  readonly row: bigint;
}

/** The pair at an ordinal in the order of the logseqs. */
export function pairAt(file: PolicyFile, ordinal: number): PolicyPair {
  const view = viewOf(file.read(pairOffset(file, ordinal), PAIR_LENGTH));
  return { logseq: view.getBigUint64(0, true), row: view.getBigUint64(8, true) };
}

export function pairOffset({ rowCount, tombstoneCount }: PolicyFile, ordinal: number): number {
  return rowOffset(rowCount) + TOMBSTONE_LENGTH * tombstoneCount + PAIR_LENGTH * ordinal;
}

function rowOffset(ordinal: number): number {
  return HEADER_LENGTH + ROW_LENGTH * ordinal;
}

function rowAt({ read }: PolicyFile, ordinal: number): Uint8Array {
  return read(rowOffset(ordinal), ROW_LENGTH);
}

function readKey(row: Uint8Array): Reference {
  // STX-PTB-8
  return decodeReference(row.subarray(0, REFERENCE_LENGTH));
}

/**
 * Refuses a key that is not above one before.
 *
 * @spec STX-PTB-9
 * @param row - begins with the key; borrowed, as the one before.
 */
export function assertAbove(row: Uint8Array, before: Uint8Array, ordinal: number): void {
  const [below, key] = [before.subarray(0, REFERENCE_LENGTH), row.subarray(0, REFERENCE_LENGTH)];
  if (compareBytes(below, key) < 0) return;
  // STX-PTB-9
  throw wrong('POLICY.ORDER', 'reference', rowOffset(ordinal), `above ${formatHex(below)}`, formatHex(key));
}

function firstOf(row: Uint8Array): bigint {
  return viewOf(row).getBigUint64(40, true);
}

/** @param first - how many tombstones the rows before have. */
function readSaid(
  file: PolicyFile,
  ordinal: number,
  row: Uint8Array,
  key: Reference,
  first: bigint,
): PolicyHead {
  const start = rowOffset(ordinal);
  const view = viewOf(row);
  const published = view.getUint8(34);
  const reserved = view.getUint8(35);
  const count = view.getUint32(36, true);
  const publicationLogseq = view.getBigUint64(48, true);
  assertRow(published <= 2, start + 34, 'publication');
  assertRow(reserved === 0, start + 35, 'reserved');
  assertRow(firstOf(row) === first, start + 40, 'first_tombstone');
  assertRow((published === 0) === (publicationLogseq === 0n), start + 48, 'publication_logseq');
  assertRow(published > 0 || count > 0, start + 34, 'row that says nothing');
  assertRow(BigInt(count) <= BigInt(file.tombstoneCount) - first, start + 36, 'tombstone_count');
  const publication: Publication = { published: published === 1, logseq: publicationLogseq };
  return { key, publication: published > 0 ? publication : undefined, first: Number(first), count };
}

function readTombstones(file: PolicyFile, first: number, count: number): LogSeq[] {
  if (count === 0) return [];
  const start = rowOffset(file.rowCount) + TOMBSTONE_LENGTH * first;
  const view = viewOf(file.read(start, TOMBSTONE_LENGTH * count));
  const tombstones: LogSeq[] = [];
  for (let index = 0; index < count; index++) {
    const logseq = view.getBigUint64(TOMBSTONE_LENGTH * index, true);
    assertRow(logseq > (tombstones.at(-1) ?? 0n), start + TOMBSTONE_LENGTH * index, 'tombstone');
    tombstones.push(logseq);
  }
  return tombstones;
}

/** STX-PTB-12: as many pairs as tombstones, in strictly ascending order, each of a tombstone that its row has. */
function assertPairs(file: PolicyFile, rows: readonly PolicyRow[]): void {
  const owners = new Map<LogSeq, number>();
  for (const [ordinal, { tombstones }] of rows.entries()) {
    for (const logseq of tombstones) owners.set(logseq, ordinal);
  }
  let previous = 0n;
  for (let index = 0; index < file.tombstoneCount; index++) {
    const { logseq, row } = pairAt(file, index);
    const offset = pairOffset(file, index);
    if (logseq <= previous)
      throw wrong('POLICY.INDEX', 'logseq', offset, `above ${previous}`, logseq.toString());
    const owner = owners.get(logseq);
    if (owner === undefined || BigInt(owner) !== row) throw wrongRow(offset, owner ?? null, row);
    previous = logseq;
  }
}

/** The refusal of a pair whose row does not have its tombstone. */
export function wrongRow(offset: number, expected: number | null, row: bigint): AslError {
  return wrong('POLICY.INDEX', 'row', offset + 8, expected, row.toString());
}

/**
 * Refuses rows that say something of records above a position.
 *
 * @spec STX-PTB-13
 */
export function assertPosition(rows: readonly PolicyRow[], position: LogPosition): void {
  for (const { tombstones, publication } of rows) {
    const greatest = [...tombstones, publication?.logseq ?? 0n].reduce((a, b) => (a > b ? a : b));
    if (greatest <= position) continue;
    const details = { expected: position.toString(), got: greatest.toString() };
    // STX-PTB-13
    throw storeIndexError('POLICY.POSITION', `logseq ${greatest} is above position ${position}`, details);
  }
}

function fileLength(rowCount: number, tombstoneCount: number): number {
  return HEADER_LENGTH + ROW_LENGTH * rowCount + (TOMBSTONE_LENGTH + PAIR_LENGTH) * tombstoneCount;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function assertRow(holds: boolean, offset: number, field: string): void {
  // STX-PTB-10
  if (!holds)
    throw storeIndexError('POLICY.ROW', `no policy gives this ${field}, at offset ${offset}`, { offset });
}

function wrong(
  code: StoreIndexErrorCode,
  field: string,
  offset: number,
  expected: string | number | null,
  got: string | number,
): AslError {
  return storeIndexError(code, `${field} is ${got} at offset ${offset}, expected ${expected}`, {
    offset,
    expected,
    got,
  });
}
