import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type Bytes, copyBytes, errorMaker, type Reference } from '@amduat/asl-core';
import {
  appendRecord,
  assertComplete,
  DOMAIN_ERRORS,
  decodeGenesis,
  domainIdOf,
  encodeFrame,
  encodeGenesis,
  encodeHeader,
  type GenesisManifest,
  type LogRecord,
  type SnapshotAnchor,
} from '@amduat/asl-log';
import {
  blindOf,
  DEFAULT_PACKING,
  type EntryProof,
  type IndexState,
  type LogPosition,
  type StateEntry,
  type StateRoots,
} from '@amduat/asl-store-index';
import { type Holder, holderMayRun, thisHolder } from './claim.js';
import { planCut } from './cut.js';
import { proveStoredEntry } from './entry-proof.js';
import { type HeldEpoch, removeEpochsBelow, takeEpoch } from './epochs.js';
import { storeError } from './errors.js';
import { openFinder } from './finder.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { cutFile, keepDropped } from './kept.js';
import { type LogFiles, type LogPart, openLogFiles } from './log-files.js';
import { epochName, GENESIS_NAME } from './names.js';
import { readAll } from './objects.js';
import type { Storage } from './port.js';
import { type RootSources, treesOf } from './roots.js';
import { SealIndexes } from './seal-indexes.js';
import { rootsOfTrees } from './snapshot.js';
import type { TraceStep } from './trace.js';
import { openView, type View } from './view.js';
import { startWriter, type Writer, type WriterLimits } from './writer.js';

/** What a new store is to be; what is left out is chosen. */
export interface InitOptions {
  /** A label for people: 1 to 64 of `a`–`z`, `0`–`9`, `.`, `-`, `_`, the first a letter or digit. */
  readonly name: string;
  /** Whether the domain is open, for good; closed by default. */
  readonly open?: boolean;
  /** Ed25519 public key that signs the first heads. */
  readonly authorityKey: Uint8Array;
  /** As {@link recoveryKeyHashOf} gives it; zeros, for no recovery key, by default. */
  readonly recoveryKeyHash?: Uint8Array;
  /** 32 octets; at random by default. */
  readonly nonce?: Uint8Array;
}

/** How a store is opened. */
export interface OpenOptions {
  /** Tells whether the holder of an epoch may still be running; by default what the operating system says. */
  readonly mayRun?: (holder: Holder) => boolean;
}

/** Which state to sum up. */
export interface RootsOptions {
  /** That of {@link Store.current} by default. */
  readonly position?: LogPosition;
  /** The log secret of a closed domain; an open one has none. */
  readonly secret?: Uint8Array;
}

/** How a writer works. */
export interface WriterOptions {
  /** The log secret of a closed domain; an open one has none. */
  readonly secret?: Uint8Array;
  /** {@link DEFAULT_LIMITS} for those that are left out. */
  readonly limits?: Partial<WriterLimits>;
  /** Threads that hash large streams and files beside this one, 0 to 8; 1 by default where there are processors. */
  readonly workerCount?: number;
}

/** T = 2^25, L = 2^20; 2^12 records or 2^26 octets to a segment. */
export const DEFAULT_LIMITS: WriterLimits = {
  ...DEFAULT_PACKING,
  segmentRecordCount: 2 ** 12,
  segmentByteCount: 2 ** 26,
};

const domainError = errorMaker(DOMAIN_ERRORS);

/** When the log is in this many files, the next writer brings them together in its own (STO-EPO-8). */
const LOG_FILES_MAX = 64;

/**
 * A store, opened for reading. Any number of processes may have it open.
 *
 * @spec STO-RDR-1, STO-RDR-3, STO-RDR-4, STO-RDR-5
 */
export interface Store {
  readonly domainId: Bytes;
  readonly genesis: GenesisManifest;
  /** The last state that is known here; the first call reads the log. */
  current(): Promise<IndexState>;
  /** Reads the log on, and gives the last state that is durable. */
  refresh(): Promise<IndexState>;
  /**
   * Opens the state at a position.
   *
   * @param position - that of {@link Store.current} by default.
   * @throws AslError `LOG.POSITION` when it is after the last one that is known here; the code of an invalid record for
   * its position and those after it.
   */
  at(position?: LogPosition): Promise<View>;
  /**
   * Reads a whole artifact by its reference alone, verified. Reads no log, and says nothing of visibility.
   *
   * @returns its bytes, owned; undefined if no segment has them.
   */
  get(key: Reference): Promise<Bytes | undefined>;
  /** The anchors of the log, in its order, up to the last one that is known here. */
  anchors(): Promise<readonly SnapshotAnchor[]>;
  /**
   * Sums up the state at a position.
   *
   * @spec STX-ROOT-1, STX-ROOT-2, STX-ROOT-3, STX-ROOT-4, STX-ROOT-5
   * @throws AslError `DOM.SECRET` without the log secret of a closed domain; `LOG.PARTIAL` when the log has records of
   * unknown types; `LOG.POSITION` as {@link Store.at}.
   * @remarks Costs what changed since the last anchor at or below; everything, if there is none.
   */
  roots(options?: RootsOptions): Promise<StateRoots>;
  /**
   * The data of the leaves of the log: of the records 1 to `size`, those that were cut off included.
   *
   * @param size - up to the position of {@link Store.current}, which is the default.
   * @throws AslError `LOG.POSITION` when the log that is known here is shorter; `STORE.CONFLICT` and `STORE.MISSING` when
   * the leaves that a cut kept are not what they were.
   */
  leaves(size?: LogPosition): Promise<Uint8Array[]>;
  /**
   * Proves what entry a key has at a position, or that it has none.
   *
   * @param kind - `public`: against PublicRoot; `state`: against the root over which StateRoot stands.
   */
  prove(key: Reference, position: LogPosition, kind: 'public' | 'state'): Promise<EntryProof<StateEntry>>;
  /** The records of the log after one position, up to the last that is known here. */
  log(after?: LogPosition): AsyncIterable<LogRecord>;
  /**
   * Replays the log from storage to a position, and gives every step: where replay starts, why not at a later anchor, each
   * record that it applies, and the state it comes to.
   *
   * @spec LOG-RPL-14
   * @param position - that of {@link Store.current} by default.
   * @throws AslError as {@link Store.at}; after the steps up to the record at which the replay is refused.
   * @remarks Reads the whole log.
   */
  replay(position?: LogPosition): AsyncIterable<TraceStep>;
  /**
   * Takes the next epoch, and opens the store for writing.
   *
   * @spec STO-EPO-1, STO-EPO-2, STO-EPO-7, STO-EPO-8, STO-EPO-9
   * @throws AslError `STORE.WRITER_BUSY` while another writer may be running, `STORE.FENCED` when one was faster;
   * `DOM.SECRET` without the log secret of a closed domain; `LOG.PARTIAL` when the log has records of unknown types.
   */
  openWriter(options?: WriterOptions): Promise<Writer>;
  /**
   * Cuts the log: drops the records up to an anchored position, and keeps their leaves. What is asked at this position and
   * above stays as it is; positions below end, but for those that an anchor names.
   *
   * @spec STO-CUT-1, STO-CUT-2, STO-CUT-3, STO-CUT-4, LOG-CUT-1
   * @param position - the last one that is anchored by default.
   * @returns the base of the log from here on.
   * @throws AslError `STORE.NOT_ANCHORED` when no anchor names the position, or its manifest or policy table is not there;
   * `LOG.PARTIAL`; `STORE.WRITER_BUSY` and `STORE.FENCED` as {@link Store.openWriter}.
   */
  cut(position?: LogPosition): Promise<LogPosition>;
  /** Lets go of open files. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a store.
 *
 * @spec STO-ERR-1, DOM-MAN-1
 * @param storage - one without a store.
 * @returns the DomainID.
 * @throws AslError `STORE.EXISTS` when there is a store already, `DOM.NAME` when the name is not of the form.
 */
export async function initStore(storage: Storage, options: InitOptions): Promise<Bytes> {
  const { name, open = false, authorityKey } = options;
  const { recoveryKeyHash = new Uint8Array(32), nonce = copyBytes(randomBytes(32)) } = options;
  const genesis = encodeGenesis({ name, open, authorityKey, recoveryKeyHash, nonce });
  if ((await storage.createOnce(GENESIS_NAME, [genesis])) === 'exists') {
    throw storeError('STORE.EXISTS', 'there is a store here already', { name: GENESIS_NAME });
  }
  return domainIdOf(genesis, hasher);
}

/**
 * Opens a store.
 *
 * @spec STO-OBJ-4
 * @throws AslError `STORE.NOT_A_STORE` when there is none, `DOM.*` when its genesis manifest is not one.
 */
export async function openStore(storage: Storage, options: OpenOptions = {}): Promise<Store> {
  const encoded = await readAll(storage, GENESIS_NAME);
  if (encoded === undefined) {
    throw storeError('STORE.NOT_A_STORE', 'there is no store here', { name: GENESIS_NAME });
  }
  return new EmbeddedStore(storage, decodeGenesis(encoded), domainIdOf(encoded, hasher), options);
}

const INTERNALS = new WeakMap<Store, RootSources & { readonly logFiles: LogFiles }>();

/** What a store of this package is made of. Throws `TypeError` for another object. */
export function internalsOf(store: Store): RootSources & { readonly logFiles: LogFiles } {
  const internals = INTERNALS.get(store);
  if (internals === undefined) throw new TypeError('store: expected one that openStore gave');
  return internals;
}

class EmbeddedStore implements Store {
  readonly domainId: Bytes;
  readonly genesis: GenesisManifest;
  readonly #storage: Storage;
  readonly #mayRun: (holder: Holder) => boolean;
  readonly #logFiles: LogFiles;
  readonly #indexes: SealIndexes;
  readonly get: Store['get'];
  #loaded: Promise<unknown> | undefined;

  constructor(storage: Storage, genesis: GenesisManifest, domainId: Bytes, options: OpenOptions) {
    this.#storage = storage;
    this.genesis = genesis;
    this.domainId = domainId;
    this.#mayRun = options.mayRun ?? holderMayRun;
    this.#logFiles = openLogFiles(storage, domainId, genesis.open, this.#mayRun);
    this.#indexes = new SealIndexes(storage);
    INTERNALS.set(this, { storage, indexes: this.#indexes, logFiles: this.#logFiles });
    const finder = openFinder(storage);
    this.get = (key) => finder.get(key);
  }

  async current(): Promise<IndexState> {
    this.#loaded ??= this.refresh().catch((error) => {
      this.#loaded = undefined;
      throw error;
    });
    await this.#loaded;
    return this.#logFiles.state.indexState;
  }

  async refresh(): Promise<IndexState> {
    return await this.#refresh(undefined);
  }

  async at(position?: LogPosition): Promise<View> {
    try {
      await this.current();
    } catch (error) {
      // LOG-RPL-4: positions below an invalid record are what they were.
      if (position === undefined || position > this.#logFiles.state.position) throw error;
    }
    const state = await this.#logFiles.stateAt(position ?? this.#logFiles.state.position);
    return openView(this.#storage, this.#indexes.of(state), state);
  }

  async anchors(): Promise<readonly SnapshotAnchor[]> {
    await this.current();
    return await this.#logFiles.anchors();
  }

  async roots({ position, secret }: RootsOptions = {}): Promise<StateRoots> {
    if (!this.genesis.open && secret === undefined) {
      throw domainError('DOM.SECRET', 'the roots of a closed domain are made with its log secret');
    }
    const { position: last } = await this.current();
    const state = await this.#logFiles.stateAt(position ?? last);
    const { trees } = await treesOf(internalsOf(this), state);
    return rootsOfTrees(trees, blindOf(this.genesis.open ? undefined : secret, state.position));
  }

  async leaves(size?: LogPosition): Promise<Uint8Array[]> {
    const { position } = await this.current();
    return await this.#logFiles.leaves(size ?? position);
  }

  async prove(
    key: Reference,
    position: LogPosition,
    kind: 'public' | 'state',
  ): Promise<EntryProof<StateEntry>> {
    await this.current();
    return await proveStoredEntry(internalsOf(this), await this.#logFiles.stateAt(position), kind, key);
  }

  async *log(after: LogPosition = 0n): AsyncGenerator<LogRecord, void, undefined> {
    const { position } = await this.current();
    yield* this.#logFiles.records(after, position);
  }

  async *replay(position?: LogPosition): AsyncGenerator<TraceStep, void, undefined> {
    const { steps, refusal } = await this.#logFiles.traceTo(position ?? (await this.current()).position);
    yield* steps;
    if (refusal !== undefined) throw refusal;
  }

  async openWriter(options: WriterOptions = {}): Promise<Writer> {
    const held = await takeEpoch(this.#storage, thisHolder(this.domainId), this.#mayRun);
    try {
      return await this.#beginEpoch(held, options);
    } catch (error) {
      await held.release().catch(() => {});
      throw error;
    }
  }

  async cut(position?: LogPosition): Promise<LogPosition> {
    const held = await takeEpoch(this.#storage, thisHolder(this.domainId), this.#mayRun);
    try {
      await this.#refresh(held.epoch);
      assertComplete(this.#logFiles.state);
      const cut = await planCut(this.#storage, this.genesis.open, await this.#logFiles.parts(), position);
      if (cut.dropped.length === 0) return cut.base.position;
      await keepDropped(this.#storage, cut.dropped, cut.base.position);
      await held.assertGreatest();
      await this.#createEpochFile(held.epoch, cutFile(cut.base, cut.manifestHash, cut.above));
      // What is below goes only while no one else may stand on it.
      await held.assertGreatest();
      await removeEpochsBelow(this.#storage, held.epoch);
      await this.#refresh(held.epoch);
      return cut.base.position;
    } finally {
      await held.release().catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#storage.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #refresh(ownEpoch: bigint | undefined): Promise<IndexState> {
    const { indexState } = await this.#logFiles.refresh(ownEpoch);
    this.#loaded ??= Promise.resolve();
    return indexState;
  }

  async #beginEpoch(held: HeldEpoch, options: WriterOptions): Promise<Writer> {
    const { secret, limits, workerCount = Math.min(1, availableParallelism() - 1) } = options;
    await this.#storage.tidy();
    await this.#refresh(held.epoch);
    const { state, tornTail } = this.#logFiles;
    // What the log and the secret do not allow is met here, not at the first record.
    appendRecord(state, { type: 'segment-seal', segmentIds: [this.domainId] }, secret, hasher);
    const parts = (await this.#logFiles.partCount()) >= LOG_FILES_MAX ? await this.#logFiles.parts() : [];
    // STO-EPO-7: no one else has written since the end was read.
    await held.assertGreatest();
    const logLength = await this.#createLogFile(held.epoch, parts);
    return startWriter({
      storage: this.#storage,
      logFiles: this.#logFiles,
      indexes: this.#indexes,
      held,
      logLength,
      leftBehind: tornTail,
      secret,
      limits: { ...DEFAULT_LIMITS, ...limits },
      workerCount,
    });
  }

  /** Creates the log file of an epoch, with what other files give if there is any, and gives its length (STO-EPO-3, STO-EPO-8, STO-EPO-11). */
  async #createLogFile(epoch: bigint, parts: readonly LogPart[]): Promise<number> {
    const { state } = this.#logFiles;
    const lowest = parts[0]?.header;
    const base = lowest ?? {
      domainId: this.domainId,
      baseLogseq: state.position,
      baseRecordHash: state.recordHash,
      baseManifestHash: new Uint8Array(32),
    };
    const frames = lowest === undefined ? [] : parts.flatMap(framesOf);
    const length = await this.#createEpochFile(epoch, [encodeHeader(base, hasher), ...frames]);
    this.#logFiles.advance(state, epoch, length, state.position);
    return length;
  }

  /** Creates the log file of an epoch that was just taken, and gives its length. */
  async #createEpochFile(epoch: bigint, content: readonly Uint8Array[]): Promise<number> {
    const name = epochName('log', epoch);
    if ((await this.#storage.createOnce(name, content)) === 'exists') {
      throw storeError('STORE.CONFLICT', `${name} is there, and its epoch was just taken`, { name });
    }
    return content.reduce((sum, { length }) => sum + length, 0);
  }
}

/** The records of a part in frames as they were; those above the base of the next part are left out (STO-EPO-6). */
function framesOf({ records, frames }: LogPart): Bytes[] {
  const copies: Bytes[] = [];
  let start = 0;
  for (const { recordCount } of frames) {
    const group = records.slice(start, start + recordCount);
    start += recordCount;
    if (group.length > 0) copies.push(encodeFrame(group, hasher));
  }
  return copies;
}
