import {
  type AslError,
  assertU32,
  assertU64,
  type Bytes,
  ByteWriter,
  copyBytes,
  DIGEST_LENGTH,
  encodeReference,
  formatHex,
  isHashId,
  REFERENCE_LENGTH,
  type Reference,
} from '@amduat/asl-core';
import { logError } from './errors.js';
import { assertLength, u32At, u64At } from './fields.js';
import { HASH_LENGTH, PREFIX_LENGTH, SALT_LENGTH } from './limits.js';

/** Makes segments visible. */
export interface SegmentSeal {
  readonly type: 'segment-seal';
  /** At least one, strictly ascending. */
  readonly segmentIds: readonly Uint8Array[];
}

/** Makes a key inadmissible until it is lifted. */
export interface Tombstone {
  readonly type: 'tombstone';
  readonly key: Reference;
  /** u32, for the domain's own use. */
  readonly reason: number;
}

/** Takes one tombstone back. */
export interface TombstoneLift {
  readonly type: 'tombstone-lift';
  /** logseq of the tombstone. */
  readonly tombstone: bigint;
}

/** Vouches for the state at an earlier position. */
export interface SnapshotAnchor {
  readonly type: 'snapshot-anchor';
  readonly snapshotId: Uint8Array;
  readonly snapshotLogseq: bigint;
  readonly stateRoot: Uint8Array;
  readonly publicRoot: Uint8Array;
  readonly manifestHash: Uint8Array;
  /** Of the anchor itself. */
  readonly logseq: bigint;
}

/** Shows keys to other domains, or shows them no longer. */
export interface ArtifactPublication {
  readonly type: 'artifact-publish' | 'artifact-unpublish';
  /** At least one, strictly ascending. */
  readonly keys: readonly Reference[];
}

/** Hands the signing of heads to another key. */
export interface AuthorityRotate {
  readonly type: 'authority-rotate';
  readonly newKey: Uint8Array;
  readonly recoveryKey?: Uint8Array;
  /** 64 octets; not checked by replay (LOG-PAY-6). */
  readonly signature: Uint8Array;
}

/** What a record of a known type says: no index entry, and nothing of where bytes are (LOG-REC-5). */
export type RecordBody =
  | SegmentSeal
  | Tombstone
  | TombstoneLift
  | SnapshotAnchor
  | ArtifactPublication
  | AuthorityRotate;

/** A payload of a known type: its prefix and its body. */
export interface Payload {
  /** 0 or 1 in a valid record; any octet here. */
  readonly public: number;
  readonly salt: Uint8Array;
  readonly body: RecordBody;
}

/** The record types that version 1 knows, by the name of their body. */
export const RECORD_TYPES: Readonly<Record<RecordBody['type'], number>> = {
  'segment-seal': 1,
  tombstone: 2,
  'tombstone-lift': 3,
  'snapshot-anchor': 4,
  'artifact-publish': 5,
  'artifact-unpublish': 6,
  'authority-rotate': 7,
};

const SIGNATURE_LENGTH = 64;
/** Where the items of a list begin: after its count. */
const LIST_OFFSET: number = PREFIX_LENGTH + 4;
const TOMBSTONE_LENGTH: number = PREFIX_LENGTH + REFERENCE_LENGTH + 4;
const LIFT_LENGTH: number = PREFIX_LENGTH + 8;
const ANCHOR_LENGTH: number = PREFIX_LENGTH + 4 * HASH_LENGTH + 2 * 8;
const ROTATE_LENGTH: number = PREFIX_LENGTH + HASH_LENGTH + SIGNATURE_LENGTH;
const ROTATE_RECOVERY_LENGTH: number = ROTATE_LENGTH + HASH_LENGTH;

/**
 * Encodes the payload of a record of a known type.
 *
 * @spec LOG-REC-4, LOG-REC-5, LOG-PFX-1
 * @param payload - borrowed; lists are written as they are, in their order.
 * @returns prefix and body; integers little-endian; owned.
 * @throws RangeError when a hash, key, signature or salt has not its length, or a number is out of range.
 * @remarks Pure. decodePayload gives back what is valid by itself.
 */
export function encodePayload(payload: Payload): Bytes {
  assertLength(payload.salt, SALT_LENGTH, 'salt');
  if (payload.public !== 0 && payload.public !== 1) {
    throw new RangeError(`public: expected 0 or 1, got ${payload.public}`);
  }
  const { body } = payload;
  const writer = new ByteWriter(payloadLength(body)).u8(payload.public).bytes(payload.salt);
  switch (body.type) {
    case 'segment-seal':
      writer.u32(body.segmentIds.length, 'little');
      for (const segmentId of body.segmentIds) writeHash(writer, segmentId, 'segmentId');
      break;
    case 'tombstone':
      assertU32(body.reason, 'reason');
      writeKey(writer, body.key);
      writer.u32(body.reason, 'little');
      break;
    case 'tombstone-lift':
      writeU64(writer, body.tombstone, 'tombstone');
      break;
    case 'snapshot-anchor':
      writeAnchor(writer, body);
      break;
    case 'artifact-publish':
    case 'artifact-unpublish':
      writer.u32(body.keys.length, 'little');
      for (const key of body.keys) writeKey(writer, key);
      break;
    case 'authority-rotate':
      writeHash(writer, body.newKey, 'newKey');
      if (body.recoveryKey !== undefined) writeHash(writer, body.recoveryKey, 'recoveryKey');
      assertLength(body.signature, SIGNATURE_LENGTH, 'signature');
      writer.bytes(body.signature);
      break;
    default:
      throw unknownBody(body);
  }
  return writer.finish();
}

function payloadLength(body: RecordBody): number {
  switch (body.type) {
    case 'segment-seal':
      return listLength(body.segmentIds.length, HASH_LENGTH);
    case 'tombstone':
      return TOMBSTONE_LENGTH;
    case 'tombstone-lift':
      return LIFT_LENGTH;
    case 'snapshot-anchor':
      return ANCHOR_LENGTH;
    case 'artifact-publish':
    case 'artifact-unpublish':
      return listLength(body.keys.length, REFERENCE_LENGTH);
    case 'authority-rotate':
      return body.recoveryKey === undefined ? ROTATE_LENGTH : ROTATE_RECOVERY_LENGTH;
    default:
      throw unknownBody(body);
  }
}

function unknownBody(body: never): TypeError {
  // LOG-REC-4: there is nothing to write for a type that is not known.
  return new TypeError(`type: expected a record type of version 1, got ${(body as { type: unknown }).type}`);
}

function writeAnchor(writer: ByteWriter, body: SnapshotAnchor): void {
  writeHash(writer, body.snapshotId, 'snapshotId');
  writeU64(writer, body.snapshotLogseq, 'snapshotLogseq');
  writeHash(writer, body.stateRoot, 'stateRoot');
  writeHash(writer, body.publicRoot, 'publicRoot');
  writeHash(writer, body.manifestHash, 'manifestHash');
  writeU64(writer, body.logseq, 'logseq');
}

function writeHash(writer: ByteWriter, hash: Uint8Array, label: string): void {
  assertLength(hash, HASH_LENGTH, label);
  writer.bytes(hash);
}

function writeKey(writer: ByteWriter, key: Reference): void {
  assertLength(key.digest, DIGEST_LENGTH, 'key');
  writer.bytes(encodeReference(key));
}

function writeU64(writer: ByteWriter, value: bigint, label: string): void {
  assertU64(value, label);
  writer.u64(value, 'little');
}

/**
 * Decodes a payload and checks what can be checked without a state.
 *
 * @spec LOG-REC-2, LOG-REC-3, LOG-PAY-1, LOG-PAY-2, LOG-PAY-3, LOG-PAY-4, LOG-PAY-5, LOG-PAY-6
 * @param type - record_type, u32.
 * @param payload - the whole payload; borrowed.
 * @returns prefix and body, owned; undefined for a type that version 1 does not know.
 * @throws AslError `LOG.TYPE`, `LOG.PAYLOAD.LENGTH`, `LOG.PAYLOAD.COUNT`, `LOG.PAYLOAD.ORDER` or
 * `LOG.PAYLOAD.HASH_ID`, in this order of checks.
 * @remarks Pure; O(n). What it reserves is bounded by the payload, never by a count in it.
 */
export function decodePayload(type: number, payload: Uint8Array): Payload | undefined {
  const body = decodeBody(type, payload);
  if (body === undefined) return undefined;
  return { public: payload[0] as number, salt: copyBytes(payload.subarray(1, PREFIX_LENGTH)), body };
}

/** Refuses record_type 0 with `LOG.TYPE`. */
export function assertRecordType(type: number): void {
  assertU32(type, 'type');
  // LOG-REC-2
  if (type === 0) throw logError('LOG.TYPE', 'record_type 0 is invalid', { expected: 1, got: 0 });
}

/** The body of {@link decodePayload}, without a copy of the salt. */
export function decodeBody(type: number, payload: Uint8Array): RecordBody | undefined {
  assertRecordType(type);
  switch (type) {
    case RECORD_TYPES['segment-seal']:
      return { type: 'segment-seal', segmentIds: decodeSegmentIds(payload) };
    case RECORD_TYPES.tombstone:
      return decodeTombstone(payload);
    case RECORD_TYPES['tombstone-lift']:
      assertPayloadLength(payload, LIFT_LENGTH);
      return { type: 'tombstone-lift', tombstone: u64At(payload, PREFIX_LENGTH) };
    case RECORD_TYPES['snapshot-anchor']:
      return decodeAnchor(payload);
    case RECORD_TYPES['artifact-publish']:
      return { type: 'artifact-publish', keys: decodeKeys(payload) };
    case RECORD_TYPES['artifact-unpublish']:
      return { type: 'artifact-unpublish', keys: decodeKeys(payload) };
    case RECORD_TYPES['authority-rotate']:
      return decodeRotate(payload);
    default:
      // LOG-REC-3: opaque, prefix included.
      return undefined;
  }
}

function decodeSegmentIds(payload: Uint8Array): readonly Uint8Array[] {
  const end = assertList(payload, HASH_LENGTH);
  const segmentIds: Uint8Array[] = [];
  for (let offset = LIST_OFFSET; offset < end; offset += HASH_LENGTH)
    segmentIds.push(hashAt(payload, offset));
  return segmentIds;
}

function decodeKeys(payload: Uint8Array): readonly Reference[] {
  const end = assertList(payload, REFERENCE_LENGTH);
  const keys: Reference[] = [];
  for (let offset = LIST_OFFSET; offset < end; offset += REFERENCE_LENGTH)
    keys.push(referenceAt(payload, offset));
  return keys;
}

function decodeTombstone(payload: Uint8Array): Tombstone {
  assertPayloadLength(payload, TOMBSTONE_LENGTH);
  const key = referenceAt(payload, PREFIX_LENGTH);
  // LOG-PAY-5: every u32 is a reason.
  return { type: 'tombstone', key, reason: u32At(payload, PREFIX_LENGTH + REFERENCE_LENGTH) };
}

function decodeAnchor(payload: Uint8Array): SnapshotAnchor {
  assertPayloadLength(payload, ANCHOR_LENGTH);
  return {
    type: 'snapshot-anchor',
    snapshotId: hashAt(payload, PREFIX_LENGTH),
    snapshotLogseq: u64At(payload, PREFIX_LENGTH + 32),
    stateRoot: hashAt(payload, PREFIX_LENGTH + 40),
    publicRoot: hashAt(payload, PREFIX_LENGTH + 72),
    manifestHash: hashAt(payload, PREFIX_LENGTH + 104),
    logseq: u64At(payload, PREFIX_LENGTH + 136),
  };
}

function decodeRotate(payload: Uint8Array): AuthorityRotate {
  // LOG-PAY-6: two lengths; the signature is for those who check heads.
  const hasRecoveryKey = payload.length === ROTATE_RECOVERY_LENGTH;
  if (!hasRecoveryKey) assertPayloadLength(payload, ROTATE_LENGTH);
  const newKey = hashAt(payload, PREFIX_LENGTH);
  const signature = copyBytes(payload.subarray(payload.length - SIGNATURE_LENGTH));
  if (!hasRecoveryKey) return { type: 'authority-rotate', newKey, signature };
  return {
    type: 'authority-rotate',
    newKey,
    recoveryKey: hashAt(payload, PREFIX_LENGTH + HASH_LENGTH),
    signature,
  };
}

/** Checks a list's length, count and order; gives the offset at which it ends. */
function assertList(payload: Uint8Array, itemLength: number): number {
  if (payload.length < LIST_OFFSET) throw wrongLength(payload, LIST_OFFSET);
  const count = u32At(payload, PREFIX_LENGTH);
  // The product of a u32 and an item's length is exact in a number.
  assertPayloadLength(payload, listLength(count, itemLength));
  // LOG-PAY-2
  if (count === 0) {
    const details = { offset: PREFIX_LENGTH, expected: 1, got: 0 };
    throw logError('LOG.PAYLOAD.COUNT', 'a list has at least one item', details);
  }
  assertAscending(payload, itemLength);
  return payload.length;
}

function assertAscending(payload: Uint8Array, itemLength: number): void {
  for (let offset = LIST_OFFSET + itemLength; offset < payload.length; offset += itemLength) {
    if (isAscending(payload, offset - itemLength, offset, itemLength)) continue;
    // LOG-PAY-3
    const details = { offset, got: formatHex(payload.subarray(offset, offset + itemLength)) };
    throw logError(
      'LOG.PAYLOAD.ORDER',
      `the item at offset ${offset} is not above the one before it`,
      details,
    );
  }
}

function isAscending(bytes: Uint8Array, left: number, right: number, length: number): boolean {
  for (let index = 0; index < length; index++) {
    const difference = (bytes[left + index] as number) - (bytes[right + index] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function assertPayloadLength(payload: Uint8Array, expected: number): void {
  // LOG-PAY-1
  if (payload.length !== expected) throw wrongLength(payload, expected);
}

function wrongLength(payload: Uint8Array, expected: number): AslError {
  return logError('LOG.PAYLOAD.LENGTH', `the payload has ${payload.length} octets, its fields ${expected}`, {
    expected,
    got: payload.length,
  });
}

function listLength(count: number, itemLength: number): number {
  return LIST_OFFSET + count * itemLength;
}

function referenceAt(payload: Uint8Array, offset: number): Reference {
  const hashId = ((payload[offset] as number) << 8) | (payload[offset + 1] as number);
  // LOG-PAY-4
  if (!isHashId(hashId)) {
    throw logError('LOG.PAYLOAD.HASH_ID', `hash_id ${hashId} is not registered`, { offset, got: hashId });
  }
  return { hashId, digest: hashAt(payload, offset + 2) };
}

function hashAt(payload: Uint8Array, offset: number): Bytes {
  return copyBytes(payload.subarray(offset, offset + HASH_LENGTH));
}
