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
} from '@amduat/asl-log';
import type { DomainId, LogPosition } from '@amduat/asl-store-index';
import { anchorOfRecord, loadBase, namesPosition } from './base.js';
import { storeError } from './errors.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { logseqName, parseName } from './names.js';
import { readAll } from './objects.js';
import type { Storage } from './port.js';

/** Octets of the data of a leaf: `public`, record_hash. */
const LEAF_LENGTH = 33;
const RECORD_HEAD_LENGTH = 16;

const logError = errorMaker(LOG_ERRORS);

/** What a cut drops is kept by: its leaves, and the records that still say something. */
const KEPT_TYPES: readonly number[] = [RECORD_TYPES['snapshot-anchor'], RECORD_TYPES['authority-rotate']];

/**
 * Keeps what a cut must not drop.
 *
 * @spec STO-CUT-1
 * @param dropped - the records up to the cut, from the base of the log on.
 */
export async function keepDropped(
  storage: Storage,
  dropped: readonly LogRecord[],
  position: LogPosition,
): Promise<void> {
  for (const record of dropped) {
    if (KEPT_TYPES.includes(record.type))
      await createSame(storage, logseqName('records', record.logseq), encodeRecord(record));
  }
  if (dropped.length === 0) return;
  await createSame(storage, logseqName('leaves', position), concatBytes(dropped.map(leafData)));
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
    if (bytes.length % LEAF_LENGTH !== 0 || count === 0n || count > last) throw wrongLeaves(name, last);
    pieces.unshift(bytes);
    above = name;
    last -= count;
  }
  const leaves = concatBytes(pieces);
  const dataOf = (logseq: bigint) =>
    leaves.subarray(LEAF_LENGTH * (Number(logseq) - 1), LEAF_LENGTH * Number(logseq));
  return { count: base, dataOf, recordHashAt: (position) => dataOf(position).subarray(1) };
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
  genesis: LogState,
  position: LogPosition,
  base: LogPosition,
  above: readonly LogRecord[],
): Promise<LogState> {
  if (position === 0n) return genesis;
  for await (const record of anchorsOf(storage, above)) {
    const anchor = anchorOfRecord(record);
    if (anchor?.snapshotLogseq !== position) continue;
    const leaves = await readLeaves(storage, base);
    if (record.logseq <= base && !isLeafOf(leaves, genesis.domainId, record)) continue;
    const { domainId, open } = genesis;
    const recordHash = leaves.recordHashAt(position);
    if (!namesPosition(anchor, domainId, recordHash)) continue;
    const state = await loadBase(storage, anchor.manifestHash, { domainId, position, recordHash, open });
    if (state !== undefined) return state;
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

/**
 * Checks what cuts kept against the log above.
 *
 * @spec STO-CUT-1, STO-CUT-5, LOG-CUT-4
 * @param base - the state at which the log is cut.
 * @param above - its records.
 * @returns the faults, an object and an error each; those of an anchor without an object, with its logseq.
 */
export async function* keptFaults(
  storage: Storage,
  base: LogState,
  above: readonly LogRecord[],
): AsyncGenerator<readonly [object: string | bigint, error: AslError], void, undefined> {
  const name = logseqName('leaves', base.position);
  let leaves: KeptLeaves;
  try {
    leaves = await readLeaves(storage, base.position);
  } catch (error) {
    if (!isAslError(error)) throw error;
    yield [String(error.details['name'] ?? name), error];
    return;
  }
  if (!equalBytes(leaves.recordHashAt(base.position), base.recordHash)) {
    yield [name, conflict(name, 'the last leaf is not that of the base of the log')];
  }
  for (const kept of await storage.list('records/')) {
    const object = parseName(kept);
    // STO-DUR-4: what a cut above left that did not come to its end.
    if (object?.kind === 'records' && object.logseq > base.position) continue;
    const encoded = await readAll(storage, kept);
    const record = encoded && decodeKept(encoded);
    const isKept = record !== undefined && isLeafOf(leaves, base.domainId, record);
    if (!isKept || logseqName('records', record.logseq) !== kept)
      yield [kept, conflict(kept, 'the record is not the one that its leaf is of')];
  }
  for (const record of above) {
    const anchor = anchorOfRecord(record);
    if (anchor === undefined || anchor.snapshotLogseq >= base.position) continue;
    if (namesPosition(anchor, base.domainId, leaves.recordHashAt(anchor.snapshotLogseq))) continue;
    const message = `the anchor at ${anchor.logseq} has another SnapshotID than position ${anchor.snapshotLogseq}`;
    yield [anchor.logseq, logError('LOG.ANCHOR.SNAPSHOT', message, { got: formatHex(anchor.snapshotId) })];
  }
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

/** Creates an object whose content follows from the log; what is there already has to be the same. */
async function createSame(storage: Storage, name: string, bytes: Uint8Array): Promise<void> {
  if ((await storage.createOnce(name, [bytes])) === 'created') return;
  const there = await readAll(storage, name);
  if (there === undefined || !equalBytes(there, bytes)) {
    throw storeError('STORE.CONFLICT', `what is stored as ${name} is something else`, { name });
  }
  await storage.sync(name);
}

function wrongLeaves(name: string, last: bigint): AslError {
  return storeError('STORE.CONFLICT', `the leaves that were kept up to ${last} are not there, or not whole`, {
    name,
    last: last.toString(),
  });
}
