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
  type LogState,
  replay,
  scanFrames,
  scanLog,
} from '@amduat/asl-log';
import type { LogPosition } from '@amduat/asl-store-index';
import { isHeld, type Liveness, listEpochs } from './epochs.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { epochName } from './names.js';
import { missingObject, readAll } from './objects.js';
import type { Storage } from './port.js';

const logError = errorMaker(LOG_ERRORS);

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
  /** The records after one position up to another. */
  records(after: LogPosition, to: LogPosition): AsyncIterable<LogRecord>;
  /** What a writer in this process has made durable. */
  advance(state: LogState, epoch: bigint, end: number, lastFrame: bigint): void;
  /** The files that give records, the lowest first. */
  parts(): Promise<readonly LogPart[]>;
}

/** Where the next frame of a file is expected. */
interface ReadUpTo {
  readonly epoch: bigint;
  readonly offset: number;
  /** first_logseq of the frame before, or the base. */
  readonly previous: bigint;
}

export function openLogFiles(
  storage: Storage,
  domainId: Uint8Array,
  open: boolean,
  mayRun: Liveness,
): LogFiles {
  const genesis = genesisState(domainId, open);
  const checkpoints: LogState[] = [genesis];
  let state = genesis;
  let tornTail: TornTail | undefined;
  let readUpTo: ReadUpTo | undefined;

  async function refresh(ownEpoch: bigint | undefined): Promise<LogState> {
    for (let tries = 0; ; tries++) {
      const epochs = await listEpochs(storage, 'log');
      const highest = epochs.at(-1);
      const read = highest === undefined ? undefined : await readOn(epochs, highest);
      if (tries < FRESH_EPOCH_TRIES && (await isOvertaken(highest, ownEpoch))) {
        await pause(FRESH_EPOCH_PAUSE_MS);
        continue;
      }
      if (read !== undefined) accept(read);
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

  async function readOn(epochs: readonly bigint[], highest: bigint): Promise<Read> {
    const read =
      readUpTo?.epoch === highest ? await readTail(readUpTo) : await readParts(epochs, state.position);
    // STO-RDR-2: what was read above is durable from here on.
    if (read.records.length > 0 || readUpTo?.epoch !== highest) await storage.sync(epochName('log', highest));
    return read;
  }

  interface Read {
    readonly epoch: bigint;
    readonly records: readonly LogRecord[];
    readonly parts: readonly LogPart[];
    readonly end: FileEnd;
  }

  async function readTail(from: ReadUpTo): Promise<Read> {
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

  function accept({ epoch, records, parts, end }: Read): void {
    const known = knownCount(state, parts);
    // A record that does not follow is refused here (LOG-REC-1), one that stands there twice included.
    for (const record of records.slice(known)) keep(applyRecord(state, record, hasher));
    readUpTo = { epoch, offset: end.offset, previous: end.previous };
    const length = end.size - end.offset;
    tornTail = end.isTorn ? { name: epochName('log', epoch), offset: end.offset, length } : undefined;
  }

  function keep(next: LogState): void {
    state = next;
    const last = checkpoints.at(-1) as LogState;
    if (next.position - last.position >= CHECKPOINT_DISTANCE) checkpoints.push(next);
  }

  async function stateAt(position: LogPosition): Promise<LogState> {
    if (position >= state.position) return replay(state, [], position, hasher);
    const from = checkpoints.findLast((checkpoint) => checkpoint.position <= position) ?? genesis;
    const { records } = await readParts(await listEpochs(storage, 'log'), from.position);
    return replay(
      from,
      records.filter(({ logseq }) => logseq > from.position),
      position,
      hasher,
    );
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
    refresh,
    stateAt,
    records,
    advance(next, epoch, end, lastFrame) {
      keep(next);
      readUpTo = { epoch, offset: end, previous: lastFrame };
      tornTail = undefined;
    },
    parts: async () => (await collectParts(storage, domainId, await listEpochs(storage, 'log'), 0n)).parts,
  };
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
 */
export async function collectParts(
  storage: Storage,
  domainId: Uint8Array,
  epochs: readonly bigint[],
  known: LogPosition,
): Promise<{ parts: LogPart[]; end: FileEnd }> {
  const parts: LogPart[] = [];
  let end: FileEnd = { offset: HEADER_LENGTH, size: HEADER_LENGTH, isTorn: false, previous: 0n };
  let base: { logseq: bigint; recordHash: Uint8Array } | undefined;
  for (const epoch of [...epochs].reverse()) {
    if (base !== undefined && base.logseq <= known) break;
    const upTo = base;
    // STO-EPO-6: what a lower epoch has above the base of a higher one is not read.
    if (upTo !== undefined && (await readHeader(storage, domainId, epoch)).baseLogseq >= upTo.logseq)
      continue;
    const scan = await scanFile(storage, epoch, (bytes) => scanLog(bytes, { domainId, hasher }));
    const { header } = scan;
    const records =
      upTo === undefined ? scan.records : scan.records.filter(({ logseq }) => logseq <= upTo.logseq);
    if (upTo === undefined) end = fileEnd(scan, 0, header.baseLogseq);
    else assertReaches(epoch, records, upTo);
    parts.unshift({ epoch, header, records, frames: scan.frames });
    base = { logseq: header.baseLogseq, recordHash: header.baseRecordHash };
  }
  const [lowest] = parts;
  if (lowest !== undefined && lowest.header.baseLogseq > known) {
    const { baseLogseq } = lowest.header;
    const message = `no log file gives the records up to ${baseLogseq}`;
    throw wrongBase(lowest.epoch, message, baseLogseq.toString(), null);
  }
  return { parts, end };
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

/**
 * Scans a file that may be written at the same time: a frame that was not there when its place was read, before one that
 * was, is no damage. Damage is what is there the second time.
 */
async function scanFile<S extends FrameScan>(
  storage: Storage,
  epoch: bigint,
  scan: (bytes: Uint8Array) => S,
  offset = 0,
): Promise<S & { readonly size: number }> {
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

function fileEnd(scan: FrameScan & { readonly size: number }, start: number, previous: bigint): FileEnd {
  return {
    offset: start + scan.end.offset,
    size: scan.size,
    isTorn: scan.end.kind === 'torn',
    previous: scan.frames.at(-1)?.firstLogseq ?? previous,
  };
}
