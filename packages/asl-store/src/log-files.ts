import { setTimeout as pause } from 'node:timers/promises';
import { type AslError, equalBytes, errorMaker, formatHex, isAslError } from '@amduat/asl-core';
import {
  applyRecord,
  decodeHeader,
  type FrameScan,
  genesisState,
  HEADER_LENGTH,
  LOG_ERRORS,
  type LogFrame,
  type LogHeader,
  type LogRecord,
  type LogScan,
  type LogState,
  leafData,
  replay,
  replaySteps,
  type SnapshotAnchor,
  scanFrames,
  scanLog,
} from '@amduat/asl-log';
import type { LogPosition } from '@amduat/asl-store-index';
import { type LogPlace, readAnchorPlace } from './anchor-place.js';
import {
  anchorOfRecord,
  type Base,
  chooseStart,
  falseAnchorError,
  loadBase,
  loadManifest,
  namesPosition,
  type Start,
} from './base.js';
import { isHeld, type Liveness, listEpochs } from './epochs.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { keptState, readLeaves } from './kept.js';
import { epochName } from './names.js';
import { missingObject, readAll } from './objects.js';
import { PolicyTables, type TableReader } from './policy-tables.js';
import type { Storage } from './port.js';
import { type Trace, traceOf } from './trace.js';

const logError = errorMaker(LOG_ERRORS);

const U64_MAX = 2n ** 64n - 1n;

/** A state is kept for every so many records, for replay to a position between. */
const CHECKPOINT_DISTANCE = 1024n;
/** How often, and how long, a reader waits for the log file of a writer that has just begun. */
const FRESH_EPOCH_TRIES = 40;
const FRESH_EPOCH_PAUSE_MS = 5;

/** Bytes after the last good frame of a log file. */
export interface TornTail {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** The part of the log that one file gives. */
export interface LogPart {
  readonly epoch: bigint;
  readonly header: LogHeader;
  /** Those up to the base of the next higher part. */
  readonly records: readonly LogRecord[];
  /** How many records each frame has, as they stand in the file. */
  readonly frames: readonly LogFrame[];
}

/** The log of a store as it stands in the files of its epochs, and the states that were read from it. */
export interface LogFiles {
  /** As far as it was read. */
  readonly state: LogState;
  /** Bytes left behind at the end of the file of the greatest epoch. */
  readonly tornTail: TornTail | undefined;
  /**
   * Reads on, as far as the log is durable.
   *
   * @spec STO-EPO-4, STO-EPO-5, STO-EPO-6, STO-RDR-2, STO-RDR-3
   * @param ownEpoch - of the writer that asks, if one does.
   */
  refresh(ownEpoch?: bigint): Promise<LogState>;
  /** The state at a position that was read. */
  stateAt(position: LogPosition): Promise<LogState>;
  /**
   * Replays from storage to a position.
   *
   * @spec LOG-RPL-14
   */
  traceTo(position: LogPosition): Promise<Trace>;
  /** The records after one position up to another. */
  records(after: LogPosition, to: LogPosition): AsyncIterable<LogRecord>;
  /** What a writer in this process has made durable. */
  advance(state: LogState, epoch: bigint, end: number, lastFrame: bigint): void;
  /** Where the next frame is expected; undefined before something was read. */
  readonly place: LogPlace | undefined;
  /** Every anchor that the log holds, up to the state. */
  anchors(): Promise<readonly SnapshotAnchor[]>;
  /** The data of the leaves of the records 1 to a position, those that were cut off included. */
  leaves(to: LogPosition): Promise<Uint8Array[]>;
  /** How many files give records. */
  partCount(): Promise<number>;
  /** The files that give records, the lowest first. */
  parts(): Promise<readonly LogPart[]>;
}

export function openLogFiles(
  storage: Storage,
  domainId: Uint8Array,
  open: boolean,
  mayRun: Liveness,
): LogFiles {
  const genesis = genesisState(domainId, open);
  /** States that were reached, ascending; the first is the one replay started from. */
  let checkpoints: LogState[] = [genesis];
  let state = genesis;
  let tornTail: TornTail | undefined;
  /** Where the next frame is expected, once something was read. */
  let readUpTo: LogPlace | undefined;
  const tables = new PolicyTables(storage, () => {
    // What was read stands on the table: it is read again from below.
    checkpoints = [state];
    readUpTo = undefined;
  });

  /** LOG-RPL-11: does something again that met a table which is not right, and is as if it were lost from then on. */
  async function withoutFaulty<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!tables.isFault(error)) throw error;
      }
    }
  }

  async function refresh(ownEpoch: bigint | undefined): Promise<LogState> {
    for (let tries = 0; ; tries++) {
      const epochs = await listEpochs(storage, 'log');
      const highest = epochs.at(-1);
      const read = highest === undefined ? undefined : await readUnlessGone(epochs, highest, tries);
      if (read === 'gone') continue;
      if (tries < FRESH_EPOCH_TRIES && (await isOvertaken(highest, ownEpoch))) {
        await pause(FRESH_EPOCH_PAUSE_MS);
        continue;
      }
      if (read !== undefined) await accept(read);
      return state;
    }
  }

  /**
   * Whether a writer may be about to begin a log file above what was read: what is in the file below and not yet in its
   * base was never acknowledged.
   */
  async function isOvertaken(highest: bigint | undefined, ownEpoch: bigint | undefined): Promise<boolean> {
    const greatest = (await listEpochs(storage, 'writer')).at(-1);
    if (greatest === undefined || greatest === ownEpoch || greatest <= (highest ?? 0n)) return false;
    if ((await listEpochs(storage, 'log')).at(-1) === greatest) return true;
    return await isHeld(storage, greatest, mayRun);
  }

  /** STO-CUT-4: a file that was listed may be removed before it is read. */
  async function readUnlessGone(
    epochs: readonly bigint[],
    highest: bigint,
    tries: number,
  ): Promise<Read | 'gone'> {
    try {
      return await readOn(epochs, highest);
    } catch (error) {
      if (tries >= FRESH_EPOCH_TRIES || !isAslError(error, 'STORE.MISSING')) throw error;
      return 'gone';
    }
  }

  async function readOn(epochs: readonly bigint[], highest: bigint): Promise<Read> {
    const read =
      readUpTo?.epoch === highest
        ? await readTail(readUpTo)
        : readUpTo === undefined
          ? await readFirst(epochs)
          : await readParts(epochs, state.position);
    // STO-RDR-2: what was read above is durable from here on.
    if (read.records.length > 0 || readUpTo?.epoch !== highest) await storage.sync(epochName('log', highest));
    return read;
  }

  interface Read {
    readonly epoch: bigint;
    readonly records: readonly LogRecord[];
    readonly parts: readonly LogPart[];
    readonly end: FileEnd;
    /** Where replay starts, if nothing was read before. */
    readonly start?: Start;
  }

  async function readFirst(epochs: readonly bigint[]): Promise<Read> {
    return (await readFromPlace(epochs)) ?? (await readWhole(epochs, U64_MAX));
  }

  /** STO-RDR-8: reads what is above the last anchored position, as far as what was kept of it is right. */
  async function readFromPlace(epochs: readonly bigint[]): Promise<Read | undefined> {
    const place = await readAnchorPlace(storage);
    if (place === undefined) return undefined;
    const { position, recordHash, manifestHash } = place;
    try {
      const base = await loadBase(storage, tables.open, manifestHash, {
        domainId,
        position,
        recordHash,
        open,
      });
      const { parts, end } = await collectParts(storage, domainId, epochs, position, place);
      const records = parts.flatMap((part) => part.records).filter(({ logseq }) => logseq > position);
      const anchor = base && anchorOfBase(base, records, manifestHash);
      if (base === undefined || anchor === undefined) return undefined;
      // A later anchor that is there is the one to start from.
      const start = await chooseStart(storage, tables.open, { base, anchor }, records, U64_MAX);
      return { epoch: epochs.at(-1) as bigint, records, parts, end, start };
    } catch (error) {
      // The whole log says what is wrong, if something is.
      if (!isAslError(error)) throw error;
      return undefined;
    }
  }

  /** Reads everything that there is, and chooses where replay to a position starts. */
  async function readWhole(epochs: readonly bigint[], to: LogPosition): Promise<Read & { start: Start }> {
    const { parts, end } = await collectParts(storage, domainId, epochs, 0n);
    const records = parts.flatMap((part) => part.records);
    const lowest = await lowestState(parts, to);
    const start = await chooseStart(storage, tables.open, lowest, records, to);
    return { epoch: epochs.at(-1) as bigint, records, parts, end, start };
  }

  /** The state below all records, or, where a position below is asked for, the one that was kept of it. */
  async function lowestState(parts: readonly LogPart[], to: LogPosition): Promise<Base> {
    const header = parts[0]?.header;
    if (header === undefined || header.baseLogseq === 0n) return { base: genesis, anchor: undefined };
    const { baseLogseq: position, baseManifestHash } = header;
    const records = parts.flatMap((part) => part.records);
    if (to < position) return await keptState(storage, tables.open, genesis, to, position, records);
    const base = await stateBelowParts(storage, tables.open, genesis, parts);
    return { base, anchor: anchorOfBase(base, records, baseManifestHash) };
  }

  async function readTail(from: LogPlace): Promise<Read> {
    const scan = await scanFile(
      storage,
      from.epoch,
      (bytes) => scanFrames(bytes, 0, from.previous, hasher),
      from.offset,
    );
    return {
      epoch: from.epoch,
      records: scan.records,
      parts: [],
      end: fileEnd(scan, from.offset, from.previous),
    };
  }

  async function readParts(epochs: readonly bigint[], known: LogPosition): Promise<Read> {
    const { parts, end } = await collectParts(storage, domainId, epochs, known);
    const records = parts.flatMap((part) => part.records);
    return { epoch: epochs.at(-1) as bigint, records, parts, end };
  }

  async function accept({ epoch, records, parts, end, start }: Read): Promise<void> {
    if (start !== undefined) {
      state = start.base;
      checkpoints = [state];
    }
    const known = start === undefined ? knownCount(state, parts) : countUpTo(records, state.position);
    // A record that does not follow is refused here (LOG-REC-1), one that stands there twice included.
    for (const record of records.slice(known)) {
      await assertTrue(record, start);
      keep(applyRecord(state, record, hasher));
    }
    readUpTo = { epoch, offset: end.offset, previous: end.previous };
    const length = end.size - end.offset;
    tornTail = end.isTorn ? { name: epochName('log', epoch), offset: end.offset, length } : undefined;
  }

  /** LOG-RPL-12 */
  async function assertTrue(record: LogRecord, start: Start | undefined): Promise<void> {
    const known = start && falseAnchorError(start, record.logseq);
    if (known !== undefined) throw known;
    const anchor = start === undefined ? anchorOfRecord(record) : undefined;
    if (anchor === undefined || anchor.snapshotLogseq < state.base) return;
    const position = anchor.snapshotLogseq;
    const recordHash = state.recordHashAt(position);
    if (!namesPosition(anchor, domainId, recordHash)) return;
    await loadManifest(storage, anchor.manifestHash, { domainId, position, recordHash, open });
  }

  function keep(next: LogState): void {
    state = next;
    const last = checkpoints.at(-1) as LogState;
    if (next.position - last.position >= CHECKPOINT_DISTANCE) checkpoints.push(next);
  }

  async function stateAt(position: LogPosition): Promise<LogState> {
    if (position >= state.position) return replay(state, [], position, hasher);
    const from = checkpoints.findLast((checkpoint) => checkpoint.position <= position);
    if (from === undefined) return await stateBelow(position);
    const { parts, records } = await readParts(await listEpochs(storage, 'log'), from.position);
    // The log was cut since.
    if ((parts[0]?.header.baseLogseq ?? 0n) > from.position) return await stateBelow(position);
    return replay(
      from,
      records.filter(({ logseq }) => logseq > from.position),
      position,
      hasher,
    );
  }

  /** A state below the one that replay started from. */
  async function stateBelow(position: LogPosition): Promise<LogState> {
    const { start, above } = await readTo(position);
    return replay(start.base, above, position, hasher);
  }

  async function traceTo(position: LogPosition): Promise<Trace> {
    const { start, above } = await readTo(position);
    const trace = traceOf(start, replaySteps(start.base, above, position, hasher));
    const { refusal } = trace;
    if (refusal !== undefined && tables.isFault(refusal)) throw refusal;
    return trace;
  }

  /** What replay to a position starts from, and the records above that, of which no anchor is false. */
  async function readTo(
    position: LogPosition,
  ): Promise<{ start: Start; above: Generator<LogRecord, void, undefined> }> {
    const { records, start } = await readWhole(await listEpochs(storage, 'log'), position);
    return { start, above: trueRecords(records.slice(countUpTo(records, start.base.position)), start) };
  }

  async function* records(after: LogPosition, to: LogPosition): AsyncGenerator<LogRecord, void, undefined> {
    if (to <= after) return;
    const read = await readParts(await listEpochs(storage, 'log'), after);
    for (const record of read.records) if (record.logseq > after && record.logseq <= to) yield record;
  }

  return {
    get state() {
      return state;
    },
    get tornTail() {
      return tornTail;
    },
    refresh: (ownEpoch) => withoutFaulty(() => refresh(ownEpoch)),
    stateAt: (position) => withoutFaulty(() => stateAt(position)),
    traceTo: (position) => withoutFaulty(() => traceTo(position)),
    records,
    advance(next, epoch, end, lastFrame) {
      keep(next);
      readUpTo = { epoch, offset: end, previous: lastFrame };
      tornTail = undefined;
    },
    get place() {
      return readUpTo;
    },
    async anchors() {
      if (state.base === 0n) return state.anchors;
      const { records } = await readParts(await listEpochs(storage, 'log'), 0n);
      return records
        .filter(({ logseq }) => logseq <= state.position)
        .flatMap((record) => anchorOfRecord(record) ?? []);
    },
    async leaves(to) {
      if (to > state.position) replay(state, [], to, hasher);
      const { parts, records } = await readParts(await listEpochs(storage, 'log'), 0n);
      const cut = parts[0]?.header.baseLogseq ?? 0n;
      const kept = cut === 0n ? undefined : await readLeaves(storage, cut);
      const dropped = Array.from(
        { length: Number(cut) },
        (_, index) => kept?.dataOf(BigInt(index) + 1n) as Uint8Array,
      );
      return [...dropped, ...records.filter(({ logseq }) => logseq > cut).map(leafData)].slice(0, Number(to));
    },
    async partCount() {
      let count = 0;
      let base: bigint | undefined;
      for (const epoch of (await listEpochs(storage, 'log')).reverse()) {
        const header = await readHeader(storage, domainId, epoch);
        if (base !== undefined && header.baseLogseq >= base) continue;
        count++;
        base = header.baseLogseq;
        // STO-EPO-8: what is below a cut is not needed.
        if (isCut(header)) break;
      }
      return count;
    },
    parts: async () => (await collectParts(storage, domainId, await listEpochs(storage, 'log'), 0n)).parts,
  };
}

/**
 * The state below all records of a log: that of genesis, or the one at which the log was cut.
 *
 * @spec LOG-CUT-2
 * @throws AslError `LOG.BASE` when the log was cut, and no anchor that it holds gives the state at its base.
 */
export async function stateBelowParts(
  storage: Storage,
  readTable: TableReader,
  genesis: LogState,
  parts: readonly LogPart[],
): Promise<LogState> {
  const [lowest] = parts;
  if (lowest === undefined || lowest.header.baseLogseq === 0n) return genesis;
  const { baseLogseq: position, baseRecordHash: recordHash, baseManifestHash } = lowest.header;
  const { domainId, open } = genesis;
  const records = parts.flatMap((part) => part.records);
  const snapshot = { domainId, position, recordHash, open };
  const base = await loadBase(storage, readTable, baseManifestHash, snapshot).catch(ignoreFalse);
  if (base !== undefined && anchorOfBase(base, records, baseManifestHash) !== undefined) return base;
  const message = `the log is cut at ${position}, and no anchor gives the state there`;
  throw wrongBase(lowest.epoch, message, formatHex(baseManifestHash), null);
}

/** The anchor among the records that names the position of a base and its manifest. */
function anchorOfBase(
  base: LogState,
  records: readonly LogRecord[],
  manifestHash: Uint8Array,
): SnapshotAnchor | undefined {
  return records
    .flatMap((record) => anchorOfRecord(record) ?? [])
    .find(
      (anchor) =>
        anchor.snapshotLogseq === base.position &&
        equalBytes(anchor.manifestHash, manifestHash) &&
        namesPosition(anchor, base.domainId, base.recordHash),
    );
}

/** Records as they are replayed: one that is a false anchor ends them with its error (LOG-RPL-12). */
function* trueRecords(records: readonly LogRecord[], start: Start): Generator<LogRecord, void, undefined> {
  for (const record of records) {
    const error = falseAnchorError(start, record.logseq);
    if (error !== undefined) throw error;
    yield record;
  }
}

/** LOG-RPL-12: an anchor that is false gives no state. */
function ignoreFalse(error: unknown): undefined {
  if (!isAslError(error)) throw error;
}

/** How many records, from the first on, have a logseq up to a position. */
function countUpTo(records: readonly LogRecord[], position: LogPosition): number {
  const count = records.findIndex(({ logseq }) => logseq > position);
  return count < 0 ? records.length : count;
}

interface FileEnd {
  /** Where the good frames end. */
  readonly offset: number;
  readonly size: number;
  readonly isTorn: boolean;
  /** first_logseq of the last good frame, or the base. */
  readonly previous: bigint;
}

/**
 * Reads the files that give the records after a position.
 *
 * @spec STO-EPO-4, STO-EPO-5
 * @param epochs - those with a log file, ascending.
 * @param known - records up to here need not be read.
 * @param place - where in the file of an epoch the records after `known` begin, if that is known.
 */
export async function collectParts(
  storage: Storage,
  domainId: Uint8Array,
  epochs: readonly bigint[],
  known: LogPosition,
  place?: LogPlace,
): Promise<{ parts: LogPart[]; end: FileEnd }> {
  const parts: LogPart[] = [];
  let end: FileEnd = { offset: HEADER_LENGTH, size: HEADER_LENGTH, isTorn: false, previous: 0n };
  let base: { logseq: bigint; recordHash: Uint8Array; isCut: boolean } | undefined;
  for (const epoch of [...epochs].reverse()) {
    if (base !== undefined && (base.logseq <= known || base.isCut)) break;
    const upTo = base;
    // STO-EPO-6: what a lower epoch has above the base of a higher one is not read.
    if (upTo !== undefined && (await readHeader(storage, domainId, epoch)).baseLogseq >= upTo.logseq)
      continue;
    const from = place?.epoch === epoch ? place : undefined;
    const scan =
      from === undefined
        ? await scanWhole(storage, domainId, epoch)
        : await scanFrom(storage, domainId, from);
    const { header } = scan;
    const records =
      upTo === undefined ? scan.records : scan.records.filter(({ logseq }) => logseq <= upTo.logseq);
    if (upTo === undefined) end = fileEnd(scan, from?.offset ?? 0, from?.previous ?? header.baseLogseq);
    else assertReaches(epoch, records, upTo);
    parts.unshift({ epoch, header, records, frames: scan.frames });
    base = { logseq: header.baseLogseq, recordHash: header.baseRecordHash, isCut: isCut(header) };
  }
  const [lowest] = parts;
  if (lowest !== undefined && lowest.header.baseLogseq > known && !isCut(lowest.header)) {
    const { baseLogseq } = lowest.header;
    const message = `no log file gives the records up to ${baseLogseq}`;
    throw wrongBase(lowest.epoch, message, baseLogseq.toString(), null);
  }
  return { parts, end };
}

/** LOG-CUT-2: what is below the base of such a file was dropped. */
function isCut({ baseManifestHash }: LogHeader): boolean {
  return baseManifestHash.some((byte) => byte !== 0);
}

async function scanWhole(storage: Storage, domainId: Uint8Array, epoch: bigint): Promise<LogScan & Sized> {
  return await scanFile(storage, epoch, (bytes) => scanLog(bytes, { domainId, hasher }));
}

/** What a file has from a place on. */
async function scanFrom(storage: Storage, domainId: Uint8Array, place: LogPlace): Promise<LogScan & Sized> {
  const { epoch, offset, previous } = place;
  const header = await readHeader(storage, domainId, epoch);
  const scan = await scanFile(storage, epoch, (bytes) => scanFrames(bytes, 0, previous, hasher), offset);
  return { header, ...scan };
}

function assertReaches(
  epoch: bigint,
  records: readonly LogRecord[],
  base: { logseq: bigint; recordHash: Uint8Array },
): void {
  const last = records.at(-1);
  if (last?.logseq !== base.logseq) {
    const got = last?.logseq.toString() ?? null;
    throw wrongBase(
      epoch,
      `the log up to epoch ${epoch} does not reach ${base.logseq}`,
      base.logseq.toString(),
      got,
    );
  }
  if (equalBytes(last.recordHash, base.recordHash)) return;
  const message = `record ${base.logseq} of epoch ${epoch} is not the one a higher epoch begins after`;
  throw wrongBase(epoch, message, formatHex(base.recordHash), formatHex(last.recordHash));
}

/** How many records of the parts are in the state already; STO-RDR-3: they are the ones that were given before. */
function knownCount(state: LogState, parts: readonly LogPart[]): number {
  const [first] = parts;
  if (first === undefined) return 0;
  const { baseLogseq, baseRecordHash } = first.header;
  const hashes = [
    { logseq: baseLogseq, recordHash: baseRecordHash },
    ...parts.flatMap((part) => part.records),
  ];
  const count = hashes.findIndex(({ logseq }) => logseq === state.position);
  const recordHash = hashes[count]?.recordHash;
  if (recordHash !== undefined && equalBytes(recordHash, state.recordHash)) return count;
  const got = recordHash === undefined ? null : formatHex(recordHash);
  const message = `the log has another record ${state.position} than before`;
  throw wrongBase(first.epoch, message, formatHex(state.recordHash), got);
}

function wrongBase(epoch: bigint, message: string, expected: string, got: string | null): AslError {
  return logError('LOG.BASE', message, { name: epochName('log', epoch), expected, got });
}

async function readHeader(storage: Storage, domainId: Uint8Array, epoch: bigint): Promise<LogHeader> {
  const bytes = await storage.read(epochName('log', epoch), 0, HEADER_LENGTH);
  if (bytes === undefined) throw missingObject(epochName('log', epoch));
  return decodeHeader(bytes, { domainId, hasher });
}

interface Sized {
  /** Octets of the file. */
  readonly size: number;
}

/**
 * Scans a file that may be written at the same time: a frame that was not there when its place was read, before one that
 * was, is no damage. Damage is what is there the second time.
 */
async function scanFile<S extends FrameScan>(
  storage: Storage,
  epoch: bigint,
  scan: (bytes: Uint8Array) => S,
  offset = 0,
): Promise<S & Sized> {
  const name = epochName('log', epoch);
  const read = async () => {
    const bytes = await readAll(storage, name, offset);
    if (bytes === undefined) throw missingObject(name);
    return { ...scan(bytes), size: offset + bytes.length };
  };
  try {
    return await read();
  } catch (error) {
    if (!isAslError(error, 'LOG.DAMAGED')) throw error;
    return await read();
  }
}

function fileEnd(scan: FrameScan & Sized, start: number, previous: bigint): FileEnd {
  return {
    offset: start + scan.end.offset,
    size: scan.size,
    isTorn: scan.end.kind === 'torn',
    previous: scan.frames.at(-1)?.firstLogseq ?? previous,
  };
}
