import type { Bytes } from '@amduat/asl-core';
import { type LogState, manifestOf, type SnapshotAnchor } from '@amduat/asl-log';
import {
  encodeManifest,
  encodePolicy,
  type IndexState,
  type LogSeq,
  type Manifest,
  manifestHashOf,
  type StateRoots,
  stateRootOf,
} from '@amduat/asl-store-index';
import { pageHashesOf } from '@amduat/enc-asl-core-index';
import { segmentsOfSnapshot } from './compact.js';
import type { Trees } from './hash-tree.js';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { createHashed } from './objects.js';
import { keepPageTree, pageTreeOf } from './page-tree.js';
import { WHOLE_MAX } from './policy-tables.js';
import { keepTrees, type RootSources, treesOf } from './roots.js';

/** A snapshot, and the anchor that names it. */
export interface SnapshotResult {
  /** The state it is of. */
  readonly state: IndexState;
  /** Logseq of the anchor. */
  readonly anchor: LogSeq;
  readonly manifestHash: Bytes;
  readonly roots: StateRoots;
  /** Whether an anchor was added; false if nothing but anchors came since the last one. */
  readonly added: boolean;
}

/** A snapshot whose objects are durable. */
export interface Snapshot {
  readonly manifest: Manifest;
  readonly manifestHash: Bytes;
  readonly roots: StateRoots;
}

/**
 * Makes the objects of a snapshot durable, the policy table before the manifest that names it.
 *
 * @spec STO-SNP-1, STO-SNP-2, STO-SNP-4
 * @param state - durable, at a position of at least 1.
 * @param secret - the log secret of a closed domain.
 */
export async function storeSnapshot(
  sources: RootSources,
  state: LogState,
  secret: Uint8Array | undefined,
): Promise<Snapshot> {
  const { storage } = sources;
  const { trees } = await keepTrees(storage, state, await treesOf(sources, state));
  const policy = encodePolicy(state.policy);
  const pages = pageTreeOf(pageHashesOf(policy, hasher));
  const policyHash = pages.hash;
  const manifest = manifestOf(state, policyHash, secret, await segmentsOfSnapshot(storage, state));
  const encoded = encodeManifest(manifest);
  const manifestHash = manifestHashOf(encoded, hasher);
  await createHashed(storage, 'policies', policyHash, policy);
  await createHashed(storage, 'snapshots', manifestHash, encoded);
  if (policy.length > WHOLE_MAX) await keepPageTree(storage, pages);
  return { manifest, manifestHash, roots: rootsOfTrees(trees, manifest.blind) };
}

/** The roots of a state from its tries. */
export function rootsOfTrees(trees: Trees, blind: Uint8Array): StateRoots {
  return {
    stateRoot: stateRootOf(blind, trees.state.hash, hasher),
    publicRoot: trees.public.hash,
    contentRoot: trees.content.hash,
  };
}

/**
 * The last anchor, if nothing but anchors came since the position it names.
 *
 * @spec STO-SNP-3
 */
export function anchorOfNow(state: LogState): SnapshotAnchor | undefined {
  const last = state.anchors.at(-1);
  if (last === undefined) return undefined;
  const since = state.anchors.filter(({ logseq }) => logseq > last.snapshotLogseq).length;
  return BigInt(since) === state.position - last.snapshotLogseq ? last : undefined;
}
