import {
  type AslError,
  asciiBytes,
  assertU64,
  type Bytes,
  ByteWriter,
  copyBytes,
  equalBytes,
  formatHex,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import type { DomainId } from '@amduat/asl-store-index';
import { logError } from './errors.js';
import { assertLength } from './fields.js';
import { HASH_LENGTH, HEADER_LENGTH } from './limits.js';

/** What a log file says of itself before its first frame. */
export interface LogHeader {
  readonly domainId: DomainId;
  /** logseq before the first record of the file. */
  readonly baseLogseq: bigint;
  /** record_hash of `baseLogseq`. */
  readonly baseRecordHash: Uint8Array;
  /** Of the snapshot at the base; zero if the file continues another or begins at 0. */
  readonly baseManifestHash: Uint8Array;
}

/** What a reader of a log file can ask for. */
export interface LogReadOptions {
  /** The domain whose log is expected; any domain's if it is not given. */
  readonly domainId?: DomainId;
  /** A SHA-256. */
  readonly hasher?: Hasher;
}

const MAGIC: Bytes = asciiBytes('ASLLOG01');
const VERSION = 1;
const FLAGS = 0n;
const HASHED_LENGTH: number = HEADER_LENGTH - HASH_LENGTH;

/**
 * Encodes the header of a log file.
 *
 * @spec LOG-HDR-6, LOG-HDR-8
 * @param header - borrowed.
 * @param hasher - a SHA-256.
 * @returns 160 octets; owned.
 * @throws AslError `LOG.BASE` when a header with base 0 has another record hash than the DomainID, or a manifest hash.
 * @throws RangeError when a hash has not 32 octets.
 */
export function encodeHeader(header: LogHeader, hasher: Hasher = sha256Hasher): Bytes {
  assertLength(header.domainId, HASH_LENGTH, 'domainId');
  assertLength(header.baseRecordHash, HASH_LENGTH, 'baseRecordHash');
  assertLength(header.baseManifestHash, HASH_LENGTH, 'baseManifestHash');
  assertU64(header.baseLogseq, 'baseLogseq');
  assertBase(header);
  const bytes = new ByteWriter(HEADER_LENGTH)
    .bytes(MAGIC)
    .u32(VERSION, 'little')
    .u32(HEADER_LENGTH, 'little')
    .u64(FLAGS, 'little')
    .bytes(header.domainId)
    .u64(header.baseLogseq, 'little')
    .bytes(header.baseRecordHash)
    .bytes(header.baseManifestHash)
    .zeros(HASH_LENGTH)
    .finish();
  bytes.set(hasher.digest([bytes.subarray(0, HASHED_LENGTH)]), HASHED_LENGTH);
  return bytes;
}

/**
 * Decodes the header of a log file.
 *
 * @spec LOG-HDR-1, LOG-HDR-2, LOG-HDR-3, LOG-HDR-4, LOG-HDR-5, LOG-HDR-6, LOG-HDR-7, LOG-HDR-8
 * @param bytes - the file, or its first 160 octets at least; borrowed.
 * @returns the header; owned.
 * @throws AslError `LOG.HEADER.TRUNCATED`, `LOG.MAGIC`, `LOG.VERSION`, `LOG.HEADER_SIZE`, `LOG.FLAGS`,
 * `LOG.HEADER_HASH`, `LOG.DOMAIN` or `LOG.BASE`, in this order of checks.
 */
export function decodeHeader(bytes: Uint8Array, options: LogReadOptions = {}): LogHeader {
  // LOG-HDR-1
  if (bytes.length < HEADER_LENGTH) {
    const details = { expected: HEADER_LENGTH, got: bytes.length };
    throw logError(
      'LOG.HEADER.TRUNCATED',
      `a header has ${HEADER_LENGTH} octets, got ${bytes.length}`,
      details,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_LENGTH);
  assertFixedFields(bytes, view);
  assertHeaderHash(bytes, options.hasher ?? sha256Hasher);
  const header = {
    domainId: hashAt(bytes, 24),
    baseLogseq: view.getBigUint64(56, true),
    baseRecordHash: hashAt(bytes, 64),
    baseManifestHash: hashAt(bytes, 96),
  };
  if (options.domainId !== undefined && !equalBytes(header.domainId, options.domainId)) {
    // LOG-HDR-7
    throw logError(
      'LOG.DOMAIN',
      `the log is that of domain ${formatHex(header.domainId)}, not ${formatHex(options.domainId)}`,
      { offset: 24, expected: formatHex(options.domainId), got: formatHex(header.domainId) },
    );
  }
  assertBase(header);
  return header;
}

function assertFixedFields(bytes: Uint8Array, view: DataView): void {
  const magic = bytes.subarray(0, MAGIC.length);
  // LOG-HDR-2
  if (!equalBytes(magic, MAGIC))
    throw wrongField('LOG.MAGIC', 'magic', 0, formatHex(MAGIC), formatHex(magic));
  const version = view.getUint32(8, true);
  // LOG-HDR-3
  if (version !== VERSION) throw wrongField('LOG.VERSION', 'version', 8, VERSION, version);
  const headerSize = view.getUint32(12, true);
  // LOG-HDR-4
  if (headerSize !== HEADER_LENGTH) {
    throw wrongField('LOG.HEADER_SIZE', 'header_size', 12, HEADER_LENGTH, headerSize);
  }
  const flags = view.getBigUint64(16, true);
  // LOG-HDR-5
  if (flags !== FLAGS) throw wrongField('LOG.FLAGS', 'flags', 16, FLAGS.toString(), flags.toString());
}

function wrongField(
  code: 'LOG.MAGIC' | 'LOG.VERSION' | 'LOG.HEADER_SIZE' | 'LOG.FLAGS',
  field: string,
  offset: number,
  expected: string | number,
  got: string | number,
): AslError {
  return logError(code, `${field} is ${got} at offset ${offset}, expected ${expected}`, {
    offset,
    expected,
    got,
  });
}

function assertHeaderHash(bytes: Uint8Array, hasher: Hasher): void {
  const computed = hasher.digest([bytes.subarray(0, HASHED_LENGTH)]);
  const written = bytes.subarray(HASHED_LENGTH, HEADER_LENGTH);
  if (equalBytes(computed, written)) return;
  // LOG-HDR-6
  throw logError(
    'LOG.HEADER_HASH',
    `the header hashes to ${formatHex(computed)}, its header_hash is ${formatHex(written)}`,
    { offset: HASHED_LENGTH, expected: formatHex(computed), got: formatHex(written) },
  );
}

function assertBase(header: LogHeader): void {
  if (header.baseLogseq !== 0n) return;
  // LOG-HDR-8
  if (!equalBytes(header.baseRecordHash, header.domainId)) {
    throw logError('LOG.BASE', 'base 0 has the DomainID as its record hash', {
      offset: 64,
      expected: formatHex(header.domainId),
      got: formatHex(header.baseRecordHash),
    });
  }
  if (header.baseManifestHash.some((byte) => byte !== 0)) {
    const details = { offset: 96, expected: 0, got: formatHex(header.baseManifestHash) };
    throw logError('LOG.BASE', 'base 0 has no manifest', details);
  }
}

function hashAt(bytes: Uint8Array, offset: number): Bytes {
  return copyBytes(bytes.subarray(offset, offset + HASH_LENGTH));
}
