import {
  type Bytes,
  compareReferences,
  isAslError,
  type Reference,
  referenceOf,
  startReference,
} from '@amduat/asl-core';
import {
  anchorOf,
  appendRecord,
  indexStateAt,
  type LogRecord,
  type LogState,
  type RecordBody,
} from '@amduat/asl-log';
import {
  assertPut,
  assertRemoval,
  type DomainId,
  describesSame,
  type IndexRecord,
  type IndexState,
  type LogSeq,
  type PackingLimits,
  type Visibility,
  verdictOf,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import { keepAnchorPlace } from './anchor-place.js';
import { isPresent } from './artifact-reader.js';
import { type BlockStore, startBlockStore } from './blocks.js';
import { type CommitLog, startCommitLog } from './commit-log.js';
import type { HeldEpoch } from './epochs.js';
import { storeError } from './errors.js';
import { type HashPool, startHashPool } from './hash-pool.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { type CutArtifact, cutArtifact } from './large.js';
import type { LogFiles, TornTail } from './log-files.js';
import { mapKeyOf } from './map-key.js';
import { createHashed } from './objects.js';
import { OpenSegment, type RecordDraft, type SealedSegment } from './open-segment.js';
import type { Storage } from './port.js';
import type { Found, SealIndex } from './seal-index.js';
import type { SealIndexes } from './seal-indexes.js';
import { type Deferred, deferred, Turns } from './settled.js';
import { anchorOfNow, type Snapshot, type SnapshotResult, storeSnapshot } from './snapshot.js';
import { openFilePieces, type PutSource, readBeginning, readShortFile } from './source.js';

/** When an open segment is sealed, and how bytes are laid into blocks (ASL/STORAGE/1 §8). */
export interface WriterLimits extends PackingLimits {
  /** Records of an open segment before it is sealed. */
  readonly segmentRecordCount: number;
  /** Octets of an open segment before it is sealed. */
  readonly segmentByteCount: number;
}

/** What a put says of an artifact beside its bytes. */
export interface PutOptions {
  /** u32; none by default. */
  readonly typeTag?: number;
  /** Publishes the artifact with the seal that makes it visible. */
  readonly publish?: boolean;
  /** What the record asks for; `published` by default if `publish` is set, else `internal`. */
  readonly visibility?: Visibility;
  /** The domain the artifact comes from; this one by default. */
  readonly domain?: DomainId;
  /** The domain it is imported from; none by default. */
  readonly source?: DomainId;
  /** Octets of a stream, if that is known: its bytes are then read once. */
  readonly length?: bigint;
}

/** An artifact that was put. */
export interface PutResult {
  readonly reference: Reference;
  /** Octets. */
  readonly length: bigint;
  /** Whether a record was added; false if the store had the same already. */
  readonly added: boolean;
  /** The logseq through which the artifact is visible; settles when that is durable, which may take a seal. */
  readonly sealed: Promise<LogSeq>;
}

/** A key that was removed. */
export interface RemoveResult {
  /** The logseq from which on the key is hidden; settles when that is durable, which takes a seal. */
  readonly sealed: Promise<LogSeq>;
}

/**
 * Writes to a store, alone. Calls take effect in the order in which they are made, whether they are waited for or not.
 *
 * @spec STO-DUR-1, STO-DUR-5, STO-DET-1, STO-DET-2
 */
export interface Writer {
  readonly epoch: bigint;
  /** Bytes after the last good frame of the log file before this writer's, if there are any (STO-EPO-9). */
  readonly leftBehind: TornTail | undefined;
  /** The last state that is durable. */
  readonly state: IndexState;
  /**
   * Puts an artifact into the open segment. It is visible once that is sealed.
   *
   * @spec STX-OPEN-1, STX-OPEN-2, STX-OPEN-3, STX-OPEN-5, STO-ERR-5
   * @param source - bytes, a stream of them, or a file; borrowed until the promise settles.
   * @throws AslError `STORE.INADMISSIBLE` when the key has a live tombstone; `CORE.STREAM.LENGTH`, `STORE.CHANGED` or
   * `STORE.IO` when the source is not what it was said to be or cannot be read; and as every call of a writer does.
   */
  put(source: PutSource, options?: PutOptions): Promise<PutResult>;
  /**
   * Hides a key in the open segment, until a later put shows it again.
   *
   * @spec STX-OPEN-4, STX-OPEN-5
   * @throws AslError `STORE.PUBLISHED` when the key is published, `STORE.ABSENT` when there is no record for it.
   */
  remove(key: Reference): Promise<RemoveResult>;
  /**
   * Seals the open segment.
   *
   * @returns the last logseq that is durable then: that of the seal, if there was anything to seal.
   */
  seal(): Promise<LogSeq>;
  /**
   * Makes a key inadmissible.
   *
   * @param reason - u32, for the domain's own use.
   * @returns the logseq of the tombstone, once it is durable.
   */
  tombstone(key: Reference, reason?: number): Promise<LogSeq>;
  /**
   * Takes one tombstone back.
   *
   * @param tombstone - its logseq.
   * @returns the logseq of the lift, once it is durable.
   * @throws AslError `LOG.LIFT` when there is no live tombstone of this logseq.
   */
  lift(tombstone: LogSeq): Promise<LogSeq>;
  /** Publishes keys, with a record or without; returns the logseq, once it is durable. */
  publish(keys: readonly Reference[]): Promise<LogSeq>;
  /** Takes keys out of the published view, from here on; returns the logseq, once it is durable. */
  unpublish(keys: readonly Reference[]): Promise<LogSeq>;
  /**
   * Sums up the last durable state in roots and anchors it. Seals nothing; other calls go on meanwhile.
   *
   * @spec STO-SNP-1, STO-SNP-2, STO-SNP-3, STO-SNP-4
   * @returns the snapshot, once its anchor is durable; the last one, if nothing but anchors came since.
   * @throws AslError `LOG.ANCHOR.POSITION` when the log is empty.
   */
  snapshot(): Promise<SnapshotResult>;
  /** Seals the open segment and gives up the epoch, so that the next writer can begin at once. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a writer works with. */
export interface WriterParts {
  readonly storage: Storage;
  readonly logFiles: LogFiles;
  readonly indexes: SealIndexes;
  readonly held: HeldEpoch;
  /** Octets of the log file so far. */
  readonly logLength: number;
  readonly leftBehind: TornTail | undefined;
  readonly secret: Uint8Array | undefined;
  readonly limits: WriterLimits;
  /** Threads that hash beside this one. */
  readonly workerCount: number;
}

/** A seal whose frame is not durable yet. */
interface PendingSeal {
  readonly logseq: LogSeq;
  readonly records: ReadonlyMap<string, IndexRecord>;
  readonly sealed: Promise<LogSeq>;
}

/** A record that the next put of its key is compared with. */
interface VisibleRecord extends Found {
  readonly sealed: Promise<LogSeq>;
  /** Whether its seal, and with it the blocks it names, is still on its way to being durable. */
  readonly isPending: boolean;
}

export function startWriter(parts: WriterParts): Writer {
  return new StoreWriter(parts);
}

class StoreWriter implements Writer {
  readonly epoch: bigint;
  readonly leftBehind: TornTail | undefined;
  readonly #parts: WriterParts;
  readonly #turns = new Turns();
  readonly #pool: HashPool;
  readonly #blocks: BlockStore;
  readonly #log: CommitLog;
  /** What is durable, and how many seals it has. */
  #durable: LogState;
  #sealCount: number;
  #index: SealIndex;
  /** What will be durable when all that was asked for is. */
  #planned: LogState;
  readonly #pending: PendingSeal[] = [];
  #open: OpenSegment;
  #openSealed: Deferred<LogSeq> = deferred();
  #failure: { readonly error: unknown } | undefined;
  #isClosed = false;
  #merging: Promise<void> = Promise.resolve();
  #snapshot: Promise<unknown> = Promise.resolve();

  constructor(parts: WriterParts) {
    this.#parts = parts;
    this.epoch = parts.held.epoch;
    this.leftBehind = parts.leftBehind;
    this.#durable = parts.logFiles.state;
    this.#planned = this.#durable;
    this.#sealCount = this.#durable.seals.length;
    this.#index = parts.indexes.of(this.#durable);
    const stop = (error: unknown) => this.#stop(error);
    this.#pool = startHashPool(parts.workerCount);
    this.#blocks = startBlockStore(parts.storage, this.#pool, stop);
    this.#open = new OpenSegment(this.#blocks, parts.limits);
    this.#log = startCommitLog(
      parts.storage,
      parts.held,
      parts.logLength,
      ({ state, end, firstLogseq }) => {
        this.#durable = state;
        this.#sealCount = state.seals.length;
        parts.logFiles.advance(state, this.epoch, end, firstLogseq);
        this.#index = parts.indexes.of(state);
      },
      stop,
    );
  }

  get state(): IndexState {
    return this.#durable.indexState;
  }

  put(source: PutSource, options: PutOptions = {}): Promise<PutResult> {
    return this.#turn(() => {
      if (source instanceof Uint8Array) return this.#putBytes(source, options);
      const bytes = 'path' in source ? readShortFile(source) : undefined;
      return bytes === undefined ? this.#putPieces(source, options) : this.#putBytes(bytes, options);
    });
  }

  remove(key: Reference): Promise<RemoveResult> {
    return this.#turn(async () => {
      const mapKey = mapKeyOf(key);
      const inOpen = this.#open.get(mapKey);
      const visible = (await this.#visible(mapKey, key))?.record;
      const hasVisible = visible?.tombstone === false;
      const verdict = verdictOf(this.#planned.policy.get(key), hasVisible);
      assertRemoval(key, verdict, hasVisible || inOpen?.tombstone === false);
      const said = inOpen ?? visible;
      const { visibility = 'internal', domain = ZERO_DOMAIN, source = ZERO_DOMAIN } = said ?? {};
      this.#open.setRecord(mapKey, { key, tombstone: true, visibility, domain, source });
      return { sealed: this.#added() };
    });
  }

  async seal(): Promise<LogSeq> {
    const { sealed } = await this.#turn(() => ({ sealed: this.#seal() }));
    return (await sealed) ?? this.#durable.position;
  }

  tombstone(key: Reference, reason = 0): Promise<LogSeq> {
    return this.#commit(() => ({ type: 'tombstone', key, reason }));
  }

  lift(tombstone: LogSeq): Promise<LogSeq> {
    return this.#commit(() => ({ type: 'tombstone-lift', tombstone }));
  }

  async publish(keys: readonly Reference[]): Promise<LogSeq> {
    const distinct = ascending(keys);
    return await this.#commit(() => ({ type: 'artifact-publish', keys: distinct }));
  }

  async unpublish(keys: readonly Reference[]): Promise<LogSeq> {
    const distinct = ascending(keys);
    return await this.#commit(() => ({ type: 'artifact-unpublish', keys: distinct }));
  }

  snapshot(): Promise<SnapshotResult> {
    const taken = this.#snapshot.then(() => this.#takeSnapshot());
    this.#snapshot = taken.catch(() => {});
    return taken;
  }

  async close(): Promise<void> {
    await this.#snapshot;
    await this.#turns.take(async () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      try {
        if (this.#failure !== undefined) return;
        await this.#seal();
        await this.#log.idle();
        await this.#merging;
      } finally {
        await this.#pool.close();
        if (this.#failure === undefined) await this.#parts.held.release();
      }
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #turn<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#turns.take(() => {
      this.#assertRunning();
      return work();
    });
  }

  #assertRunning(): void {
    // STO-DUR-5
    if (this.#failure !== undefined) {
      throw storeError('STORE.WRITER_STOPPED', 'the writer met an error', {}, this.#failure.error);
    }
    if (this.#isClosed) throw storeError('STORE.WRITER_STOPPED', 'the writer is closed');
  }

  #stop(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#log.stop(error);
    this.#openSealed.reject(error);
    // Nothing is written any more, so the next writer need not wait for this process to end.
    this.#parts.held.release().catch(() => {});
  }

  #putBytes(bytes: Uint8Array, options: PutOptions): PutResult | Promise<PutResult> {
    const room = this.#blocks.room();
    if (room !== undefined) return room.then(() => this.#putBytes(bytes, options));
    const { typeTag } = options;
    const draft = draftOf(
      referenceOf(typeTag === undefined ? { bytes } : { bytes, typeTag }, hasher),
      options,
    );
    return this.#putDraft(draft, BigInt(bytes.length), options, (mapKey) =>
      this.#open.addBytes(mapKey, bytes),
    );
  }

  async #putPieces(source: Exclude<PutSource, Uint8Array>, options: PutOptions): Promise<PutResult> {
    const { typeTag } = options;
    const { blockLength, smallLength } = this.#parts.limits;
    const { pieces, length } =
      'path' in source ? await openFilePieces(source) : { pieces: source, length: options.length };
    const beginning = await readBeginning(pieces, smallLength);
    if (beginning instanceof Uint8Array) {
      if (length !== undefined) assertLength(beginning, length);
      return await this.#putBytes(beginning, options);
    }
    const cut = await cutArtifact(this.#parts.storage, this.#blocks, beginning, {
      blockLength,
      typeTag,
      length,
    });
    return await this.#putCut(cut, options);
  }

  #putCut(cut: CutArtifact, options: PutOptions): PutResult | Promise<PutResult> {
    const draft = draftOf(cut.reference, options);
    return this.#putDraft(draft, cut.length, options, (mapKey) => {
      this.#open.addCut(mapKey, cut);
      return undefined;
    });
  }

  /** Puts a record; `layDown` puts its bytes into blocks, if that is needed. */
  #putDraft(
    draft: RecordDraft,
    length: bigint,
    options: PutOptions,
    layDown: (mapKey: string) => Promise<unknown> | undefined,
  ): PutResult | Promise<PutResult> {
    const { key } = draft;
    assertPut(key, verdictOf(this.#planned.policy.get(key), false));
    const mapKey = mapKeyOf(key);
    const put = (unchanged: VisibleRecord | undefined): PutResult | Promise<PutResult> => {
      const isPublished = options.publish === true && this.#publishWithSeal(mapKey, key);
      if (unchanged !== undefined) {
        const sealed = isPublished ? this.#added() : unchanged.sealed;
        return { reference: key, length, added: false, sealed };
      }
      const storing = this.#open.hasBytes(mapKey) ? undefined : layDown(mapKey);
      this.#open.setRecord(mapKey, draft);
      const result = { reference: key, length, added: true, sealed: this.#added() };
      return storing === undefined ? result : storing.then(() => result);
    };
    // STX-OPEN-3 is about keys with no record in the open segment.
    if (this.#open.get(mapKey) !== undefined) return put(undefined);
    const visible = this.#visible(mapKey, key);
    if (visible === undefined) return put(undefined);
    return this.#unchanged(draft, visible).then(put);
  }

  /** The visible record that says the same, if its bytes are there (STX-OPEN-3). */
  async #unchanged(
    draft: RecordDraft,
    lookup: VisibleRecord | Promise<VisibleRecord | undefined>,
  ): Promise<VisibleRecord | undefined> {
    const visible = await lookup;
    if (visible === undefined) return undefined;
    const { record } = visible;
    if (!describesSame(record, { ...draft, location: record.location, logseq: 0n })) return undefined;
    // STO-DET-1: how far the storage is decides nothing. Bytes that do not get there stop the writer.
    return visible.isPending || (await isPresent(this.#parts.storage, record)) ? visible : undefined;
  }

  /** Whether a publication had to be added. */
  #publishWithSeal(mapKey: string, key: Reference): boolean {
    if (this.#planned.policy.get(key)?.publication?.published === true) return false;
    this.#open.publish(mapKey, key);
    return true;
  }

  /** The deciding record of a key, as it will be when all that was sealed is durable. */
  #visible(mapKey: string, key: Reference): VisibleRecord | undefined | Promise<VisibleRecord | undefined> {
    for (let index = this.#pending.length - 1; index >= 0; index--) {
      const { records, logseq, sealed } = this.#pending[index] as PendingSeal;
      const record = records.get(mapKey);
      if (record !== undefined) return { record, logseq, sealed, isPending: true };
    }
    const bounds = { sealCount: this.#sealCount, position: this.#durable.position };
    const found = this.#index.find(bounds, key);
    return found instanceof Promise ? found.then(withSealed) : withSealed(found);
  }

  /** Seals if it is time to; returns when what was added is durable. */
  #added(): Promise<LogSeq> {
    const { promise } = this.#openSealed;
    const { segmentRecordCount, segmentByteCount } = this.#parts.limits;
    // STO-DET-2
    const isFull = this.#open.recordCount >= segmentRecordCount || this.#open.byteCount >= segmentByteCount;
    if (isFull) void this.#seal();
    return promise;
  }

  #seal(): Promise<LogSeq | undefined> {
    if (this.#open.isEmpty) return this.#log.idle().then(() => undefined);
    const [open, sealed] = [this.#open, this.#openSealed];
    this.#open = new OpenSegment(this.#blocks, this.#parts.limits);
    this.#openSealed = deferred();
    try {
      this.#append(open.seal(), sealed);
    } catch (error) {
      sealed.reject(error);
      this.#stop(error);
    }
    return sealed.promise;
  }

  #append(segment: SealedSegment, sealed: Deferred<LogSeq>): void {
    const { segments, records, published, blocksStored } = segment;
    const bodies: RecordBody[] = [];
    if (segments.length > 0) {
      bodies.push({
        type: 'segment-seal',
        segmentIds: segments.map(({ segmentId }) => segmentId).sort(Buffer.compare),
      });
    }
    if (published.length > 0) bodies.push({ type: 'artifact-publish', keys: ascending(published) });
    const logseq = this.#planned.position + 1n;
    const logRecords = bodies.map((body) => this.#plan(body));
    // STO-DUR-1: blocks, then the segments that name them, then the frame.
    const ready = blocksStored.then(() =>
      Promise.all(
        segments.map(({ segmentId, bytes }) =>
          createHashed(this.#parts.storage, 'segments', segmentId, bytes),
        ),
      ),
    );
    ready.catch((error) => this.#stop(error));
    if (segments.length > 0) this.#pending.push({ logseq, records, sealed: sealed.promise });
    this.#log.append({
      records: logRecords,
      state: this.#planned,
      ready,
      acknowledge: () => {
        for (const segment of segments) this.#index.provide(segment);
        if (segments.length > 0) this.#pending.shift();
        this.#mergeLater();
        sealed.resolve(logseq);
      },
      refuse: (error) => sealed.reject(error),
    });
  }

  async #takeSnapshot(): Promise<SnapshotResult> {
    const { storage, indexes, logFiles, secret } = this.#parts;
    const sources = { storage, indexes, logFiles };
    const { state, place } = await this.#turn(async () => {
      await this.#log.idle();
      return { state: this.#durable, place: logFiles.place };
    });
    const anchored = anchorOfNow(state);
    if (anchored === undefined) {
      const snapshot = await storeSnapshot(sources, state, secret);
      const anchor = await this.#commit((planned) => anchorOf(planned, snapshot.manifest, snapshot, hasher));
      const { position, recordHash } = snapshot.manifest;
      const { manifestHash } = snapshot;
      if (place !== undefined)
        await keepAnchorPlace(storage, { ...place, position, recordHash, manifestHash });
      return resultOf(state.indexState, anchor, snapshot, true);
    }
    // STO-SNP-3
    const position = anchored.snapshotLogseq;
    const snapshot = await storeSnapshot(sources, await logFiles.stateAt(position), secret);
    return resultOf(indexStateAt(state, position), anchored.logseq, snapshot, false);
  }

  #commit(bodyOf: (planned: LogState) => RecordBody): Promise<LogSeq> {
    const appended = this.#turn(() => {
      const done = deferred<LogSeq>();
      const record = this.#plan(bodyOf(this.#planned));
      this.#log.append({
        records: [record],
        state: this.#planned,
        ready: undefined,
        acknowledge: () => done.resolve(record.logseq),
        refuse: (error) => done.reject(error),
      });
      return { done: done.promise };
    });
    return appended.then(({ done }) => done);
  }

  /** Makes the next record, validated against all that was asked for before. */
  #plan(body: RecordBody): LogRecord {
    const { record, state } = appendRecord(this.#planned, body, this.#parts.secret, hasher);
    this.#planned = state;
    return record;
  }

  #mergeLater(): void {
    this.#merging = this.#index.merge().catch((error) => {
      // A segment that cannot be merged is an error of the lookup that needs it.
      if (!isAslError(error)) throw error;
    });
    // Whatever else went wrong is said when the writer is closed.
    this.#merging.catch(() => {});
  }
}

function resultOf(
  state: IndexState,
  anchor: LogSeq,
  { manifestHash, roots }: Snapshot,
  added: boolean,
): SnapshotResult {
  return { state, anchor, manifestHash, roots, added };
}

function draftOf(key: Reference, options: PutOptions): RecordDraft {
  const { typeTag, publish = false, domain = ZERO_DOMAIN, source = ZERO_DOMAIN } = options;
  const { visibility = publish ? 'published' : 'internal' } = options;
  const draft = { key, tombstone: false, visibility, domain, source };
  return typeTag === undefined ? draft : { ...draft, typeTag };
}

function assertLength(bytes: Bytes, length: bigint): void {
  const stream = startReference(length, undefined, hasher);
  stream.update(bytes);
  stream.finish();
}

function withSealed(found: Found | undefined): VisibleRecord | undefined {
  return found && { ...found, sealed: Promise.resolve(found.logseq), isPending: false };
}

/** In the order a record of the log asks for, each once. */
function ascending(keys: readonly Reference[]): Reference[] {
  if (keys.length === 0) throw new RangeError('keys: expected at least one');
  const sorted = [...keys].sort(compareReferences);
  return sorted.filter(
    (key, index) => index === 0 || compareReferences(sorted[index - 1] as Reference, key) !== 0,
  );
}
