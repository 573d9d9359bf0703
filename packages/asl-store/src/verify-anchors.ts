import { isDeepStrictEqual } from 'node:util';
import { type AslError, equalBytes, errorMaker, formatHex, isAslError } from '@amduat/asl-core';
import {
  LOG_ERRORS,
  type LogRecord,
  type LogState,
  type SnapshotAnchor,
  stateAtManifest,
} from '@amduat/asl-log';
import {
  compareSegments,
  decodeManifest,
  encodePolicy,
  type LogPosition,
  type Manifest,
  type ManifestSegment,
  policyHashOf,
  type SnapshotOf,
  STORE_INDEX_ERRORS,
} from '@amduat/asl-store-index';
import { loadBase } from './base.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { type Kept, lostOfManifest } from './kept.js';
import { memoryStorage } from './memory.js';
import { generationName, type HashedKind } from './names.js';
import { lowestGeneration, missing, readAll } from './objects.js';
import { wholeTables } from './policy-tables.js';
import { DERIVED_PREFIX, type Storage } from './port.js';
import { builtTrees, type KeptTrees, type RootSources, updatedTrees } from './roots.js';
import { SealIndexes } from './seal-indexes.js';
import { rootsOfTrees } from './snapshot.js';
import { openView } from './view.js';

const logError = errorMaker(LOG_ERRORS);
const indexError = errorMaker(STORE_INDEX_ERRORS);

/** A log that was replayed. */
export interface ReplayedLog {
  readonly state: LogState;
  readonly records: readonly LogRecord[];
  /** What cuts kept; undefined if the log is not cut, or that cannot be read. */
  readonly kept: Kept | undefined;
  /** The states at every position that an anchor names. */
  readonly anchored: ReadonlyMap<LogPosition, LogState>;
  /** Name of the log file in which a record stands. */
  nameOf(record: bigint): string;
}

/** A fault, and the object it is in. */
type Fault = readonly [object: string, error: AslError];

/**
 * Checks every anchor of a log against what replay and the segments say.
 *
 * @spec STX-MAN-10, STX-MAN-11, LOG-ACT-7, STO-VFY-5, STO-SNP-4, STO-CMP-3
 * @param isFaulty - whether an object was found to be wrong by itself: nothing more is said of it.
 * @returns the faults, an object and an error each.
 * @remarks Relies on nothing derived; takes about 200 octets of memory for each entry.
 */
export async function* anchorFaults(
  storage: Storage,
  log: ReplayedLog,
  isFaulty: (object: string) => boolean,
): AsyncGenerator<Fault, void, undefined> {
  const bare = withoutDerived(storage);
  const sources: RootSources = {
    storage: bare,
    indexes: new SealIndexes(bare),
    logFiles: {
      async *records(after: LogPosition, to: LogPosition) {
        yield* log.records.slice(Number(after - log.state.base), Number(to - log.state.base));
      },
      stateAt: async (position: LogPosition) => log.anchored.get(position) as LogState,
    },
  };
  if (log.kept !== undefined) yield* lowerFaults(sources, log, log.kept, isFaulty);
  let before: KeptTrees | undefined;
  for (const anchor of log.state.anchors) {
    const state = log.anchored.get(anchor.snapshotLogseq);
    if (state === undefined) continue;
    try {
      const named = yield* readManifest(bare, anchor, state, isFaulty);
      if (named !== undefined) yield* stateFaults(sources, named, state, log);
      const manifest = named?.manifest;
      const computed =
        before === undefined ? await builtTrees(sources, state) : await updatedTrees(sources, state, before);
      before = { ...computed, position: state.position };
      const error = wrongRoots(anchor, rootsOfTrees(computed.trees, manifest?.blind ?? NO_BLIND), manifest);
      if (error !== undefined) yield [log.nameOf(anchor.logseq), error];
    } catch (error) {
      // What keeps entries from being read was named with the object it is in.
      if (!isAslError(error)) throw error;
    }
  }
}

const NO_BLIND = new Uint8Array(32);

/** A manifest, and the object it is. */
interface NamedManifest {
  readonly name: string;
  readonly manifest: Manifest;
}

/** Reads the manifest of an anchor, and says what is wrong with it by itself, and what it names that is not there. */
async function* readManifest(
  storage: Storage,
  { manifestHash }: SnapshotAnchor,
  { domainId, position, recordHash, open }: SnapshotOf,
  isFaulty: (object: string) => boolean,
): AsyncGenerator<Fault, NamedManifest | undefined, undefined> {
  const found = yield* readHashed(storage, 'snapshots', manifestHash, isFaulty);
  if (found === undefined) return undefined;
  const { name, bytes } = found;
  let manifest: Manifest;
  try {
    manifest = decodeManifest(bytes, { snapshot: { domainId, position, recordHash, open } });
  } catch (error) {
    if (!isAslError(error)) throw error;
    yield [name, error];
    return undefined;
  }
  for (const { segmentId } of manifest.segments) yield* assertThere(storage, 'segments', segmentId);
  yield* assertThere(storage, 'policies', manifest.policyHash);
  return { name, manifest };
}

/** STX-MAN-11: checks a manifest against the state that replay gives; at the base of a cut log, against what was kept. */
async function* stateFaults(
  { storage, indexes }: RootSources,
  { name, manifest }: NamedManifest,
  state: LogState,
  { state: { base }, kept }: ReplayedLog,
): AsyncGenerator<Fault, void, undefined> {
  const lost =
    kept !== undefined && state.position === base ? lostOfManifest(manifest, kept.records) : undefined;
  if (lost !== undefined) yield [name, lost];
  const part = wrongPart(manifest, state) ?? (await wrongSegments(indexes, storage, manifest, state));
  if (part !== undefined) yield [name, wrongState(part, state.position)];
}

/**
 * Checks the anchors of positions below the base of a cut log: with what cuts kept the state is that of the manifest, as far as
 * it is there (LOG-RPL-13).
 */
async function* lowerFaults(
  sources: RootSources,
  { state: { domainId, open } }: ReplayedLog,
  { anchors, records }: Kept,
  isFaulty: (object: string) => boolean,
): AsyncGenerator<Fault, void, undefined> {
  const { storage } = sources;
  for (const { object, anchor, recordHash } of anchors) {
    if ((await lowestGeneration(storage, 'snapshots', anchor.manifestHash)) === undefined) continue;
    const snapshot = { domainId, position: anchor.snapshotLogseq, recordHash, open };
    const named = yield* readManifest(storage, anchor, snapshot, isFaulty);
    if (named === undefined) continue;
    const { name, manifest } = named;
    const lost = lostOfManifest(manifest, records);
    if (lost !== undefined) yield [name, lost];
    const state = await loadBase(storage, wholeTables(storage), anchor.manifestHash, snapshot);
    if (state === undefined) {
      // A table that is right by itself, and not that of the position.
      const policy = await lowestGeneration(storage, 'policies', manifest.policyHash);
      if (policy !== undefined && !isFaulty(policy)) yield [name, wrongState('policies', snapshot.position)];
      continue;
    }
    try {
      const { trees } = await builtTrees(sources, state);
      const error = wrongRoots(anchor, rootsOfTrees(trees, manifest.blind), manifest);
      if (error !== undefined) yield [object, error];
    } catch (error) {
      // What keeps entries from being read was named with the object it is in.
      if (!isAslError(error)) throw error;
    }
  }
}

function wrongState(part: string, position: LogPosition): AslError {
  return indexError('MANIFEST.STATE', `the ${part} are not those of position ${position}`, { part });
}

async function* readHashed(
  storage: Storage,
  kind: HashedKind,
  id: Uint8Array,
  isFaulty: (object: string) => boolean,
): AsyncGenerator<Fault, { name: string; bytes: Uint8Array } | undefined, undefined> {
  const name = await lowestGeneration(storage, kind, id);
  const bytes = name === undefined ? undefined : await readAll(storage, name);
  if (name === undefined || bytes === undefined) {
    yield [generationName(kind, id, 0n), missing(kind, id)];
    return undefined;
  }
  return isFaulty(name) ? undefined : { name, bytes };
}

async function* assertThere(
  storage: Storage,
  kind: HashedKind,
  id: Uint8Array,
): AsyncGenerator<Fault, void, undefined> {
  if ((await lowestGeneration(storage, kind, id)) === undefined)
    yield [generationName(kind, id, 0n), missing(kind, id)];
}

/** STX-MAN-11: the visible records of the manifest's segments are those of the state. */
async function wrongSegments(
  indexes: RootSources['indexes'],
  storage: Storage,
  manifest: Manifest,
  state: LogState,
): Promise<string | undefined> {
  const seals = [...state.seals].sort(compareSegments);
  const { segments } = manifest;
  const isSame =
    seals.length === segments.length &&
    seals.every((seal, at) => compareSegments(seal, segments[at] as ManifestSegment) === 0);
  if (isSame) return undefined;
  const given = stateAtManifest(manifest, state.policy, state.open);
  const [expected, got] = [
    openView(storage, indexes.of(state), state),
    openView(storage, indexes.of(given), given),
  ];
  try {
    const entries = got.entries()[Symbol.asyncIterator]();
    for await (const entry of expected.entries()) {
      const other = await entries.next();
      if (other.done || !isDeepStrictEqual(entry, other.value)) return 'segments';
    }
    return (await entries.next()).done ? undefined : 'segments';
  } catch (error) {
    // A segment that stands there beside the merged one which stands for it too.
    if (isAslError(error, 'IDX.DUPLICATE')) return 'segments';
    throw error;
  }
}

/** STX-MAN-11 */
function wrongPart(manifest: Manifest, state: LogState): string | undefined {
  const { types, anchored, policyHash } = manifest;
  if (types.join() !== state.types.join()) return 'types';
  if (anchored !== state.anchored) return 'earlier anchors';
  const policy = policyHashOf(encodePolicy(state.policy), hasher);
  return equalBytes(policy, policyHash) ? undefined : 'policies';
}

/** LOG-ACT-7; without a manifest that can be read, the blind is not known. */
function wrongRoots(
  anchor: SnapshotAnchor,
  roots: Pick<SnapshotAnchor, 'stateRoot' | 'publicRoot'>,
  manifest: Manifest | undefined,
): AslError | undefined {
  for (const root of ['publicRoot', 'stateRoot'] as const) {
    if (root === 'stateRoot' && manifest === undefined) continue;
    const [expected, got] = [formatHex(roots[root]), formatHex(anchor[root])];
    if (expected === got) continue;
    const message = `the anchor at ${anchor.logseq} has ${root} ${got}, position ${anchor.snapshotLogseq} has ${expected}`;
    return logError('LOG.ANCHOR.ROOT', message, { root, expected, got });
  }
  return undefined;
}

/** The same objects without what is derived, which stays in memory. */
function withoutDerived(storage: Storage): Storage {
  const derived = memoryStorage();
  const of = (name: string) => (name.startsWith(DERIVED_PREFIX) ? derived : storage);
  const { readSync } = storage;
  const derivedReadSync = derived.readSync;
  return {
    ...derived,
    createOnce: (name, parts) => of(name).createOnce(name, parts),
    read: (name, offset, length) => of(name).read(name, offset, length),
    ...(readSync &&
      derivedReadSync && {
        readSync: (name, offset, length) =>
          (name.startsWith(DERIVED_PREFIX) ? derivedReadSync : readSync)(name, offset, length),
      }),
    size: (name) => of(name).size(name),
    list: (prefix) => of(prefix).list(prefix),
    folders: (prefix) => of(prefix).folders(prefix),
  };
}
