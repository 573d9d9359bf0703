/**
 * ASL/PROOF/1, version 1: proof files and their checker.
 *
 * @module
 */

export {
  type CheckOptions,
  checkProof,
  PROOF_LINKS,
  type ProofLink,
  type ProofReport,
  type ProvenEntry,
} from './check.js';
export { type Claim, claimsOf } from './claims.js';
export { PROOF_ERRORS, type ProofErrorCode } from './errors.js';
export { encodeProof, type ProofParts } from './file.js';

/** The document and version this package implements. */
export const SPEC_VERSION = 'ASL/PROOF/1@1';
