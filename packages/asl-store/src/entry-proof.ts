import { decodeReference, equalReferences, type Reference } from '@amduat/asl-core';
import type { LogState } from '@amduat/asl-log';
import { bitAt, descend, type EntryProof, pathOf, type StateEntry } from '@amduat/asl-store-index';
import { type HashNodes, hasFew, type KeptSubtree } from './hash-nodes.js';
import type { TreeKind } from './hash-tree.js';
import { entryOf, type RootSources, treesOf } from './roots.js';
import { openView } from './view.js';

/**
 * Proves what entry a key has at a state, or that it has none.
 *
 * @spec STX-PRF-6
 * @param kind - `state`: against the root below StateRoot; `public`: against PublicRoot.
 * @remarks Reads about log₂ n subtrees and one or two records, where the hashes of the state are kept.
 */
export async function proveStoredEntry(
  sources: RootSources,
  state: LogState,
  kind: Exclude<TreeKind, 'content'>,
  key: Reference,
): Promise<EntryProof<StateEntry>> {
  const { trees, nodes } = await treesOf(sources, state);
  const siblings: Uint8Array[] = [];
  const end = await descendKept(trees[kind], nodes, pathOf(key), siblings);
  if (end === undefined) return { siblings };
  const found = decodeReference(end);
  const view = openView(sources.storage, sources.indexes.of(state), state);
  const entry = entryOf(await view.stat(equalReferences(found, key) ? key : found));
  return { siblings, ...(entry && { entry }) };
}

/** Goes down the path of a key; gives the path of the entry at its end, if there is one. */
async function descendKept(
  root: KeptSubtree,
  nodes: HashNodes,
  path: Uint8Array,
  siblings: Uint8Array[],
): Promise<Uint8Array | undefined> {
  let subtree = root;
  let depth = 0;
  for (; !hasFew(subtree); depth++) {
    const { left, right } = await nodes.halves(subtree);
    const isRight = bitAt(path, depth) === 1;
    siblings.push((isRight ? left : right).hash);
    subtree = isRight ? right : left;
  }
  const leaves = await nodes.leaves(subtree, depth);
  return descend(leaves, path, depth, siblings, nodes.hasher)?.path;
}
