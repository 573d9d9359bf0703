import { compareReferences, isAslError, type Reference } from '@amduat/asl-core';
import {
  assertComplete,
  decodePayload,
  indexStateAt,
  type LogRecord,
  type LogState,
  type Seal,
} from '@amduat/asl-log';
import { equalIndexStates, type LogPosition, pathOf, type StateEntry } from '@amduat/asl-store-index';
import { readRecords } from '@amduat/enc-asl-core-index';
import { HashNodes } from './hash-nodes.js';
import {
  buildTrees,
  copyTree,
  type KeyLeaves,
  leavesOfEntry,
  TREE_KINDS,
  type Trees,
  updateTrees,
} from './hash-tree.js';
import type { LogFiles } from './log-files.js';
import { mapKeyOf } from './map-key.js';
import type { Storage } from './port.js';
import { keepRootFile, listRootFiles, openRootFile } from './root-file.js';
import type { SealIndex } from './seal-index.js';
import { openSealed } from './segment-reader.js';
import { type ArtifactStat, openView, type View } from './view.js';

/** The tries of a state, and what they are made of. */
export interface StateTrees {
  readonly trees: Trees;
  readonly nodes: HashNodes;
  /** Octets of the nodes when nothing in them was out of use. */
  readonly wholeLength: number;
}

/** What the tries of states are made from. */
export interface RootSources {
  readonly storage: Storage;
  readonly indexes: { of(state: LogState): SealIndex };
  readonly logFiles: Pick<LogFiles, 'records' | 'stateAt'>;
}

/** Keys that are looked up before the trees are changed. */
const KEYS_AT_ONCE = 2 ** 16;
const RECORDS_AT_ONCE = 4096;
/** Nodes are copied to new files when so many times as much is out of use, or in so many files. */
const WASTE_MAX = 4;
const FILES_MAX = 64;

/**
 * Computes the tries of a state: from those of the last state before it that are kept, or from all entries.
 *
 * @spec STX-ROOT-5, STO-ROOT-1, STO-ROOT-2
 * @throws AslError `LOG.PARTIAL` when the state is partial; the errors of lookups.
 */
export async function treesOf(sources: RootSources, state: LogState): Promise<StateTrees> {
  assertComplete(state);
  const kept = await keptBefore(sources.storage, state);
  if (kept === undefined) return await builtTrees(sources, state);
  try {
    return await updatedTrees(sources, state, kept);
  } catch (error) {
    // STO-ROOT-1: what is derived is missing or not what it was.
    if (!isAslError(error, 'STORE.CONFLICT')) throw error;
    return await builtTrees(sources, state);
  }
}

/**
 * Keeps the tries of a state.
 *
 * @returns the same, as they are kept.
 */
export async function keepTrees(
  storage: Storage,
  state: LogState,
  computed: StateTrees,
): Promise<StateTrees> {
  const { trees, nodes, wholeLength } = await withoutWaste(storage, computed);
  await nodes.keep(true);
  await keepRootFile(storage, { state: state.indexState, trees, files: nodes.files, wholeLength });
  return { trees, nodes, wholeLength };
}

/** What a state says of a key, as its tries have it. */
export function entryOf({
  reference,
  record,
  publication,
  tombstones,
}: ArtifactStat): StateEntry | undefined {
  if (record === undefined && publication === undefined && tombstones.length === 0) return undefined;
  return {
    key: reference,
    ...(record && { record }),
    ...(publication && { publication: publication.published ? 'published' : 'unpublished' }),
    tombstones,
  };
}

/** The tries of the state at a position. */
export interface KeptTrees extends StateTrees {
  readonly position: LogPosition;
}

async function keptBefore(storage: Storage, state: LogState): Promise<KeptTrees | undefined> {
  for (const position of (await listRootFiles(storage)).reverse()) {
    if (position > state.position || position < state.base) continue;
    const file = await openRootFile(storage, position);
    if (file === undefined || !equalIndexStates(file.state, indexStateAt(state, position))) continue;
    const { trees, files, wholeLength } = file;
    return { position, trees, nodes: new HashNodes(storage, files), wholeLength };
  }
  return undefined;
}

/** The tries of a state, from all of its entries. */
export async function builtTrees({ storage, indexes }: RootSources, state: LogState): Promise<StateTrees> {
  const nodes = new HashNodes(storage);
  const trees = await buildTrees(entriesOf(openView(storage, indexes.of(state), state)), nodes);
  return { trees, nodes, wholeLength: nodes.length };
}

/** The tries of a state, from those of one below it. */
export async function updatedTrees(
  sources: RootSources,
  state: LogState,
  kept: KeptTrees,
): Promise<StateTrees> {
  const view = openView(sources.storage, sources.indexes.of(state), state);
  let { trees } = kept;
  const { nodes, wholeLength } = kept;
  for await (const keys of changedKeys(sources, state, kept.position)) {
    const changed: KeyLeaves[] = [];
    for (const key of keys) {
      const entry = entryOf(await view.stat(key));
      changed.push(entry === undefined ? { path: pathOf(key) } : leavesOfEntry(entry, nodes.hasher));
    }
    trees = await updateTrees(trees, changed, nodes);
    await nodes.keep(false);
  }
  return { trees, nodes, wholeLength };
}

async function* entriesOf(view: View): AsyncGenerator<StateEntry, void, undefined> {
  for await (const stat of view.entries()) {
    const entry = entryOf(stat);
    if (entry !== undefined) yield entry;
  }
}

/** Every key of which the records after a position may say something else, in groups, each ascending. */
async function* changedKeys(
  sources: RootSources,
  state: LogState,
  after: bigint,
): AsyncGenerator<Reference[], void, undefined> {
  let keys = new Map<string, Reference>();
  for await (const key of touchedKeys(sources, state, after)) {
    keys.set(mapKeyOf(key), key);
    if (keys.size < KEYS_AT_ONCE) continue;
    yield [...keys.values()].sort(compareReferences);
    keys = new Map();
  }
  if (keys.size > 0) yield [...keys.values()].sort(compareReferences);
}

async function* touchedKeys(
  { storage, logFiles }: RootSources,
  state: LogState,
  after: bigint,
): AsyncGenerator<Reference, void, undefined> {
  for (const seal of state.seals) if (seal.logseq > after) yield* keysOfSegment(storage, seal);
  const before = await logFiles.stateAt(after);
  for await (const record of logFiles.records(after, state.position)) yield* keysOfRecord(record, before);
}

async function* keysOfSegment(
  storage: Storage,
  { segmentId }: Seal,
): AsyncGenerator<Reference, void, undefined> {
  const { segment, run } = await openSealed(storage, segmentId);
  const { recordCount } = segment.layout;
  for (let from = 0; from < recordCount; from += RECORDS_AT_ONCE) {
    const records = await run(readRecords(segment, from, Math.min(recordCount, from + RECORDS_AT_ONCE)));
    for (const { key } of records) yield key;
  }
}

function* keysOfRecord(
  { type, payload }: LogRecord,
  before: LogState,
): Generator<Reference, void, undefined> {
  const body = decodePayload(type, payload)?.body;
  if (body === undefined) return;
  if (body.type === 'tombstone') yield body.key;
  if (body.type === 'artifact-publish' || body.type === 'artifact-unpublish') yield* body.keys;
  // The key of a tombstone that was made after `before` was given with it.
  const lifted = body.type === 'tombstone-lift' ? before.policy.keyOfTombstone(body.tombstone) : undefined;
  if (lifted !== undefined) yield lifted;
}

async function withoutWaste(storage: Storage, computed: StateTrees): Promise<StateTrees> {
  const { trees, nodes, wholeLength } = computed;
  const isWasteful = nodes.length > WASTE_MAX * (wholeLength + 2 ** 16) || nodes.files.length > FILES_MAX;
  if (!isWasteful) return computed;
  const copies = new HashNodes(storage);
  const copied = { ...trees };
  for (const kind of TREE_KINDS) copied[kind] = await copyTree(trees[kind], nodes, copies);
  return { trees: copied, nodes: copies, wholeLength: copies.length };
}
