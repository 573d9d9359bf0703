import { blake3 } from '@noble/hashes/blake3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Bytes } from './bytes.js';
import { coreError } from './errors.js';

/** A `hash_id` of the registry, version 1. */
export type HashId = 0x0001 | 0x0002;

/** SHA-256: mandatory, default (CORE-HASH-1). */
export const HASH_SHA256 = 0x0001;

/** BLAKE3 with 256-bit output: optional (CORE-HASH-2). */
export const HASH_BLAKE3 = 0x0002;

/** Octets of every digest of registry version 1. */
export const DIGEST_LENGTH = 32;

/** Registry version 1: `hash_id` → name in the text form of a reference. */
export const HASH_NAMES: ReadonlyMap<HashId, string> = new Map<HashId, string>([
  [HASH_SHA256, 'sha256'],
  [HASH_BLAKE3, 'blake3'],
]);

/** A hash being computed over bytes that come in pieces. */
export interface HashState {
  /** Takes the next octets; borrowed until the call returns. */
  update(bytes: Uint8Array): void;
  /** Ends the hash: 32 octets, owned by the caller. The state is not used again. */
  finish(): Bytes;
}

/**
 * The port through which a hash function comes in. Synchronous, without side effects. {@link sha256Hasher} is the
 * default; a runtime passes the platform's, which is many times faster and gives the same octets.
 */
export interface Hasher {
  readonly hashId: HashId;
  /** The digest of the concatenation of `parts`: 32 octets, owned by the caller. */
  digest(parts: readonly Uint8Array[]): Bytes;
  /** Begins a hash over bytes that are not all here yet. */
  start(): HashState;
}

interface NobleState {
  update(bytes: Uint8Array): NobleState;
  digest(): Uint8Array;
}

function nobleHasher(hashId: HashId, create: () => NobleState): Hasher {
  return {
    hashId,
    digest(parts) {
      const state = create();
      for (const part of parts) state.update(part);
      return state.digest() as Bytes;
    },
    start() {
      const state = create();
      return {
        update: (bytes) => void state.update(bytes),
        finish: () => state.digest() as Bytes,
      };
    },
  };
}

/**
 * SHA-256 in plain JavaScript, for every platform.
 *
 * @spec CORE-HASH-1
 */
export const sha256Hasher: Hasher = nobleHasher(HASH_SHA256, () => sha256.create());

/**
 * BLAKE3-256 in plain JavaScript.
 *
 * @spec CORE-HASH-2
 */
export const blake3Hasher: Hasher = nobleHasher(HASH_BLAKE3, () => blake3.create());

/** Tells whether `value` is a `hash_id` of registry version 1. */
export function isHashId(value: number): value is HashId {
  return HASH_NAMES.has(value as HashId);
}

/**
 * Picks the hasher for a `hash_id`.
 *
 * @spec CORE-HASH-3, CORE-HASH-4
 * @param hashId - from a reference; any u16.
 * @param hashers - those at hand; borrowed.
 * @returns the first of `hashers` with that `hash_id`.
 * @throws AslError `CORE.HASH_ID` when none has it.
 */
export function hasherFor(hashId: number, hashers: readonly Hasher[] = [sha256Hasher, blake3Hasher]): Hasher {
  const hasher = hashers.find((candidate) => candidate.hashId === hashId);
  if (hasher === undefined) throw unknownHashId(hashId);
  return hasher;
}

/** The refusal of a `hash_id` (CORE-HASH-3). */
export function unknownHashId(hashId: number): ReturnType<typeof coreError> {
  const known = [...HASH_NAMES.keys()];
  return coreError('CORE.HASH_ID', `hash_id ${hashId} is not supported`, { expected: known, got: hashId });
}
