import {
  asciiBytes,
  assertU64,
  type Bytes,
  ByteWriter,
  DIGEST_LENGTH,
  equalBytes,
  formatHex,
  type Hasher,
  parseHex,
  sha256Hasher,
} from '@amduat/asl-core';
import { storeIndexError } from './errors.js';
import type { DomainId, LogPosition } from './record.js';

/** A named state of an index: what the log says at `position`, and the hash that proves which log that is. */
export interface IndexState {
  /** 32 octets: the SnapshotID of `position` itself. */
  readonly snapshotId: Uint8Array;
  readonly position: LogPosition;
}

const TAG = asciiBytes('ASL/SNAPSHOT/1');
const TEXT = /^(0|[1-9][0-9]{0,19})@([0-9a-f]{64})$/;
const POSITION_MAX = 2n ** 64n - 1n;

/**
 * Names the state at a position.
 *
 * @spec STX-SNAP-1
 * @param domainId - 32 octets; borrowed.
 * @param position - u64.
 * @param recordHash - record_hash(position), 32 octets: the DomainID itself for position 0; borrowed.
 * @param hasher - a SHA-256.
 * @returns the SnapshotID, 32 octets; owned.
 * @example
 * import { formatIndexState, snapshotIdOf } from '@amduat/asl-store-index';
 * const domainId = new Uint8Array(32).fill(7);
 * const snapshotId = snapshotIdOf(domainId, 0n, domainId);
 * if (!formatIndexState({ snapshotId, position: 0n }).startsWith('0@')) throw new Error();
 */
export function snapshotIdOf(
  domainId: DomainId,
  position: LogPosition,
  recordHash: Uint8Array,
  hasher: Hasher = sha256Hasher,
): Bytes {
  assertDigest(domainId, 'domainId');
  assertU64(position, 'position');
  assertDigest(recordHash, 'recordHash');
  const preimage = new ByteWriter(TAG.length + 2 * DIGEST_LENGTH + 8)
    .bytes(TAG)
    .bytes(domainId)
    .u64(position, 'little')
    .bytes(recordHash)
    .finish();
  return hasher.digest([preimage]);
}

/**
 * Writes an index state as text.
 *
 * @spec STX-SNAP-3
 * @returns the position in decimal digits, `@`, and the SnapshotID as 64 lower-case hexadecimal digits.
 */
export function formatIndexState(state: IndexState): string {
  assertU64(state.position, 'position');
  assertDigest(state.snapshotId, 'snapshotId');
  return `${state.position}@${formatHex(state.snapshotId)}`;
}

/**
 * Reads the text form of an index state, strictly.
 *
 * @spec STX-SNAP-3
 * @param text - the whole text and nothing else.
 * @returns the state; owned.
 * @throws AslError `STATE.TEXT` for anything else, a position above 2^64 − 1 included.
 * @remarks formatIndexState(parseIndexState(t)) equals t for every t it accepts.
 */
export function parseIndexState(text: string): IndexState {
  const [, digits, hex] = TEXT.exec(text) ?? [];
  const position = digits === undefined ? undefined : BigInt(digits);
  const snapshotId = hex === undefined ? undefined : parseHex(hex);
  if (position === undefined || snapshotId === undefined || position > POSITION_MAX) {
    throw storeIndexError('STATE.TEXT', 'an index state is <position>@<64 lower-case hexadecimal digits>', {
      expected: '<position>@<64 lower-case hexadecimal digits>',
      got: text.slice(0, 96),
    });
  }
  return { snapshotId, position };
}

/**
 * Tells whether two index states are the same: both parts.
 *
 * @spec STX-SNAP-2
 */
export function equalIndexStates(left: IndexState, right: IndexState): boolean {
  return left.position === right.position && equalBytes(left.snapshotId, right.snapshotId);
}

function assertDigest(bytes: Uint8Array, label: string): void {
  if (bytes.length === DIGEST_LENGTH) return;
  throw new RangeError(`${label}: expected ${DIGEST_LENGTH} octets, got ${bytes.length}`);
}
