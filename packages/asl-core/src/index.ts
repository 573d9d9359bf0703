/**
 * ASL/1-CORE, version 1: artifacts, references, their canonical bytes, blocks and locations.
 *
 * @module
 */

export {
  type Artifact,
  decodeArtifact,
  encodeArtifact,
  encodeArtifactHead,
  type TypeTag,
} from './artifact.js';
export {
  type ArtifactLocation,
  assertLocation,
  BLOCK_LENGTH_MAX,
  type BlockId,
  blockIdOf,
  EMPTY_BLOCK_ID,
  EMPTY_LOCATION,
  type Extent,
  readLocation,
  verifyBlock,
} from './block.js';
export {
  asciiBytes,
  assertU32,
  assertU64,
  ByteReader,
  type Bytes,
  ByteWriter,
  compareBytes,
  concatBytes,
  copyBytes,
  type Endian,
  equalBytes,
  formatHex,
  parseHex,
  type TruncationError,
} from './bytes.js';
export {
  AslError,
  CORE_ERRORS,
  type CoreErrorCode,
  type ErrorDetails,
  type ErrorFamily,
  type ErrorMaker,
  type ErrorRow,
  errorMaker,
  isAslError,
  type JsonValue,
} from './errors.js';
export {
  blake3Hasher,
  DIGEST_LENGTH,
  HASH_BLAKE3,
  HASH_NAMES,
  HASH_SHA256,
  type Hasher,
  type HashId,
  type HashState,
  hasherFor,
  isHashId,
  sha256Hasher,
} from './hash.js';
export { merkleLeafHash, merkleNodeHash, merkleRoot } from './merkle-tree.js';
export {
  compareReferences,
  decodeReference,
  encodeReference,
  equalReferences,
  formatReference,
  parseReference,
  REFERENCE_LENGTH,
  type Reference,
  type ReferenceStream,
  referenceOf,
  startReference,
  verifyArtifact,
} from './reference.js';

/** The document and version this package implements. */
export const SPEC_VERSION = 'ASL/1-CORE@1';
