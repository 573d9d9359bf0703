import {
  assertU32,
  type Bytes,
  ByteWriter,
  equalBytes,
  formatHex,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import { logError } from './errors.js';
import { assertRecordType } from './payload.js';

/** One record of a log. Nobody writes to its bytes. */
export interface LogRecord {
  readonly logseq: bigint;
  /** record_type, u32. */
  readonly type: number;
  /** Prefix included. */
  readonly payload: Uint8Array;
  /** 32 octets. */
  readonly recordHash: Uint8Array;
}

/** record_type of the known types as the chain hashes it, so that replay makes none of these. */
const TYPE_BYTES: readonly Bytes[] = Array.from({ length: 8 }, (_, type) => encodeType(type));

/**
 * Computes the hash of a record from that of the record before it.
 *
 * @spec LOG-CHN-1, LOG-CHN-2
 * @param previous - record_hash of the record before; the DomainID for the first; borrowed.
 * @param type - record_type, u32.
 * @param payload - prefix included; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 * @remarks Pure; one pass over the payload, which is not copied.
 */
export function recordHashOf(
  previous: Uint8Array,
  type: number,
  payload: Uint8Array,
  hasher: Hasher = sha256Hasher,
): Bytes {
  assertU32(type, 'type');
  // LOG-CHN-1: the formula.
  return hasher.digest([previous, TYPE_BYTES[type] ?? encodeType(type), payload]);
}

/**
 * Checks that records follow one another, whatever they say: place, type and chain.
 *
 * @spec LOG-REC-1, LOG-REC-2, LOG-CHN-1, LOG-CHN-2
 * @param records - all that follow `base`; borrowed.
 * @param base - what they follow: the base of their file, say.
 * @param hasher - a SHA-256.
 * @throws AslError `LOG.SEQ`, `LOG.TYPE` or `LOG.CHAIN` of the first record that does not follow.
 * @remarks Replay checks this too; this is for whoever does not replay, since a record above may not be valid.
 */
export function assertChain(
  records: Iterable<LogRecord>,
  base: { readonly baseLogseq: bigint; readonly baseRecordHash: Uint8Array },
  hasher: Hasher = sha256Hasher,
): void {
  let position = base.baseLogseq;
  let recordHash = base.baseRecordHash;
  for (const record of records) {
    recordHash = assertFollows(record, position, recordHash, hasher);
    position = record.logseq;
  }
}

/** Checks place, type and chain of the record after `position`; gives its hash, owned. */
export function assertFollows(
  record: LogRecord,
  position: bigint,
  previous: Uint8Array,
  hasher: Hasher,
): Bytes {
  assertLogseq(record, position + 1n);
  assertRecordType(record.type);
  const computed = recordHashOf(previous, record.type, record.payload, hasher);
  if (equalBytes(computed, record.recordHash)) return computed;
  // LOG-CHN-1
  throw logError(
    'LOG.CHAIN',
    `record ${record.logseq} should have the record_hash ${formatHex(computed)}, it has ${formatHex(record.recordHash)}`,
    { logseq: record.logseq.toString(), expected: formatHex(computed), got: formatHex(record.recordHash) },
  );
}

/** Refuses a record that does not have the logseq that is due with `LOG.SEQ`. */
export function assertLogseq(record: LogRecord, due: bigint): void {
  if (record.logseq === due) return;
  // LOG-REC-1
  throw logError('LOG.SEQ', `the record has logseq ${record.logseq}, ${due} is due`, {
    logseq: record.logseq.toString(),
    expected: due.toString(),
    got: record.logseq.toString(),
  });
}

function encodeType(type: number): Bytes {
  return new ByteWriter(4).u32(type, 'little').finish();
}
