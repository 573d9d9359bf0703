/**
 * ASL/DOMAIN/1 and ASL/LOG/1, version 1: genesis manifests, records, log files, replay, append, leaves.
 *
 * @module
 */

export { type Appended, appendRecord } from './append.js';
export {
  DOMAIN_ERRORS,
  type DomainErrorCode,
  LOG_ERRORS,
  type LogErrorCode,
} from './errors.js';
export { encodeFrame, encodeRecord } from './frame.js';
export {
  assertDomain,
  decodeGenesis,
  domainIdOf,
  encodeGenesis,
  type GenesisManifest,
} from './genesis.js';
export { decodeHeader, encodeHeader, type LogHeader, type LogReadOptions } from './header.js';
export {
  FRAME_RECORDS_LENGTH_MAX,
  HEADER_LENGTH,
  PAYLOAD_LENGTH_MAX,
  RECORD_OVERHEAD,
} from './limits.js';
export {
  type ArtifactPublication,
  type AuthorityRotate,
  decodePayload,
  encodePayload,
  type Payload,
  RECORD_TYPES,
  type RecordBody,
  type SegmentSeal,
  type SnapshotAnchor,
  type Tombstone,
  type TombstoneLift,
} from './payload.js';
export { assertChain, type LogRecord, recordHashOf } from './record.js';
export { applyRecord, replay } from './replay.js';
export {
  assertClean,
  type FrameScan,
  type LogEnd,
  type LogFrame,
  type LogScan,
  scanFrames,
  scanLog,
} from './scan.js';
export { anchorOf, manifestOf, type SnapshotHashes, stateAtManifest } from './snapshot.js';
export {
  assertComplete,
  equalStates,
  genesisState,
  indexStateAt,
  type LogBase,
  type LogState,
  type Seal,
  stateAtBase,
  stateFrom,
} from './state.js';
export { leafData } from './tree.js';

/** The documents and versions this package implements. */
export const SPEC_VERSIONS: readonly string[] = ['ASL/DOMAIN/1@1', 'ASL/LOG/1@1'];
