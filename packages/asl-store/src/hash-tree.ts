import { setImmediate as pause } from 'node:timers/promises';
import { compareBytes, type Hasher } from '@amduat/asl-core';
import {
  bitAt,
  contentEntries,
  contentEntryOf,
  isPublished,
  type Leaf,
  leafOf,
  type StateEntry,
  stateEntries,
  TrieBuilder,
} from '@amduat/asl-store-index';
import { EMPTY_KEPT, type HashNodes, hasFew, type KeptSubtree } from './hash-nodes.js';

/** The tries of a state (STX-ROOT-1, STX-ROOT-2, STX-ROOT-3). */
export const TREE_KINDS = ['state', 'public', 'content'] as const;
export type TreeKind = (typeof TREE_KINDS)[number];
export type Trees = Readonly<Record<TreeKind, KeptSubtree>>;

/** What a state has of a key in each of its tries; nothing where it has no entry there. */
export interface KeyLeaves extends Partial<Readonly<Record<TreeKind, Leaf>>> {
  readonly path: Uint8Array;
}

/** After so many entries other work gets its turn. */
const ENTRIES_AT_ONCE = 1024;

/** The leaves of an entry in the tries of its state. */
export function leavesOfEntry(entry: StateEntry, hasher: Hasher): KeyLeaves {
  const state = leafOf(stateEntries.encode(entry), hasher);
  const content = contentEntryOf(entry);
  return {
    path: state.path,
    state,
    ...(isPublished(entry) && { public: state }),
    ...(content && { content: leafOf(contentEntries.encode(content), hasher) }),
  };
}

/**
 * Makes the trees of a state from all of its entries.
 *
 * @spec STX-TRIE-1, STX-ROOT-1, STX-ROOT-2, STX-ROOT-3, STO-ROOT-1
 * @param entries - in ascending order of their keys.
 */
export async function buildTrees(entries: AsyncIterable<StateEntry>, nodes: HashNodes): Promise<Trees> {
  const builders = { state: builderOver(nodes), public: builderOver(nodes), content: builderOver(nodes) };
  let count = 0;
  for await (const entry of entries) {
    const leaves = leavesOfEntry(entry, nodes.hasher);
    for (const kind of TREE_KINDS) {
      const leaf = leaves[kind];
      if (leaf !== undefined) builders[kind].add(leaf);
    }
    if (++count % ENTRIES_AT_ONCE === 0) {
      await nodes.keep(false);
      await pause();
    }
  }
  return {
    state: nodes.placed(builders.state.finish()),
    public: nodes.placed(builders.public.finish()),
    content: nodes.placed(builders.content.finish()),
  };
}

/**
 * Makes the trees of a state from those of another one.
 *
 * @spec STO-ROOT-1, STO-ROOT-2
 * @param before - of the other state.
 * @param changed - every key of which the two may say different things, with what this state says; ascending, each once.
 */
export async function updateTrees(
  before: Trees,
  changed: readonly KeyLeaves[],
  nodes: HashNodes,
): Promise<Trees> {
  const trees: Record<TreeKind, KeptSubtree> = { ...before };
  for (const kind of TREE_KINDS)
    trees[kind] = nodes.placed(await updateTree(before[kind], kind, changed, nodes, 0));
  return trees;
}

/** The tree with the leaves of the changed keys in the place of those that it has. */
async function updateTree(
  before: KeptSubtree,
  kind: TreeKind,
  changed: readonly KeyLeaves[],
  nodes: HashNodes,
  depth: number,
): Promise<KeptSubtree> {
  if (changed.length === 0) return before;
  if (hasFew(before)) {
    const leaves = replaceLeaves(await nodes.leaves(before, depth), kind, changed);
    return treeOf(leaves, nodes, depth);
  }
  const halves = await nodes.halves(before);
  const middle = middleOf(changed, depth);
  const left = await updateTree(halves.left, kind, changed.slice(0, middle), nodes, depth + 1);
  const right = await updateTree(halves.right, kind, changed.slice(middle), nodes, depth + 1);
  if (!hasFew({ ...left, count: left.count + right.count })) return nodes.join(left, right);
  return treeOf(
    [...(await nodes.leaves(left, depth + 1)), ...(await nodes.leaves(right, depth + 1))],
    nodes,
    depth,
  );
}

/** How many of the keys have the bit 0 at a depth that is the first in which they differ. */
function middleOf(changed: readonly KeyLeaves[], depth: number): number {
  let [low, high] = [0, changed.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bitAt((changed[middle] as KeyLeaves).path, depth) === 1) high = middle;
    else low = middle + 1;
  }
  return low;
}

function replaceLeaves(leaves: readonly Leaf[], kind: TreeKind, changed: readonly KeyLeaves[]): Leaf[] {
  const replaced: Leaf[] = [];
  let at = 0;
  for (const key of changed) {
    for (; at < leaves.length && compareBytes((leaves[at] as Leaf).path, key.path) < 0; at++)
      replaced.push(leaves[at] as Leaf);
    if (at < leaves.length && compareBytes((leaves[at] as Leaf).path, key.path) === 0) at++;
    const leaf = key[kind];
    if (leaf !== undefined) replaced.push(leaf);
  }
  return [...replaced, ...leaves.slice(at)];
}

function treeOf(leaves: Iterable<Leaf>, nodes: HashNodes, depth: number): KeptSubtree {
  const builder = builderOver(nodes);
  for (const leaf of leaves) builder.add(leaf);
  return builder.finish(depth);
}

function builderOver(nodes: HashNodes): TrieBuilder<KeptSubtree> {
  return new TrieBuilder<KeptSubtree>(
    EMPTY_KEPT,
    (leaf) => nodes.leaf(leaf),
    (left, right) => nodes.join(left, right),
  );
}

/** Copies a tree from some nodes to others, which have nothing else. */
export async function copyTree(
  tree: KeptSubtree,
  from: HashNodes,
  to: HashNodes,
  depth = 0,
): Promise<KeptSubtree> {
  if (hasFew(tree)) {
    const leaves = await from.leaves(tree, depth);
    return to.placed({ ...tree, place: 0, leaves });
  }
  const { left, right } = await from.halves(tree);
  const copies = [
    await copyTree(left, from, to, depth + 1),
    await copyTree(right, from, to, depth + 1),
  ] as const;
  await to.keep(false);
  return to.join(...copies);
}
