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
  STORE_INDEX_ERRORS,
} from '@amduat/asl-store-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { memoryStorage } from './memory.js';
import { generationName, type HashedKind } from './names.js';
import { lowestGeneration, missing, readAll } from './objects.js';
import { DERIVED_PREFIX, type Storage } from './port.js';
import { builtTrees, type KeptTrees, updatedTrees } from './roots.js';
import { SealIndexes } from './seal-indexes.js';
import { rootsOfTrees } from './snapshot.js';
import { openView } from './view.js';

const logError = errorMaker(LOG_ERRORS);
const indexError = errorMaker(STORE_INDEX_ERRORS);

/** A log that was replayed. */
export interface ReplayedLog {
  readonly state: LogState;
  readonly records: readonly LogRecord[];
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
 * @spec STX-MAN-10, STX-MAN-11, LOG-ACT-7, STO-VFY-5, STO-SNP-4
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
  const sources = {
    storage: bare,
    indexes: new SealIndexes(bare),
    logFiles: {
      async *records(after: LogPosition, to: LogPosition) {
        yield* log.records.slice(Number(after - log.state.base), Number(to - log.state.base));
      },
      stateAt: async (position: LogPosition) => log.anchored.get(position) as LogState,
    },
  };
  let before: KeptTrees | undefined;
  for (const anchor of log.state.anchors) {
    const state = log.anchored.get(anchor.snapshotLogseq);
    if (state === undefined) continue;
    try {
      const manifest = yield* readManifest(bare, anchor, state, sources.indexes, isFaulty);
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

/** Reads the manifest of an anchor, and says what is wrong with it. */
async function* readManifest(
  storage: Storage,
  anchor: SnapshotAnchor,
  state: LogState,
  indexes: SealIndexes,
  isFaulty: (object: string) => boolean,
): AsyncGenerator<Fault, Manifest | undefined, undefined> {
  const { domainId, position, recordHash, open } = state;
  const found = yield* readHashed(storage, 'snapshots', anchor.manifestHash, isFaulty);
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
  const part = wrongPart(manifest, state) ?? (await wrongSegments(indexes, storage, manifest, state));
  if (part !== undefined) {
    yield [name, indexError('MANIFEST.STATE', `the ${part} are not those of position ${position}`, { part })];
  }
  yield* assertThere(storage, 'policies', manifest.policyHash);
  return manifest;
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
  indexes: SealIndexes,
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
