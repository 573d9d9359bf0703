import { type Hasher, sha256Hasher } from '@amduat/asl-core';
import {
  blindOf,
  compareSegments,
  type Manifest,
  type ManifestSegment,
  type PolicyTable,
  type StateRoots,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { assertSecret } from './append.js';
import type { SnapshotAnchor } from './payload.js';
import { assertComplete, type LogState, stateFrom } from './state.js';

/**
 * Writes down what a state says, by hashes.
 *
 * @spec STX-MAN-11, STX-ROOT-4, STX-ROOT-5, DOM-SEC-3
 * @param state - at a position of at least 1.
 * @param policyHash - of the policy table file of the state; borrowed.
 * @param secret - the log secret of a closed domain; an open one has none.
 * @param segments - that stand for the visible ones; the visible ones by default.
 * @returns the manifest.
 * @throws AslError `DOM.SECRET` without the log secret of a closed domain, `LOG.PARTIAL` when the state is partial.
 */
export function manifestOf(
  state: LogState,
  policyHash: Uint8Array,
  secret: Uint8Array | undefined,
  segments: readonly ManifestSegment[] = state.seals,
): Manifest {
  assertSecret(state.open, secret);
  assertComplete(state);
  return {
    position: state.position,
    blind: blindOf(state.open ? undefined : secret, state.position),
    domainId: state.domainId,
    recordHash: state.recordHash,
    policyHash,
    anchored: state.anchored,
    segments: [...segments].sort(compareSegments),
    types: state.types,
  };
}

/**
 * The state that a manifest gives: replay goes on from there.
 *
 * @spec STX-MAN-11, LOG-RPL-9
 * @param manifest - checked against the anchor that names it.
 * @param policy - the table it names.
 * @param open - as the genesis manifest says.
 */
export function stateAtManifest(manifest: Manifest, policy: PolicyTable, open: boolean): LogState {
  const { domainId, position, recordHash, anchored, types, segments } = manifest;
  return stateFrom({ domainId, open, position, recordHash, seals: segments, policy, anchored, types });
}

/** What an anchor says of a snapshot beside its position. */
export interface SnapshotHashes {
  readonly manifestHash: Uint8Array;
  readonly roots: Pick<StateRoots, 'stateRoot' | 'publicRoot'>;
}

/**
 * The body of the anchor that names a snapshot.
 *
 * @spec LOG-ACT-5, LOG-ACT-6
 * @param state - after which the anchor is to be appended; at or above the position of the manifest.
 * @param manifest - of the snapshot.
 * @param hashes - of the manifest's octets, and the roots of the snapshot; borrowed.
 * @param hasher - a SHA-256.
 */
export function anchorOf(
  state: LogState,
  manifest: Manifest,
  { manifestHash, roots }: SnapshotHashes,
  hasher: Hasher = sha256Hasher,
): SnapshotAnchor {
  const { domainId, position, recordHash } = manifest;
  return {
    type: 'snapshot-anchor',
    snapshotId: snapshotIdOf(domainId, position, recordHash, hasher),
    snapshotLogseq: position,
    stateRoot: roots.stateRoot,
    publicRoot: roots.publicRoot,
    manifestHash,
    logseq: state.position + 1n,
  };
}
