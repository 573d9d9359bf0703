/**
 * ASL/1-CORE-INDEX and ASL/STORE-INDEX/1, version 1: index records and lookup, positions and states, policy and
 * verdicts, the open segment, packing, and the two models.
 *
 * @module
 */

export { ContentIndexModel, type ContentSnapshot } from './content-index-model.js';
export { STORE_INDEX_ERRORS, type StoreIndexErrorCode } from './errors.js';
export { type Candidate, decidingCandidate, effectiveLogseq, visibleCandidate } from './lookup.js';
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
export { PolicyModel } from './policy-model.js';
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
