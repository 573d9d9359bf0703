/**
 * ASL/1-CORE-INDEX and ASL/STORE-INDEX/1, version 1: index records and lookup, positions and states, policy and
 * verdicts, the open segment, packing, roots and their proofs, snapshots, and the two models.
 *
 * @module
 */

export { ContentIndexModel, type ContentSnapshot } from './content-index-model.js';
export {
  type ContentEntry,
  contentEntries,
  contentEntryOf,
  decodeEntry,
  type EntryCodec,
  type EntryRecord,
  isPublished,
  type StateEntry,
  stateEntries,
  stateEntryOf,
} from './entry.js';
export {
  decodeEntryProof,
  descend,
  type EntryProof,
  encodeEntryProof,
  entryProofRoot,
  proveEntry,
  readEntryProof,
  verifyEntry,
} from './entry-proof.js';
export {
  bitAt,
  EMPTY_SUBTREE,
  joinSubtrees,
  type Leaf,
  leafOf,
  pathOf,
  type Subtree,
  subtreeOf,
  TrieBuilder,
} from './entry-trie.js';
export { STORE_INDEX_ERRORS, type StoreIndexErrorCode } from './errors.js';
export { type Candidate, decidingCandidate, effectiveLogseq, visibleCandidate } from './lookup.js';
export {
  compareSegments,
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestReadOptions,
  type ManifestSegment,
  manifestHashOf,
  type SnapshotOf,
} from './manifest.js';
export { assertPut, assertRemoval, describesSame } from './open-segment.js';
export {
  DEFAULT_PACKING,
  locationOf,
  type Packing,
  type PackingLimits,
  type Placement,
  type SealedBlock,
  SLICES_MAX,
  startPacking,
} from './packing.js';
export {
  applyPolicy,
  EMPTY_POLICY,
  type PolicyChange,
  type PolicyRow,
  type PolicyTable,
  type Publication,
  policyOf,
} from './policy.js';
export {
  decodePolicy,
  encodePolicy,
  type PolicyReadOptions,
  policyHashOf,
} from './policy-file.js';
export { PolicyModel } from './policy-model.js';
export { openPolicyTable, type PolicyParts } from './policy-pages.js';
export {
  type DomainId,
  type IndexRecord,
  type LogPosition,
  type LogSeq,
  recordLength,
  sortRecords,
  type Visibility,
  ZERO_DOMAIN,
} from './record.js';
export { blindOf, entryRoot, rootsOf, type StateRoots, stateRootOf } from './roots.js';
export {
  equalIndexStates,
  formatIndexState,
  type IndexState,
  parseIndexState,
  snapshotIdOf,
} from './state.js';
export { type Verdict, verdictOf } from './verdict.js';

/** The documents and versions this package implements. */
export const SPEC_VERSIONS: readonly string[] = ['ASL/1-CORE-INDEX@1', 'ASL/STORE-INDEX/1@1'];
