import { type Artifact, encodeArtifactHead, type TypeTag } from './artifact.js';
import { type Bytes, compareBytes, copyBytes, equalBytes, formatHex, parseHex } from './bytes.js';
import { coreError } from './errors.js';
import {
  DIGEST_LENGTH,
  HASH_NAMES,
  type Hasher,
  type HashId,
  hasherFor,
  isHashId,
  sha256Hasher,
  unknownHashId,
} from './hash.js';

/** Octets of a reference in binary form. */
export const REFERENCE_LENGTH: number = 2 + DIGEST_LENGTH;

/** The key of an artifact: which hash function, and 32 octets of digest. Nobody writes to the digest. */
export interface Reference {
  readonly hashId: HashId;
  readonly digest: Uint8Array;
}

/**
 * Names an artifact.
 *
 * @spec CORE-REF-1, CORE-HASH-1
 * @param artifact - borrowed.
 * @param hasher - SHA-256 by default.
 * @returns the reference; owned.
 * @remarks Pure; one pass over the bytes, which are not copied.
 * @example
 * import { formatReference, referenceOf } from '@amduat/asl-core';
 * const reference = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * const text = 'asl:sha256:1f1d4ea728bc4c10bbc8211c7644aa950b6296c9b3e70d263e4ae6fc83e895e4';
 * if (formatReference(reference) !== text) throw new Error();
 */
export function referenceOf(artifact: Artifact, hasher: Hasher = sha256Hasher): Reference {
  const head = encodeArtifactHead(BigInt(artifact.bytes.length), artifact.typeTag);
  return { hashId: hasher.hashId, digest: hasher.digest([head, artifact.bytes]) };
}

/** Takes an artifact's bytes in pieces and names it at the end. */
export interface ReferenceStream {
  /** Takes the next octets; borrowed until the call returns. Throws `CORE.STREAM.LENGTH` as soon as there are too many. */
  update(bytes: Uint8Array): void;
  /** The reference; throws `CORE.STREAM.LENGTH` when octets are missing. */
  finish(): Reference;
}

/**
 * Names an artifact whose bytes come in pieces and whose length is known.
 *
 * @spec CORE-ENC-7, CORE-ENC-8
 * @param length - octets that will come, 0 to 2^64 − 1.
 * @param typeTag - u32, or undefined for none.
 * @param hasher - SHA-256 by default.
 * @returns a stream that holds none of the bytes. After a refusal it gives out no reference.
 * @example
 * import { formatReference, referenceOf, startReference } from '@amduat/asl-core';
 * const stream = startReference(5n);
 * stream.update(new TextEncoder().encode('he'));
 * stream.update(new TextEncoder().encode('llo'));
 * const whole = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * if (formatReference(stream.finish()) !== formatReference(whole)) throw new Error();
 */
export function startReference(
  length: bigint,
  typeTag?: TypeTag,
  hasher: Hasher = sha256Hasher,
): ReferenceStream {
  const state = hasher.start();
  state.update(encodeArtifactHead(length, typeTag));
  let got = 0n;
  const refuse = () =>
    coreError(
      'CORE.STREAM.LENGTH',
      `the stream was said to have ${length} octets, it has ${got > length ? 'more' : got}`,
      {
        expected: length.toString(),
        got: got.toString(),
      },
    );
  return {
    update(bytes) {
      got += BigInt(bytes.length);
      if (got > length) throw refuse();
      state.update(bytes);
    },
    finish() {
      if (got !== length) throw refuse();
      return { hashId: hasher.hashId, digest: state.finish() };
    },
  };
}

/**
 * Encodes a reference in binary form.
 *
 * @spec CORE-REF-2
 * @returns 34 octets: `hash_id` big-endian, then the digest; owned.
 */
export function encodeReference(reference: Reference): Bytes {
  const bytes = new Uint8Array(REFERENCE_LENGTH);
  bytes[0] = reference.hashId >> 8;
  bytes[1] = reference.hashId & 0xff;
  bytes.set(reference.digest, 2);
  return bytes;
}

/**
 * Decodes the binary form of a reference.
 *
 * @spec CORE-REF-3, CORE-HASH-3
 * @param bytes - 34 octets; borrowed.
 * @returns the reference; its digest is owned.
 * @throws AslError `CORE.REFERENCE.LENGTH` when there are more or fewer than 34 octets.
 * @throws AslError `CORE.HASH_ID` when the `hash_id` is not registered.
 */
export function decodeReference(bytes: Uint8Array): Reference {
  if (bytes.length !== REFERENCE_LENGTH) {
    throw coreError(
      'CORE.REFERENCE.LENGTH',
      `a reference has ${REFERENCE_LENGTH} octets, got ${bytes.length}`,
      {
        expected: REFERENCE_LENGTH,
        got: bytes.length,
      },
    );
  }
  const hashId = ((bytes[0] as number) << 8) | (bytes[1] as number);
  if (!isHashId(hashId)) throw unknownHashId(hashId);
  return { hashId, digest: copyBytes(bytes.subarray(2)) };
}

/**
 * Writes a reference as text.
 *
 * @spec CORE-REF-4
 * @returns `asl:sha256:` or `asl:blake3:` and 64 lower-case hexadecimal digits.
 */
export function formatReference(reference: Reference): string {
  return `asl:${HASH_NAMES.get(reference.hashId)}:${formatHex(reference.digest)}`;
}

/**
 * Reads the text form of a reference, strictly.
 *
 * @spec CORE-REF-5, CORE-REF-6, CORE-REF-7, CORE-REF-8
 * @param text - the whole text and nothing else.
 * @returns the reference; owned.
 * @throws AslError `CORE.TEXT.SCHEME`, `CORE.TEXT.HASH` or `CORE.TEXT.DIGEST`, in this order of checks.
 * @remarks formatReference(parseReference(t)) equals t for every t it accepts.
 */
export function parseReference(text: string): Reference {
  if (!text.startsWith('asl:')) {
    throw coreError('CORE.TEXT.SCHEME', 'a reference begins with "asl:"', {
      offset: 0,
      expected: 'asl:',
      got: text.slice(0, 4),
    });
  }
  const colon = text.indexOf(':', 4);
  const name = text.slice(4, colon < 0 ? undefined : colon);
  const hashId = hashIdNamed(name);
  if (hashId === undefined) {
    const expected = [...HASH_NAMES.values()];
    throw coreError('CORE.TEXT.HASH', `"${name.slice(0, 32)}" is not a hash function of the registry`, {
      offset: 4,
      expected,
      got: name.slice(0, 32),
    });
  }
  const digits = colon < 0 ? '' : text.slice(colon + 1);
  const digest = digits.length === 2 * DIGEST_LENGTH ? parseHex(digits) : undefined;
  if (digest === undefined) {
    throw coreError('CORE.TEXT.DIGEST', 'a digest is 64 lower-case hexadecimal digits', {
      offset: colon < 0 ? text.length : colon + 1,
      expected: 2 * DIGEST_LENGTH,
      got: digits.length,
    });
  }
  return { hashId, digest };
}

function hashIdNamed(name: string): HashId | undefined {
  for (const [hashId, registered] of HASH_NAMES) if (registered === name) return hashId;
  return undefined;
}

/**
 * Tells whether two references are the same name: all 34 octets.
 *
 * @spec CORE-REF-9, CORE-HASH-5
 */
export function equalReferences(left: Reference, right: Reference): boolean {
  return left.hashId === right.hashId && equalBytes(left.digest, right.digest);
}

/**
 * Orders references by their 34 octets.
 *
 * @spec CORE-REF-10
 * @returns −1, 0 or 1; fit for `Array.prototype.sort`.
 */
export function compareReferences(left: Reference, right: Reference): -1 | 0 | 1 {
  if (left.hashId !== right.hashId) return left.hashId < right.hashId ? -1 : 1;
  return compareBytes(left.digest, right.digest);
}

/**
 * Checks an artifact against its name.
 *
 * @spec CORE-REF-11, CORE-HASH-4
 * @param artifact - borrowed.
 * @param reference - borrowed.
 * @param hashers - those at hand; the one of the reference's `hash_id` is used.
 * @throws AslError `CORE.DIGEST` when the artifact hashes to something else.
 * @throws AslError `CORE.HASH_ID` when no hasher is at hand for the reference.
 */
export function verifyArtifact(artifact: Artifact, reference: Reference, hashers?: readonly Hasher[]): void {
  const computed = referenceOf(artifact, hasherFor(reference.hashId, hashers));
  if (equalReferences(computed, reference)) return;
  throw coreError(
    'CORE.DIGEST',
    `the artifact is ${formatReference(computed)}, not ${formatReference(reference)}`,
    {
      expected: formatReference(reference),
      got: formatReference(computed),
    },
  );
}
