import { type Bytes, EMPTY_BLOCK_ID, equalBytes, errorMaker, formatHex, verifyBlock } from '@amduat/asl-core';
import {
  decodeGenesis,
  decodePayload,
  domainIdOf,
  LOG_ERRORS,
  type LogRecord,
  type LogState,
  type SnapshotAnchor,
} from '@amduat/asl-log';
import { decodeManifest, decodePolicy, type LogPosition, manifestHashOf } from '@amduat/asl-store-index';
import { readRecords, SEG_ERRORS, segmentIdOf } from '@amduat/enc-asl-core-index';
import { anchorOfRecord, loadManifest } from './base.js';
import { type Cut, planCut } from './cut.js';
import { listEpochs } from './epochs.js';
import { storeError } from './errors.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { cutFile, keepDropped, keptFaults } from './kept.js';
import { collectParts } from './log-files.js';
import { epochName, GENESIS_NAME, type HashedKind, parseName } from './names.js';
import { createHashed, lowestGeneration, missing, missingObject, readAll } from './objects.js';
import type { Storage } from './port.js';
import { keepTrees, treesOf } from './roots.js';
import { SealIndexes } from './seal-indexes.js';
import { openSealed } from './segment-reader.js';
import { rootsOfTrees } from './snapshot.js';

const logError = errorMaker(LOG_ERRORS);
const segmentError = errorMaker(SEG_ERRORS);

/** What was installed. */
export interface InstallResult {
  readonly domainId: Bytes;
  /** The position of the snapshot: the base of the new store's log. */
  readonly position: LogPosition;
  /** Objects that were copied. */
  readonly objectCount: number;
  /** Octets of them. */
  readonly byteCount: bigint;
}

/** What an install is told, and tells. */
export interface InstallOptions {
  /** The position of the snapshot; the last one that is anchored by default. */
  readonly position?: LogPosition;
  readonly progress?: (progress: Pick<InstallResult, 'objectCount' | 'byteCount'>) => void;
}

const RECORDS_AT_ONCE = 4096;

/**
 * Installs a snapshot of one store as a store of its own, with the log above it.
 *
 * @spec STO-INS-1, STO-INS-2, STO-INS-3, STO-INS-4, STO-INS-5, STO-INS-6, STO-INS-7
 * @param from - a store; only read.
 * @param to - without a store. An install that did not end can be done again.
 * @throws AslError `STORE.EXISTS` when there is a store in `to`, `STORE.CONFLICT` when there is one that lost its genesis
 * manifest; `STORE.NOT_A_STORE` when there is none in `from`;
 * `STORE.NOT_ANCHORED`; `STORE.MISSING`, `CORE.BLOCK.DIGEST`, `SEG.DIGEST`, `POLICY.DIGEST` and `MANIFEST.DIGEST` for an
 * object that is not there or not what its name says; `STORE.CONFLICT` or `LOG.ANCHOR.SNAPSHOT` when what cuts kept is not that
 * of the log; `LOG.ANCHOR.ROOT` when what was stored is not what the anchor says.
 */
export async function installSnapshot(
  from: Storage,
  to: Storage,
  options: InstallOptions = {},
): Promise<InstallResult> {
  if ((await to.size(GENESIS_NAME)) !== undefined) {
    throw storeError('STORE.EXISTS', 'there is a store here already', { name: GENESIS_NAME });
  }
  await assertNeverWritten(to);
  return await new Install(from, to, options).run();
}

/**
 * Refuses a folder whose store lost its genesis manifest: an install leaves no claim, and no log file but the first.
 *
 * @spec STO-INS-7
 */
async function assertNeverWritten(to: Storage): Promise<void> {
  const logs = (await to.list('log/')).filter((name) => name !== epochName('log', 1n));
  const name = [...(await to.list('writer/')), ...logs].find((other) => parseName(other) !== undefined);
  if (name === undefined) return;
  throw storeError('STORE.CONFLICT', `${name} is that of a store, of which the genesis manifest is lost`, {
    name,
  });
}

class Install {
  readonly #from: Storage;
  readonly #to: Storage;
  readonly #options: InstallOptions;
  readonly #copied = new Set<string>();
  #byteCount = 0n;

  constructor(from: Storage, to: Storage, options: InstallOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
  }

  async run(): Promise<InstallResult> {
    const genesis = await readAll(this.#from, GENESIS_NAME);
    if (genesis === undefined)
      throw storeError('STORE.NOT_A_STORE', 'there is no store here', { name: GENESIS_NAME });
    const { open } = decodeGenesis(genesis);
    const domainId = domainIdOf(genesis, hasher);
    const { parts } = await collectParts(this.#from, domainId, await listEpochs(this.#from, 'log'), 0n);
    const cut = await planCut(this.#from, open, parts, this.#options.position);
    const { base } = cut;
    await this.#removeLeftovers();
    await this.#copyKept(parts[0]?.header.baseLogseq ?? 0n);
    await keepDropped(this.#to, cut.dropped, base.position);
    await this.#assertKept(cut);
    for (const { segmentId } of base.seals) await this.#copySegment(segmentId);
    for (const segmentId of cut.above.flatMap(segmentsOf)) await this.#copySegment(segmentId);
    const anchors = cut.above.flatMap((record) => anchorOfRecord(record) ?? []);
    for (const anchor of anchors) await this.#copySnapshot(anchor);
    await this.#assertRoots(base, anchors);
    await this.#to.createOnce(epochName('log', 1n), cutFile(base, cut.manifestHash, cut.above));
    await this.#to.createOnce(GENESIS_NAME, [genesis]);
    return { domainId, position: base.position, objectCount: this.#copied.size, byteCount: this.#byteCount };
  }

  /** STO-INS-6 */
  async #removeLeftovers(): Promise<void> {
    for (const prefix of ['leaves/', 'records/', 'log/']) {
      for (const name of await this.#to.list(prefix))
        if (parseName(name) !== undefined) await this.#to.delete(name);
    }
  }

  /** Copies what cuts kept up to the base of the log. */
  async #copyKept(base: LogPosition): Promise<void> {
    for (const prefix of ['leaves/', 'records/']) {
      for (const name of await this.#from.list(prefix)) {
        const object = parseName(name);
        if (object !== undefined && 'logseq' in object && object.logseq <= base) await this.#copy(name);
      }
    }
  }

  /** STO-INS-5 */
  async #assertKept({ base, above }: Cut): Promise<void> {
    for await (const [, error] of keptFaults(this.#to, base, above, () => epochName('log', 1n))) throw error;
  }

  /** Copies a segment and every block that it locates. */
  async #copySegment(segmentId: Uint8Array): Promise<void> {
    const isNew = await this.#copyHashed('segments', segmentId, (bytes) =>
      assertHash('SEG.DIGEST', segmentIdOf(bytes, hasher), segmentId),
    );
    if (!isNew) return;
    const { segment, run } = await openSealed(this.#to, segmentId);
    const { recordCount } = segment.layout;
    for (let from = 0; from < recordCount; from += RECORDS_AT_ONCE) {
      const records = await run(readRecords(segment, from, Math.min(recordCount, from + RECORDS_AT_ONCE)));
      for (const { blockId } of records.flatMap(({ location }) => location)) {
        if (equalBytes(blockId, EMPTY_BLOCK_ID)) continue;
        await this.#copyHashed('blocks', blockId, (bytes) => verifyBlock(bytes, blockId, hasher));
      }
    }
  }

  /** STO-INS-4: copies what an anchor names, as far as it is there: a snapshot that was lost is one that replay does not start from. */
  async #copySnapshot(anchor: SnapshotAnchor): Promise<void> {
    const { manifestHash } = anchor;
    const name = await lowestGeneration(this.#from, 'snapshots', manifestHash);
    const encoded = name && (await readAll(this.#from, name));
    if (encoded === undefined || encoded === '' || !equalBytes(manifestHashOf(encoded, hasher), manifestHash))
      return;
    const { segments, policyHash } = decodeManifest(encoded);
    if ((await lowestGeneration(this.#from, 'policies', policyHash)) === undefined) return;
    for (const { segmentId } of segments) await this.#copySegment(segmentId);
    await this.#copyHashed(
      'policies',
      policyHash,
      (bytes) => void decodePolicy(bytes, { hash: policyHash, hasher }),
    );
    await this.#copyHashed('snapshots', manifestHash, () => {});
  }

  /** STO-INS-2 */
  async #assertRoots(base: LogState, anchors: readonly SnapshotAnchor[]): Promise<void> {
    const anchor = anchors.find(({ snapshotLogseq }) => snapshotLogseq === base.position) as SnapshotAnchor;
    const { domainId, position, recordHash, open } = base;
    const manifest = await loadManifest(this.#to, anchor.manifestHash, {
      domainId,
      position,
      recordHash,
      open,
    });
    if (manifest === undefined) throw missing('snapshots', anchor.manifestHash);
    const logFiles = { records: noRecords, stateAt: async () => base };
    const sources = { storage: this.#to, indexes: new SealIndexes(this.#to), logFiles };
    const { trees } = await keepTrees(this.#to, base, await treesOf(sources, base));
    const roots = rootsOfTrees(trees, manifest.blind);
    for (const root of ['stateRoot', 'publicRoot'] as const) {
      const [expected, got] = [formatHex(anchor[root]), formatHex(roots[root])];
      if (expected === got) continue;
      const message = `what was copied has ${root} ${got}, the anchor at ${anchor.logseq} says ${expected}`;
      throw logError('LOG.ANCHOR.ROOT', message, { root, expected, got });
    }
  }

  /** Copies an object that is named by its hash; false if it was copied before. */
  async #copyHashed(kind: HashedKind, id: Uint8Array, check: (bytes: Uint8Array) => void): Promise<boolean> {
    const key = `${kind}/${formatHex(id)}`;
    if (this.#copied.has(key)) return false;
    const name = await lowestGeneration(this.#from, kind, id);
    const bytes = name && (await readAll(this.#from, name));
    if (bytes === undefined || bytes === '') throw missing(kind, id);
    check(bytes);
    await createHashed(this.#to, kind, id, bytes);
    this.#count(key, bytes);
    return true;
  }

  async #copy(name: string): Promise<void> {
    const bytes = await readAll(this.#from, name);
    if (bytes === undefined) throw missingObject(name);
    await this.#to.createOnce(name, [bytes]);
    this.#count(name, bytes);
  }

  #count(name: string, bytes: Uint8Array): void {
    this.#copied.add(name);
    this.#byteCount += BigInt(bytes.length);
    this.#options.progress?.({ objectCount: this.#copied.size, byteCount: this.#byteCount });
  }
}

/** The segments that a record seals. */
function segmentsOf({ type, payload }: LogRecord): readonly Uint8Array[] {
  const body = decodePayload(type, payload)?.body;
  return body?.type === 'segment-seal' ? body.segmentIds : [];
}

async function* noRecords(): AsyncGenerator<LogRecord, void, undefined> {}

function assertHash(code: 'SEG.DIGEST', computed: Uint8Array, id: Uint8Array): void {
  if (equalBytes(computed, id)) return;
  const [expected, got] = [formatHex(id), formatHex(computed)];
  throw segmentError(code, `the segment hashes to ${got}, not ${expected}`, { expected, got });
}
