import { assertU32, assertU64, ByteReader, type Bytes, ByteWriter, concatBytes } from './bytes.js';
import { type AslError, coreError } from './errors.js';

/** A type tag: any u32, zero included (CORE-ART-2). */
export type TypeTag = number;

/**
 * A sequence of bytes and an optional type tag (CORE-ART-1). No tag and the tag zero are two different artifacts
 * (CORE-ART-3). Whoever holds one does not write to its bytes (CORE-ART-4).
 */
export interface Artifact {
  readonly bytes: Uint8Array;
  readonly typeTag?: TypeTag;
}

/**
 * Encodes what stands before an artifact's bytes, so that bytes in pieces can be hashed without being joined.
 *
 * @spec CORE-ENC-1
 * @param length - octets of the artifact, 0 to 2^64 − 1.
 * @param typeTag - u32, or undefined for none.
 * @returns 9 octets without a tag, 13 with one; owned.
 * @throws RangeError when `length` is not a u64 or `typeTag` not a u32.
 */
export function encodeArtifactHead(length: bigint, typeTag?: TypeTag): Bytes {
  assertU64(length, 'length');
  if (typeTag === undefined) return new ByteWriter(9).u8(0).u64(length, 'big').finish();
  assertU32(typeTag, 'typeTag');
  return new ByteWriter(13).u8(1).u32(typeTag, 'big').u64(length, 'big').finish();
}

/**
 * Encodes an artifact canonically: the bytes that are hashed to name it.
 *
 * @spec CORE-ENC-1, CORE-ART-1, CORE-ART-3
 * @param artifact - borrowed.
 * @returns 9 or 13 octets more than the artifact has; big-endian; owned.
 * @throws RangeError when the tag is not a u32.
 * @remarks Pure; O(n). decodeArtifact(encodeArtifact(a)) equals a.
 * @example
 * import { encodeArtifact, formatHex } from '@amduat/asl-core';
 * const bytes = new TextEncoder().encode('hello');
 * if (formatHex(encodeArtifact({ bytes })) !== '00000000000000000568656c6c6f') throw new Error();
 */
export function encodeArtifact(artifact: Artifact): Bytes {
  return concatBytes([encodeArtifactHead(BigInt(artifact.bytes.length), artifact.typeTag), artifact.bytes]);
}

/**
 * Decodes the canonical encoding of one artifact, strictly.
 *
 * @spec CORE-ENC-2, CORE-ENC-3, CORE-ENC-4, CORE-ENC-5, CORE-ENC-6
 * @param encoded - the whole encoding and nothing else; borrowed.
 * @returns the artifact; its bytes are owned.
 * @throws AslError `CORE.TRUNCATED` when the input ends inside a field or `length` exceeds what is left.
 * @throws AslError `CORE.ARTIFACT.FLAG` when `has_type_tag` is neither 0 nor 1.
 * @throws AslError `CORE.TRAILING` when bytes follow.
 * @remarks Pure; O(n). encodeArtifact(decodeArtifact(b)) equals b for every b it accepts.
 */
export function decodeArtifact(encoded: Uint8Array): Artifact {
  const reader = new ByteReader(encoded, truncated);
  const flag = reader.u8();
  if (flag > 1) {
    throw coreError('CORE.ARTIFACT.FLAG', `has_type_tag is ${flag} at offset 0`, {
      offset: 0,
      expected: [0, 1],
      got: flag,
    });
  }
  const typeTag = flag === 1 ? reader.u32('big') : undefined;
  const length = reader.u64('big');
  const bytes = reader.bytes(length);
  if (reader.remaining > 0) throw trailing(reader.offset, reader.remaining);
  return typeTag === undefined ? { bytes } : { bytes, typeTag };
}

function truncated(offset: number, expected: number | bigint, got: number): AslError {
  const message = `${expected} octets expected at offset ${offset}, ${got} left`;
  return coreError('CORE.TRUNCATED', message, { offset, expected: expected.toString(), got });
}

function trailing(offset: number, got: number): AslError {
  return coreError('CORE.TRAILING', `${got} octets follow the encoding at offset ${offset}`, {
    offset,
    expected: 0,
    got,
  });
}
