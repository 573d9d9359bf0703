import { setTimeout as pause } from 'node:timers/promises';
import {
  type AslError,
  CORE_ERRORS,
  equalBytes,
  errorMaker,
  formatHex,
  formatReference,
  isAslError,
} from '@amduat/asl-core';
import {
  applyRecord,
  assertClean,
  DOMAIN_ERRORS,
  decodeGenesis,
  decodeHeader,
  decodePayload,
  domainIdOf,
  type GenesisManifest,
  genesisState,
  LOG_ERRORS,
  type LogRecord,
  type LogScan,
  type LogState,
  RECORD_TYPES,
  recordHashOf,
  type Seal,
  scanLog,
} from '@amduat/asl-log';
import {
  decodeManifest,
  decodePolicy,
  type IndexRecord,
  type IndexState,
  STORE_INDEX_ERRORS,
} from '@amduat/asl-store-index';
import { readRecords, SEG_ERRORS, verifySegment } from '@amduat/enc-asl-core-index';
import { verifyStored } from './artifact-reader.js';
import { decodeClaim, holderMayRun } from './claim.js';
import { isHeld } from './epochs.js';
import { storeError } from './errors.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { keptFaults } from './kept.js';
import { collectParts, type LogPart, stateBelowParts } from './log-files.js';
import { epochName, GENESIS_NAME, generationName, type ObjectName, parseName } from './names.js';
import { lowestGeneration, missing, missingObject, readAll } from './objects.js';
import { wholeTables } from './policy-tables.js';
import type { Storage } from './port.js';
import { hashPages, openFile } from './segment-reader.js';
import { anchorFaults, type ReplayedLog } from './verify-anchors.js';

/** A fault, and the object it is in. */
export interface Finding {
  /** Name of the object. */
  readonly object: string;
  readonly error: AslError;
}

/** What was verified. */
export interface VerifySummary {
  /** Objects that were read. */
  readonly objectCount: number;
  /** Octets of them. */
  readonly byteCount: bigint;
  /** Artifacts that were hashed: one for each record of a visible segment that locates one. */
  readonly artifactCount: number;
  readonly findingCount: number;
  /** The last state of the log; undefined if it could not be replayed. */
  readonly state: IndexState | undefined;
}

/** How far a verification has come. */
export interface VerifyProgress {
  readonly objectCount: number;
  readonly objectTotal: number;
  readonly byteCount: bigint;
}

/** What is told while a store is verified. */
export interface VerifyOptions {
  readonly progress?: (progress: VerifyProgress) => void;
}

/**
 * Reads every object of a store and checks all that can be checked. Changes nothing, and relies on nothing derived.
 *
 * @spec STO-VFY-1, STO-VFY-2, STO-VFY-3, STO-ERR-2, STO-ERR-3, STO-EPO-10
 * @returns every fault, with the object it is in; at the end a summary.
 * @throws AslError `STORE.NOT_A_STORE` when there is none.
 * @example
 * import { initStore, memoryStorage, verifyStore } from '@amduat/asl-store';
 * const storage = memoryStorage();
 * await initStore(storage, { name: 'demo', open: true, authorityKey: new Uint8Array(32) });
 * for await (const { object, error } of verifyStore(storage)) throw new Error(`${object}: ${error.message}`);
 */
export function verifyStore(
  storage: Storage,
  options: VerifyOptions = {},
): AsyncGenerator<Finding, VerifySummary, undefined> {
  return new Verification(storage, options).run();
}

const READ_LENGTH = 2 ** 20;
const RECORDS_AT_ONCE = 4096;
/** How often, and how long, a frame is waited for that is being appended. */
const APPEND_TRIES = 5;
const APPEND_PAUSE_MS = 20;

const coreError = errorMaker(CORE_ERRORS);
const domainError = errorMaker(DOMAIN_ERRORS);
const logError = errorMaker(LOG_ERRORS);
const segmentError = errorMaker(SEG_ERRORS);
const indexError = errorMaker(STORE_INDEX_ERRORS);

type Findings<T> = AsyncGenerator<Finding, T, undefined>;

interface StoredObject {
  readonly name: string;
  readonly object: ObjectName;
}

class Verification {
  readonly #storage: Storage;
  readonly #options: VerifyOptions;
  /** Object and code of every finding: a fault is named once. */
  readonly #found = new Set<string>();
  /** Objects that are not what they should be. */
  readonly #faulty = new Set<string>();
  #objectTotal = 0;
  #objectCount = 0;
  #byteCount = 0n;
  #artifactCount = 0;

  constructor(storage: Storage, options: VerifyOptions) {
    this.#storage = storage;
    this.#options = options;
  }

  async *run(): Findings<VerifySummary> {
    const names = await this.#storage.list('');
    if (!names.includes(GENESIS_NAME)) {
      throw storeError('STORE.NOT_A_STORE', 'there is no store here', { name: GENESIS_NAME });
    }
    this.#objectTotal = names.length;
    const objects: StoredObject[] = [];
    for (const name of names) {
      const object = parseName(name);
      if (object !== undefined) objects.push({ name, object });
      else yield* this.#report(name, storeError('STORE.STRAY', `${name} is no name of an object`, { name }));
    }
    const log = yield* this.#verifyHistory(objects);
    for (const { name, object } of objects) {
      if (object.kind === 'block') yield* this.#verifyBlock(name, object.id);
      if (object.kind === 'segment') yield* this.#verifySegment(name, object.id);
      if (object.kind === 'policy') yield* this.#verifyWhole(name, object.id, assertPolicy);
      if (object.kind === 'snapshot') yield* this.#verifyWhole(name, object.id, assertManifest);
    }
    if (log !== undefined) {
      yield* this.#verifyVisible(log.state);
      const faulty = new Set(this.#faulty);
      yield* this.#reportAll(anchorFaults(this.#storage, log, (name) => faulty.has(name)));
    }
    return {
      objectCount: this.#objectCount,
      byteCount: this.#byteCount,
      artifactCount: this.#artifactCount,
      findingCount: this.#found.size,
      state: log?.state.indexState,
    };
  }

  /** Checks genesis, claims and log; gives the last state, if there is one. */
  async *#verifyHistory(objects: readonly StoredObject[]): Findings<ReplayedLog | undefined> {
    const history = new History();
    for (const { name, object } of objects) {
      const bytes = 'epoch' in object || object.kind === 'genesis' ? yield* this.#read(name) : undefined;
      if (bytes === undefined) continue;
      if (object.kind === 'genesis') history.domainId = domainIdOf(bytes, hasher);
      if (object.kind === 'genesis') history.genesis = yield* this.#attempt(name, () => decodeGenesis(bytes));
      if (object.kind === 'writer') yield* this.#attempt(name, () => history.addClaim(name, bytes));
      if (object.kind === 'log') {
        yield* this.#attempt(name, async () =>
          history.addLog(object.epoch, await this.#settled(name, object.epoch, bytes)),
        );
      }
    }
    const domainId = history.agreedDomain();
    for (const [name, error] of history.strangers(domainId)) yield* this.#report(name, error);
    for (const [epoch, scan] of history.scans) {
      yield* this.#attempt(epochName('log', epoch), () => assertChain(scan));
      if (!history.isSucceeded(epoch))
        yield* this.#attempt(epochName('log', epoch), () => assertClean(scan.end));
    }
    if (domainId === undefined || history.genesis === undefined) return undefined;
    return yield* this.#replay(objects, genesisState(domainId, history.genesis.open));
  }

  /** A log file without the frame that its writer, if it has one, is appending. */
  async #settled(name: string, epoch: bigint, bytes: Uint8Array): Promise<Uint8Array> {
    let read = bytes;
    for (let tries = 0; tries < APPEND_TRIES && !isClean(read); tries++) {
      if (!(await isHeld(this.#storage, epoch, holderMayRun))) break;
      await pause(APPEND_PAUSE_MS);
      read = (await readAll(this.#storage, name)) ?? read;
    }
    return read;
  }

  async *#replay(objects: readonly StoredObject[], genesis: LogState): Findings<ReplayedLog | undefined> {
    const epochs = objects.flatMap(({ object }) => (object.kind === 'log' ? [object.epoch] : []));
    const isLogFaulty = epochs.some((epoch) => this.#faulty.has(epochName('log', epoch)));
    try {
      const { parts } = await collectParts(this.#storage, genesis.domainId, epochs, 0n);
      const base = await stateBelowParts(this.#storage, wholeTables(this.#storage), genesis, parts);
      const records = parts.flatMap((part) => part.records);
      const named = new Set(records.map(anchoredBy));
      const anchored = new Map([[base.position, base]]);
      let state = base;
      for (const part of parts) {
        for (const record of part.records) {
          const next = yield* this.#attempt(epochName('log', part.epoch), () =>
            applyRecord(state, record, hasher),
          );
          if (next === undefined) return undefined;
          state = next;
          if (named.has(state.position)) anchored.set(state.position, state);
        }
      }
      const partOf = (logseq: bigint) =>
        parts.findLast(({ header }) => header.baseLogseq < logseq) as LogPart;
      const nameOf = (logseq: bigint) => epochName('log', partOf(logseq).epoch);
      const kept =
        base.position > 0n
          ? yield* this.#reportAll(keptFaults(this.#storage, base, records, nameOf))
          : undefined;
      return { state, records, kept, anchored, nameOf };
    } catch (error) {
      if (!isAslError(error)) throw error;
      // What is wrong with a file by itself was said before.
      if (!isLogFaulty)
        yield* this.#report(String(error.details['name'] ?? epochName('log', epochs.at(-1) ?? 0n)), error);
      return undefined;
    }
  }

  async *#verifyBlock(name: string, blockId: Uint8Array): Findings<void> {
    yield* this.#attempt(name, async () => {
      const hash = hasher.start();
      for (let offset = 0, count = READ_LENGTH; count === READ_LENGTH; offset += count) {
        const piece = await this.#storage.read(name, offset, READ_LENGTH);
        if (piece === undefined) throw missingObject(name);
        hash.update(piece);
        count = piece.length;
        this.#byteCount += BigInt(count);
      }
      assertBlockDigest(hash.finish(), blockId);
    });
    this.#countObject();
  }

  async *#verifySegment(name: string, segmentId: Uint8Array): Findings<void> {
    yield* this.#attempt(name, async () => {
      const fileLength = await this.#storage.size(name);
      if (fileLength === undefined) throw missingObject(name);
      const pageHashes = await hashPages(this.#storage, name, fileLength);
      const reader = await openFile(this.#storage, { name, fileLength, pageHashes, segmentId });
      await reader.run(verifySegment(reader.segment));
      this.#byteCount += BigInt(fileLength);
    });
    this.#countObject();
  }

  async *#verifyWhole(
    name: string,
    id: Uint8Array,
    check: (bytes: Uint8Array, id: Uint8Array) => void,
  ): Findings<void> {
    const bytes = yield* this.#read(name);
    if (bytes !== undefined) yield* this.#attempt(name, () => check(bytes, id));
  }

  /** Checks that what the log makes visible is there, and that every artifact hashes to its key. */
  async *#verifyVisible(state: LogState): Findings<void> {
    const segments = new Map(state.seals.map((seal) => [formatHex(seal.segmentId), seal]));
    for (const { segmentId, logseq } of segments.values()) {
      const name = await lowestGeneration(this.#storage, 'segments', segmentId);
      if (name === undefined)
        yield* this.#report(generationName('segments', segmentId, 0n), missing('segments', segmentId));
      else if (!this.#faulty.has(name)) yield* this.#verifyArtifacts(name, segmentId, logseq > 0n);
    }
    for (let index = 0; index < state.seals.length; ) {
      const { logseq } = state.seals[index] as Seal;
      const sealed: Uint8Array[] = [];
      for (; state.seals[index]?.logseq === logseq; index++)
        sealed.push((state.seals[index] as Seal).segmentId);
      if (logseq > 0n && sealed.length > 1) yield* this.#verifyDistinct(sealed);
    }
  }

  /** IDX-GET-3: segments of one seal have no key in common. */
  async *#verifyDistinct(segmentIds: readonly Uint8Array[]): Findings<void> {
    const keys = new Set<string>();
    for (const segmentId of segmentIds) {
      const name = await lowestGeneration(this.#storage, 'segments', segmentId);
      if (name === undefined || this.#faulty.has(name)) continue;
      const fileLength = (await this.#storage.size(name)) ?? 0;
      const pageHashes = await hashPages(this.#storage, name, fileLength);
      const { segment, run } = await openFile(this.#storage, { name, fileLength, pageHashes, segmentId });
      const { recordCount } = segment.layout;
      for (let from = 0; from < recordCount; from += RECORDS_AT_ONCE) {
        for (const { key } of await run(
          readRecords(segment, from, Math.min(recordCount, from + RECORDS_AT_ONCE)),
        )) {
          const text = formatReference(key);
          if (keys.has(text)) {
            yield* this.#report(
              name,
              indexError('IDX.DUPLICATE', `another segment of the same seal has ${text} too`),
            );
          }
          keys.add(text);
        }
      }
    }
  }

  async *#verifyArtifacts(name: string, segmentId: Uint8Array, isSealed: boolean): Findings<void> {
    const fileLength = (await this.#storage.size(name)) ?? 0;
    const pageHashes = await hashPages(this.#storage, name, fileLength);
    const { segment, run } = await openFile(this.#storage, { name, fileLength, pageHashes, segmentId });
    const { recordCount } = segment.layout;
    for (let from = 0; from < recordCount; from += RECORDS_AT_ONCE) {
      const records = await run(readRecords(segment, from, Math.min(recordCount, from + RECORDS_AT_ONCE)));
      // IDX-REC-4
      if (isSealed && from === 0 && records.some(({ logseq }) => logseq !== 0n)) {
        yield* this.#report(name, segmentError('SEG.LOGSEQ', 'a sealed segment has records with a logseq'));
      }
      for (const record of records.sort(compareLocations)) {
        if (!record.tombstone) yield* this.#verifyArtifact(name, record);
      }
    }
  }

  async *#verifyArtifact(segmentName: string, record: IndexRecord): Findings<void> {
    const blocks = record.location.map(({ blockId }) => generationName('blocks', blockId, 0n));
    // A block that is wrong was named; what is in it cannot be right.
    if (blocks.some((block) => this.#faulty.has(block))) return;
    this.#artifactCount++;
    try {
      await verifyStored(this.#storage, record);
    } catch (error) {
      if (!isAslError(error)) throw error;
      const object = isAslError(error, 'STORE.MISSING') ? String(error.details['name']) : segmentName;
      yield* this.#report(object, error);
    }
  }

  async *#read(name: string): Findings<Uint8Array | undefined> {
    const bytes = yield* this.#attempt(name, async () => {
      const read = await readAll(this.#storage, name);
      if (read === undefined) throw missingObject(name);
      return read;
    });
    this.#byteCount += BigInt(bytes?.length ?? 0);
    this.#countObject();
    return bytes;
  }

  #countObject(): void {
    this.#objectCount++;
    const { progress } = this.#options;
    progress?.({
      objectCount: this.#objectCount,
      objectTotal: this.#objectTotal,
      byteCount: this.#byteCount,
    });
  }

  async *#attempt<T>(object: string, work: () => T | Promise<T>): Findings<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isAslError(error)) throw error;
      yield* this.#report(object, error);
      return undefined;
    }
  }

  async *#reportAll<T>(
    faults: AsyncGenerator<readonly [object: string, error: AslError], T, undefined>,
  ): Findings<T> {
    for (let next = await faults.next(); ; next = await faults.next()) {
      if (next.done) return next.value;
      yield* this.#report(...next.value);
    }
  }

  async *#report(object: string, error: AslError): Findings<void> {
    this.#faulty.add(object);
    const fault = `${object} ${error.code}`;
    if (this.#found.has(fault)) return;
    this.#found.add(fault);
    yield { object, error };
  }
}

/** What genesis manifest, claims and log files say of one another. */
class History {
  domainId: Uint8Array | undefined;
  genesis: GenesisManifest | undefined;
  readonly scans = new Map<bigint, LogScan>();
  /** Object → the DomainID it says it belongs to. */
  readonly #domains = new Map<string, string>();

  addClaim(name: string, bytes: Uint8Array): void {
    this.#domains.set(name, decodeClaim(name, bytes).holder.domain);
  }

  addLog(epoch: bigint, bytes: Uint8Array): void {
    this.#domains.set(epochName('log', epoch), formatHex(decodeHeader(bytes, { hasher }).domainId));
    this.scans.set(epoch, scanLog(bytes, { hasher }));
  }

  /** The domain that most objects say they belong to: a genesis manifest that was changed stands alone. */
  agreedDomain(): Uint8Array | undefined {
    const votes = new Map<string, number>();
    for (const domain of this.#domains.values()) votes.set(domain, (votes.get(domain) ?? 0) + 1);
    const own = this.domainId && formatHex(this.domainId);
    if (own !== undefined) votes.set(own, (votes.get(own) ?? 0) + 0.5);
    const [most] = [...votes].sort(([, left], [, right]) => right - left);
    return most && Uint8Array.from(Buffer.from(most[0], 'hex'));
  }

  /** Objects of another domain. */
  *strangers(domainId: Uint8Array | undefined): Generator<[string, AslError]> {
    if (domainId === undefined) return;
    const expected = formatHex(domainId);
    const got = this.domainId && formatHex(this.domainId);
    if (got !== undefined && got !== expected) {
      const message = `the manifest is that of domain ${got}, the store is that of ${expected}`;
      yield [GENESIS_NAME, domainError('DOM.ID', message, { expected, got })];
    }
    for (const [name, domain] of this.#domains) {
      if (domain === expected) continue;
      const message = `${name} is of domain ${domain}, not ${expected}`;
      const details = { expected, got: domain };
      yield [
        name,
        name.startsWith('log/')
          ? logError('LOG.DOMAIN', message, details)
          : storeError('STORE.CONFLICT', message, details),
      ];
    }
  }

  /** Whether a higher epoch begins where the good frames of this one end, or before (STO-EPO-10). */
  isSucceeded(epoch: bigint): boolean {
    const scan = this.scans.get(epoch);
    const last = scan?.records.at(-1)?.logseq ?? scan?.header.baseLogseq ?? 0n;
    return [...this.scans].some(([other, { header }]) => other > epoch && header.baseLogseq <= last);
  }
}

function assertPolicy(bytes: Uint8Array, hash: Uint8Array): void {
  decodePolicy(bytes, { hash, hasher });
}

function assertManifest(bytes: Uint8Array, hash: Uint8Array): void {
  decodeManifest(bytes, { hash, hasher });
}

/** The position that a record anchors, if it is an anchor. */
function anchoredBy({ type, payload }: LogRecord): bigint | undefined {
  const body = type === RECORD_TYPES['snapshot-anchor'] ? decodePayload(type, payload)?.body : undefined;
  return body?.type === 'snapshot-anchor' ? body.snapshotLogseq : undefined;
}

function isClean(bytes: Uint8Array): boolean {
  try {
    return scanLog(bytes, { hasher }).end.kind === 'clean';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return false;
  }
}

/** The chain of one file, whether or not its records are those of the log. */
function assertChain({ header, records }: LogScan): void {
  let previous = header.baseRecordHash;
  let due = header.baseLogseq + 1n;
  for (const { logseq, type, payload, recordHash } of records) {
    if (logseq !== due) {
      const details = { expected: due.toString(), got: logseq.toString() };
      throw logError('LOG.SEQ', `the record has logseq ${logseq}, ${due} is due`, details);
    }
    const computed = recordHashOf(previous, type, payload, hasher);
    if (formatHex(computed) !== formatHex(recordHash)) {
      const details = {
        logseq: logseq.toString(),
        expected: formatHex(computed),
        got: formatHex(recordHash),
      };
      throw logError('LOG.CHAIN', `record ${logseq} does not follow from the one before`, details);
    }
    previous = recordHash;
    due++;
  }
}

/** In the order in which the bytes lie in blocks. */
function compareLocations(left: IndexRecord, right: IndexRecord): number {
  const [first] = left.location;
  const [second] = right.location;
  if (first === undefined || second === undefined) return (first ? 1 : 0) - (second ? 1 : 0);
  return Buffer.compare(first.blockId, second.blockId) || first.offset - second.offset;
}

function assertBlockDigest(computed: Uint8Array, blockId: Uint8Array): void {
  if (equalBytes(computed, blockId)) return;
  const [expected, got] = [formatHex(blockId), formatHex(computed)];
  throw coreError('CORE.BLOCK.DIGEST', `the block's bytes hash to ${got}, not ${expected}`, {
    expected,
    got,
  });
}
