/**
 * ASL/DOMAIN/1, ASL/LOG/1 and ASL/CHECKPOINT/1, version 1: genesis manifests, records, log files, replay, append, leaves,
 * signed heads, inclusion, consistency, tiles.
 *
 * @module
 */

export { type Appended, appendRecord } from './append.js';
export {
  DOMAIN_ERRORS,
  type DomainErrorCode,
  HEAD_ERRORS,
  type HeadErrorCode,
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
export {
  decodeHead,
  encodeHead,
  type Head,
  type HeadExpectation,
  openHead,
  originOf,
  signatureCount,
  signHead,
} from './head.js';
export { decodeHeader, encodeHeader, type LogHeader, type LogReadOptions } from './header.js';
export {
  FRAME_RECORDS_LENGTH_MAX,
  HEADER_LENGTH,
  PAYLOAD_LENGTH_MAX,
  RECORD_OVERHEAD,
} from './limits.js';
export { formatKey, type NamedKey, parseKey } from './note.js';
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
export { applyRecord, type ReplayStep, replay, replaySteps } from './replay.js';
export {
  assertClean,
  type FrameScan,
  type LogEnd,
  type LogFrame,
  type LogScan,
  scanFrames,
  scanLog,
} from './scan.js';
export { ed25519Signer, type NoteSigner } from './signature.js';
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
export { encodeState } from './state-dump.js';
export { type Tile, tileName, tilesOf } from './tile.js';
export { leafData } from './tree.js';
export {
  assertConsistency,
  assertInclusion,
  consistencyRanges,
  inclusionRanges,
  type LeafPlace,
  type LeafRange,
  type TreeHead,
} from './tree-proof.js';

/** The documents and versions this package implements. */
export const SPEC_VERSIONS: readonly string[] = ['ASL/DOMAIN/1@1', 'ASL/LOG/1@1', 'ASL/CHECKPOINT/1@1'];
