import { type AslError, type Bytes, ByteWriter, type Reference } from '@amduat/asl-core';
import type { PolicyTable } from '@amduat/asl-store-index';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { logError } from './errors.js';
import { PREFIX_LENGTH } from './limits.js';
import type { RecordBody } from './payload.js';

/** What of a state decides the prefix of the next record. */
interface PrefixState {
  readonly open: boolean;
  readonly policy: PolicyTable;
}

/**
 * The value of `public` that a record has to have. A lift of no live tombstone concerns no key, and is refused for that.
 *
 * @spec LOG-PFX-1
 */
export function publicOf(state: PrefixState, body: RecordBody): 0 | 1 {
  // LOG-PFX-1
  if (state.open) return 1;
  switch (body.type) {
    case 'segment-seal':
      return 0;
    case 'tombstone':
      return isPublished(state.policy, body.key);
    case 'tombstone-lift':
      return isPublished(state.policy, state.policy.keyOfTombstone(body.tombstone));
    default:
      return 1;
  }
}

/** Refuses a `public` that is right in no state with `LOG.PUBLIC`. */
export function assertPublicForm(payload: Uint8Array): void {
  const got = payload[0] as number;
  // LOG-PFX-1
  if (got > 1) throw wrongPublic(got, [0, 1]);
}

/**
 * Checks the prefix of a record against the state below it.
 *
 * @spec LOG-PFX-1, LOG-PFX-2, LOG-PFX-4
 * @throws AslError `LOG.PUBLIC`, then `LOG.SALT`.
 */
export function assertPrefix(state: PrefixState, body: RecordBody, payload: Uint8Array): void {
  const got = payload[0] as number;
  const expected = publicOf(state, body);
  // LOG-PFX-1
  if (got !== expected) throw wrongPublic(got, expected);
  // LOG-PFX-4: the salt of a closed domain can be checked with its secret alone, and is not.
  if (state.open) assertNoSalt(payload);
}

function wrongPublic(got: number, expected: number | readonly number[]): AslError {
  return logError('LOG.PUBLIC', `public is ${got}, expected ${expected}`, { offset: 0, expected, got });
}

/**
 * Computes the salt of a record of a closed domain.
 *
 * @spec LOG-PFX-3
 * @param secret - the log secret, 32 octets; borrowed.
 * @param previous - record_hash of the record before; borrowed.
 * @param type - record_type.
 * @param payload - whole; what its salt holds is not looked at; borrowed.
 * @returns 32 octets; owned.
 */
export function saltOf(secret: Uint8Array, previous: Uint8Array, type: number, payload: Uint8Array): Bytes {
  // LOG-PFX-3
  return hmac
    .create(sha256, secret)
    .update(previous)
    .update(new ByteWriter(4).u32(type, 'little').finish())
    .update(payload.subarray(0, 1))
    .update(payload.subarray(PREFIX_LENGTH))
    .digest() as Bytes;
}

function isPublished(policy: PolicyTable, key: Reference | undefined): 0 | 1 {
  return key !== undefined && policy.get(key)?.publication?.published === true ? 1 : 0;
}

function assertNoSalt(payload: Uint8Array): void {
  for (let offset = 1; offset < PREFIX_LENGTH; offset++) {
    // LOG-PFX-2
    if (payload[offset] !== 0)
      throw logError('LOG.SALT', 'a record of an open domain has no salt', { offset: 1 });
  }
}
