/**
 * ASL/STORAGE/1: the embedded store, in memory or in a folder of the local file system.
 *
 * @module
 */

export type { Holder } from './claim.js';
export {
  type Diff,
  type DiffCause,
  type DiffSide,
  type Divergence,
  diffStates,
  type KeyDifference,
} from './diff.js';
export { STORE_ERRORS, type StoreErrorCode } from './errors.js';
export { fileSystemStorage } from './file-system.js';
export { nodeSha256Hasher } from './hasher.js';
export { type HeadMemory, headMemory, type SignedHead, signStoreHead } from './heads.js';
export { type InstallOptions, type InstallResult, installSnapshot } from './install.js';
export {
  type DomainKeys,
  makeKeys,
  publicKeyOf,
  readAuthorityKey,
  readSecret,
  recoveryKeyHashOf,
  signerOf,
  writeKeys,
} from './keys.js';
export type { TornTail } from './log-files.js';
export { memoryStorage } from './memory.js';
export type { Storage } from './port.js';
export type { SnapshotResult } from './snapshot.js';
export type { FileSource, PutSource } from './source.js';
export {
  DEFAULT_LIMITS,
  type InitOptions,
  initStore,
  type OpenOptions,
  openStore,
  type RootsOptions,
  type Store,
  type WriterOptions,
} from './store.js';
export type { TraceStep } from './trace.js';
export {
  type Finding,
  type VerifyOptions,
  type VerifyProgress,
  type VerifySummary,
  verifyStore,
} from './verify.js';
export type { ArtifactRecord, ArtifactStat, View } from './view.js';
export type { PutOptions, PutResult, RemoveResult, Writer, WriterLimits } from './writer.js';

/** The document and version this package implements. */
export const SPEC_VERSION = 'ASL/STORAGE/1@1';
