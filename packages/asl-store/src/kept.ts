import {
  type AslError,
  type Bytes,
  concatBytes,
  equalBytes,
  errorMaker,
  formatHex,
  isAslError,
} from '@amduat/asl-core';
import {
  encodeFrame,
  encodeHeader,
  encodeRecord,
  FRAME_RECORDS_LENGTH_MAX,
  LOG_ERRORS,
  type LogRecord,
  type LogState,
  leafData,
  RECORD_OVERHEAD,
  RECORD_TYPES,
  recordHashOf,
  type SnapshotAnchor,
} from '@amduat/asl-log';
import { type DomainId, type LogPosition, type Manifest, STORE_INDEX_ERRORS } from '@amduat/asl-store-index';
import { anchorOfRecord, type Base, loadBase, namesPosition } from './base.js';
import { storeError } from './errors.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { logseqName, parseName } from './names.js';
import { readAll } from './objects.js';
import type { TableReader } from './policy-tables.js';
import type { Storage } from './port.js';

/** Octets of the data of a leaf: `public`, record_hash. */
const LEAF_LENGTH = 33;
const RECORD_HEAD_LENGTH = 16;

const logError = errorMaker(LOG_ERRORS);
const indexError = errorMaker(STORE_INDEX_ERRORS);

const ROTATE = RECORD_TYPES['authority-rotate'];
/** What a cut drops is kept by: its leaves, and the records that still say something. */
const KEPT_TYPES: readonly number[] = [RECORD_TYPES['snapshot-anchor'], ROTATE];

/**
 * Keeps what a cut must not drop.
 *
 * @spec STO-CUT-1, STO-CUT-7
 * @param dropped - the records up to the cut, from the base of the log on.
 */
export async function keepDropped(
  storage: Storage,
  dropped: readonly LogRecord[],
  position: LogPosition,
): Promise<void> {
  for (const record of dropped) {
    if (KEPT_TYPES.includes(record.type))
      await keep(storage, logseqName('records', record.logseq), encodeRecord(record));
  }
  if (dropped.length === 0) return;
  await keep(storage, logseqName('leaves', position), concatBytes(dropped.map(leafData)));
}

/** The content of the log file of a cut: its header, and every record above it. */
export function cutFile(base: LogState, manifestHash: Uint8Array, above: readonly LogRecord[]): Bytes[] {
  const header = {
    domainId: base.domainId,
    baseLogseq: base.position,
    baseRecordHash: base.recordHash,
    baseManifestHash: manifestHash,
  };
  return [encodeHeader(header, hasher), ...framesOf(above)];
}

function framesOf(records: readonly LogRecord[]): Bytes[] {
  const frames: Bytes[] = [];
  let group: LogRecord[] = [];
  let length = 0;
  for (const record of records) {
    const added = RECORD_OVERHEAD + record.payload.length;
    if (length + added > FRAME_RECORDS_LENGTH_MAX) {
      frames.push(encodeFrame(group, hasher));
      [group, length] = [[], 0];
    }
    group.push(record);
    length += added;
  }
  if (group.length > 0) frames.push(encodeFrame(group, hasher));
  return frames;
}

/** The leaves that cuts kept: those of the records 1 to the base of the log. */
interface KeptLeaves {
  readonly count: bigint;
  /** record_hash of a position from 1 up to the count; a view. */
  recordHashAt(position: LogPosition): Uint8Array;
  /** The data of the leaf of a record. */
  dataOf(logseq: bigint): Uint8Array;
}

/**
 * Reads the leaves that cuts kept.
 *
 * @spec STO-CUT-5
 * @throws AslError `STORE.CONFLICT` when some are not there, or they do not follow one another.
 */
export async function readLeaves(storage: Storage, base: LogPosition): Promise<KeptLeaves> {
  const pieces: Bytes[] = [];
  // Backwards: what a cut that did not come to its end left behind is no part of the chain.
  let above = logseqName('leaves', base);
  for (let last = base; last > 0n; ) {
    const name = logseqName('leaves', last);
    const bytes = await readAll(storage, name);
    // One whose leaves begin where those of no other end.
    if (bytes === undefined) throw wrongLeaves(above, last);
    const count = BigInt(bytes.length) / BigInt(LEAF_LENGTH);
    if (bytes.length % LEAF_LENGTH !== 0 || count === 0n || count > last || !areLeaves(bytes))
      throw wrongLeaves(name, last);
    pieces.unshift(bytes);
    above = name;
    last -= count;
  }
  const leaves = concatBytes(pieces);
  const dataOf = (logseq: bigint) =>
    leaves.subarray(LEAF_LENGTH * (Number(logseq) - 1), LEAF_LENGTH * Number(logseq));
  return { count: base, dataOf, recordHashAt: (position) => dataOf(position).subarray(1) };
}

/** LOG-TREE-1: the first octet of a leaf is 0 or 1. */
function areLeaves(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += LEAF_LENGTH) if ((bytes[at] as number) > 1) return false;
  return true;
}

/**
 * The state of a snapshot below the base of a cut log.
 *
 * @spec LOG-RPL-13, LOG-CUT-4
 * @param base - of the log.
 * @param above - the records above it.
 * @throws AslError `LOG.TRUNCATED` when nothing of it was kept.
 */
export async function keptState(
  storage: Storage,
  readTable: TableReader,
  genesis: LogState,
  position: LogPosition,
  base: LogPosition,
  above: readonly LogRecord[],
): Promise<Base> {
  if (position === 0n) return { base: genesis, anchor: undefined };
  for await (const record of anchorsOf(storage, above)) {
    const anchor = anchorOfRecord(record);
    if (anchor?.snapshotLogseq !== position) continue;
    const leaves = await readLeaves(storage, base);
    if (record.logseq <= base && !isLeafOf(leaves, genesis.domainId, record)) continue;
    const { domainId, open } = genesis;
    const recordHash = leaves.recordHashAt(position);
    if (!namesPosition(anchor, domainId, recordHash)) continue;
    const snapshot = { domainId, position, recordHash, open };
    const state = await loadBase(storage, readTable, anchor.manifestHash, snapshot);
    if (state !== undefined) return { base: state, anchor };
  }
  throw logError('LOG.TRUNCATED', `position ${position} is before the base of the log, ${base}`, {
    expected: base.toString(),
    got: position.toString(),
  });
}

/** The records in which an anchor may stand: those that cuts kept, and those of the log. */
async function* anchorsOf(
  storage: Storage,
  above: readonly LogRecord[],
): AsyncGenerator<LogRecord, void, undefined> {
  for (const name of await storage.list('records/')) {
    const encoded = await readAll(storage, name);
    const record = encoded && decodeKept(encoded);
    if (record !== undefined) yield record;
  }
  yield* above;
}

/** An anchor that names a position below the base of a cut log. */
interface LowerAnchor {
  /** Name of the object it stands in. */
  readonly object: string;
  readonly anchor: SnapshotAnchor;
  /** record_hash of the position, as its kept leaf gives it. */
  readonly recordHash: Uint8Array;
}

/** What cuts kept, as far as it is that of the kept leaves. */
export interface Kept {
  /** The records that were kept, ascending. */
  readonly records: readonly LogRecord[];
  /** The anchors, kept or above the base, that name positions below it with the right SnapshotID. */
  readonly anchors: readonly LowerAnchor[];
}

/**
 * Checks what cuts kept against the log above.
 *
 * @spec STO-CUT-1, STO-CUT-5, STO-VFY-5, LOG-CUT-4
 * @param base - the state at which the log is cut.
 * @param above - its records.
 * @param nameOf - the object in which a record above stands.
 * @returns the faults, an object and an error each; then what was kept, or undefined if its leaves cannot be read.
 */
export async function* keptFaults(
  storage: Storage,
  base: LogState,
  above: readonly LogRecord[],
  nameOf: (logseq: bigint) => string,
): AsyncGenerator<readonly [object: string, error: AslError], Kept | undefined, undefined> {
  const name = logseqName('leaves', base.position);
  let leaves: KeptLeaves;
  try {
    leaves = await readLeaves(storage, base.position);
  } catch (error) {
    if (!isAslError(error)) throw error;
    yield [String(error.details['name'] ?? name), error];
    return undefined;
  }
  if (!equalBytes(leaves.recordHashAt(base.position), base.recordHash)) {
    yield [name, conflict(name, 'the last leaf is not that of the base of the log')];
    return undefined;
  }
  const records = yield* keptRecordFaults(storage, base, leaves);
  const named = [
    ...records.map((record) => ({ object: logseqName('records', record.logseq), record })),
    ...above.map((record) => ({ object: nameOf(record.logseq), record })),
  ];
  const anchors: LowerAnchor[] = [];
  for (const { object, record } of named) {
    const anchor = anchorOfRecord(record);
    if (anchor === undefined || anchor.snapshotLogseq >= base.position) continue;
    const recordHash = leaves.recordHashAt(anchor.snapshotLogseq);
    if (namesPosition(anchor, base.domainId, recordHash)) anchors.push({ object, anchor, recordHash });
    else {
      const message = `the anchor at ${anchor.logseq} has another SnapshotID than position ${anchor.snapshotLogseq}`;
      yield [object, logError('LOG.ANCHOR.SNAPSHOT', message, { got: formatHex(anchor.snapshotId) })];
    }
  }
  return { records, anchors };
}

/** Gives the kept records that are those of their leaves, and names the others. */
async function* keptRecordFaults(
  storage: Storage,
  base: LogState,
  leaves: KeptLeaves,
): AsyncGenerator<readonly [object: string, error: AslError], LogRecord[], undefined> {
  const records: LogRecord[] = [];
  for (const name of await storage.list('records/')) {
    const object = parseName(name);
    // What a cut above left that did not come to its end is not looked at.
    if (object?.kind !== 'records' || object.logseq > base.position) continue;
    const encoded = await readAll(storage, name);
    const record = encoded && decodeKept(encoded);
    const isKept =
      record?.logseq === object.logseq &&
      KEPT_TYPES.includes(record.type) &&
      isLeafOf(leaves, base.domainId, record);
    if (isKept) records.push(record);
    else yield [name, conflict(name, 'the record is not the one that its leaf is of')];
  }
  return records;
}

/**
 * Checks what is left of a cut against a manifest of the base or below: what the manifest counts among the records up to its
 * position is kept.
 *
 * @spec STO-VFY-5
 * @param kept - the records that were kept, ascending.
 * @returns the error that is to be named of the manifest, if there is one.
 */
export function lostOfManifest(
  { position, anchored, types }: Manifest,
  kept: readonly LogRecord[],
): AslError | undefined {
  const records = kept.filter(({ logseq }) => logseq <= position);
  const positions = records.flatMap((record) => anchorOfRecord(record)?.snapshotLogseq ?? []);
  const greatest = positions.reduce((most, each) => (each > most ? each : most), 0n);
  const details = { expected: anchored.toString(), got: greatest.toString() };
  if (greatest > anchored) {
    const message = `position ${greatest} was anchored before ${position}, the manifest says ${anchored}`;
    return indexError('MANIFEST.STATE', message, details);
  }
  if (greatest < anchored)
    return storeError('STORE.MISSING', `the anchor of position ${anchored} was not kept`, details);
  const isLost = types.includes(ROTATE) && !records.some(({ type }) => type === ROTATE);
  return isLost ? storeError('STORE.MISSING', 'no AUTHORITY_ROTATE was kept', { type: ROTATE }) : undefined;
}

function conflict(name: string, message: string): AslError {
  return storeError('STORE.CONFLICT', `${name}: ${message}`, { name });
}

/** A kept record; undefined for bytes that are not one. */
function decodeKept(bytes: Uint8Array): LogRecord | undefined {
  if (bytes.length < RECORD_OVERHEAD) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = RECORD_HEAD_LENGTH + view.getUint32(12, true);
  if (bytes.length !== end + 32) return undefined;
  return {
    logseq: view.getBigUint64(0, true),
    type: view.getUint32(8, true),
    payload: bytes.slice(RECORD_HEAD_LENGTH, end),
    recordHash: bytes.slice(end),
  };
}

/** LOG-CUT-4: whether a record is the one that a kept leaf is of. */
function isLeafOf(leaves: KeptLeaves, domainId: DomainId, record: LogRecord): boolean {
  const { logseq, type, payload } = record;
  if (logseq < 1n || logseq > leaves.count) return false;
  const previous = logseq === 1n ? domainId : leaves.recordHashAt(logseq - 1n);
  const recordHash = recordHashOf(previous, type, payload, hasher);
  return equalBytes(recordHash, record.recordHash) && equalBytes(leafData(record), leaves.dataOf(logseq));
}

/** Creates an object that a cut keeps. Something else that is there was left by a cut which did not come to its end. */
async function keep(storage: Storage, name: string, bytes: Uint8Array): Promise<void> {
  if ((await storage.createOnce(name, [bytes])) === 'created') return;
  const there = await readAll(storage, name);
  if (there !== undefined && equalBytes(there, bytes)) return await storage.sync(name);
  await storage.delete(name);
  if ((await storage.createOnce(name, [bytes])) === 'created') return;
  throw storeError('STORE.CONFLICT', `what is stored as ${name} is something else`, { name });
}

function wrongLeaves(name: string, last: bigint): AslError {
  return storeError('STORE.CONFLICT', `the leaves that were kept up to ${last} are not there, or not whole`, {
    name,
    last: last.toString(),
  });
}
