import {
  type AslError,
  asciiBytes,
  type Bytes,
  ByteWriter,
  compareBytes,
  copyBytes,
  equalBytes,
  formatHex,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import { type StoreIndexErrorCode, storeIndexError } from './errors.js';
import type { DomainId, LogPosition, LogSeq } from './record.js';

/** A segment that a snapshot names. */
export interface ManifestSegment {
  /** Of the seal that made it visible; 0 for one whose records carry their own logseqs. */
  readonly logseq: LogSeq;
  /** 32 octets. */
  readonly segmentId: Uint8Array;
}

/** What replay from a position on needs of what is below it. */
export interface Manifest {
  /** S, at least 1. */
  readonly position: LogPosition;
  /** blind(S): zeros in an open domain. */
  readonly blind: Uint8Array;
  readonly domainId: DomainId;
  /** record_hash(S). */
  readonly recordHash: Uint8Array;
  /** Of the policy table at S. */
  readonly policyHash: Uint8Array;
  /** The greatest position that an anchor at or below S names; 0 if there is none. */
  readonly anchored: LogPosition;
  /** In ascending order. */
  readonly segments: readonly ManifestSegment[];
  /** Types of the records 1 to S, ascending, each once. */
  readonly types: readonly number[];
}

/** What a manifest is read for. */
export interface ManifestReadOptions {
  /** The hash it is handed over for. */
  readonly hash?: Uint8Array;
  /** The snapshot it is the manifest of. */
  readonly snapshot?: SnapshotOf;
  /** A SHA-256. */
  readonly hasher?: Hasher;
}

/** A position of a domain's log. */
export interface SnapshotOf {
  readonly domainId: DomainId;
  readonly position: LogPosition;
  /** record_hash(position). */
  readonly recordHash: Uint8Array;
  /** Whether the domain is open. */
  readonly open: boolean;
}

const MAGIC = asciiBytes('ASLMAN01');
const VERSION = 1;
const FIXED_LENGTH = 168;
const SEGMENT_LENGTH = 40;
const TYPE_LENGTH = 4;

/**
 * Encodes a manifest.
 *
 * @spec STX-MAN-1
 * @param manifest - lists in ascending order; borrowed.
 * @returns the manifest's octets; owned.
 * @example
 * import { decodeManifest, encodeManifest, manifestHashOf } from '@amduat/asl-store-index';
 * const hash = new Uint8Array(32).fill(7);
 * const at = { position: 1n, domainId: hash, recordHash: hash, policyHash: hash, anchored: 0n };
 * const encoded = encodeManifest({ ...at, blind: new Uint8Array(32), segments: [], types: [5] });
 * if (decodeManifest(encoded, { hash: manifestHashOf(encoded) }).position !== 1n) throw new Error();
 */
export function encodeManifest(manifest: Manifest): Bytes {
  const { segments, types } = manifest;
  const length = FIXED_LENGTH + SEGMENT_LENGTH * segments.length + TYPE_LENGTH * types.length;
  const writer = new ByteWriter(length)
    .bytes(MAGIC)
    .u32(VERSION, 'little')
    .u32(segments.length, 'little')
    .u32(types.length, 'little')
    .u32(0, 'little')
    .u64(manifest.position, 'little')
    .bytes(manifest.blind)
    .bytes(manifest.domainId)
    .bytes(manifest.recordHash)
    .bytes(manifest.policyHash)
    .u64(manifest.anchored, 'little');
  for (const { logseq, segmentId } of segments) writer.u64(logseq, 'little').bytes(segmentId);
  for (const type of types) writer.u32(type, 'little');
  return writer.finish();
}

/**
 * Computes the hash of an encoded manifest.
 *
 * @spec STX-MAN-1
 * @param encoded - borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function manifestHashOf(encoded: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return hasher.digest([encoded]);
}

/**
 * Decodes a manifest.
 *
 * @spec STX-MAN-1, STX-MAN-2, STX-MAN-3, STX-MAN-4, STX-MAN-5, STX-MAN-6, STX-MAN-7, STX-MAN-8, STX-MAN-9, STX-MAN-10
 * @param encoded - borrowed.
 * @returns the manifest; owned.
 * @throws AslError `MANIFEST.DIGEST`, `MANIFEST.TRUNCATED`, `MANIFEST.MAGIC`, `MANIFEST.VERSION`, `MANIFEST.RESERVED`,
 * `MANIFEST.LENGTH`, `MANIFEST.POSITION`, `MANIFEST.ORDER`, `MANIFEST.TYPES`, `MANIFEST.DOMAIN`, `MANIFEST.SNAPSHOT`,
 * `MANIFEST.BLIND`, in this order of checks.
 * @remarks encodeManifest(decodeManifest(b)) equals b for every b it accepts.
 */
export function decodeManifest(encoded: Uint8Array, options: ManifestReadOptions = {}): Manifest {
  const { hash, snapshot, hasher = sha256Hasher } = options;
  if (hash !== undefined) assertHash(encoded, hash, hasher);
  const view = readHead(encoded);
  const segmentCount = view.getUint32(12, true);
  const typeCount = view.getUint32(16, true);
  const typesOffset = FIXED_LENGTH + SEGMENT_LENGTH * segmentCount;
  const expected = typesOffset + TYPE_LENGTH * typeCount;
  // STX-MAN-6: from here on the counts are lengths of what is there.
  if (encoded.length !== expected) throw wrong('MANIFEST.LENGTH', 'length', 12, expected, encoded.length);
  const manifest: Manifest = {
    position: view.getBigUint64(24, true),
    blind: hashAt(encoded, 32),
    domainId: hashAt(encoded, 64),
    recordHash: hashAt(encoded, 96),
    policyHash: hashAt(encoded, 128),
    anchored: view.getBigUint64(160, true),
    segments: Array.from({ length: segmentCount }, (_, index) => {
      const offset = FIXED_LENGTH + SEGMENT_LENGTH * index;
      return { logseq: view.getBigUint64(offset, true), segmentId: hashAt(encoded, offset + 8) };
    }),
    types: Array.from({ length: typeCount }, (_, index) =>
      view.getUint32(typesOffset + TYPE_LENGTH * index, true),
    ),
  };
  assertPositions(manifest);
  assertOrder(manifest, typesOffset);
  if (manifest.types.length === 0 || manifest.types[0] === 0) {
    // STX-MAN-9
    throw wrong('MANIFEST.TYPES', 'types', typesOffset, 'at least one above 0', manifest.types.length);
  }
  if (snapshot !== undefined) assertSnapshot(manifest, snapshot);
  return manifest;
}

function assertHash(encoded: Uint8Array, hash: Uint8Array, hasher: Hasher): void {
  const computed = manifestHashOf(encoded, hasher);
  if (equalBytes(computed, hash)) return;
  const [expected, got] = [formatHex(hash), formatHex(computed)];
  // STX-MAN-1
  throw storeIndexError('MANIFEST.DIGEST', `the manifest hashes to ${got}, not ${expected}`, {
    expected,
    got,
  });
}

function readHead(encoded: Uint8Array): DataView {
  // STX-MAN-2
  if (encoded.length < FIXED_LENGTH)
    throw wrong('MANIFEST.TRUNCATED', 'length', 0, FIXED_LENGTH, encoded.length);
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
  const magic = encoded.subarray(0, MAGIC.length);
  // STX-MAN-3
  if (!equalBytes(magic, MAGIC))
    throw wrong('MANIFEST.MAGIC', 'magic', 0, formatHex(MAGIC), formatHex(magic));
  const version = view.getUint32(8, true);
  // STX-MAN-4
  if (version !== VERSION) throw wrong('MANIFEST.VERSION', 'version', 8, VERSION, version);
  const reserved = view.getUint32(20, true);
  // STX-MAN-5
  if (reserved !== 0) throw wrong('MANIFEST.RESERVED', 'reserved', 20, 0, reserved);
  return view;
}

function assertPositions({ position, anchored, segments }: Manifest): void {
  // STX-MAN-7
  if (position === 0n) throw wrong('MANIFEST.POSITION', 'position', 24, 'at least 1', 0);
  if (anchored >= position) {
    throw wrong('MANIFEST.POSITION', 'anchored', 160, `below ${position}`, anchored.toString());
  }
  const late = segments.findIndex(({ logseq }) => logseq > position);
  if (late < 0) return;
  const { logseq } = segments[late] as ManifestSegment;
  const offset = FIXED_LENGTH + SEGMENT_LENGTH * late;
  throw wrong('MANIFEST.POSITION', 'seal logseq', offset, `at most ${position}`, logseq.toString());
}

function assertOrder({ segments, types }: Manifest, typesOffset: number): void {
  for (let index = 1; index < segments.length; index++) {
    if (compareSegments(segments[index - 1] as ManifestSegment, segments[index] as ManifestSegment) < 0)
      continue;
    // STX-MAN-8
    throw wrong(
      'MANIFEST.ORDER',
      'segment',
      FIXED_LENGTH + SEGMENT_LENGTH * index,
      'above the one before',
      index,
    );
  }
  for (let index = 1; index < types.length; index++) {
    if ((types[index - 1] as number) < (types[index] as number)) continue;
    throw wrong('MANIFEST.ORDER', 'type', typesOffset + TYPE_LENGTH * index, 'above the one before', index);
  }
}

/**
 * The order of the segments of a manifest.
 *
 * @spec STX-MAN-8
 */
export function compareSegments(left: ManifestSegment, right: ManifestSegment): number {
  if (left.logseq !== right.logseq) return left.logseq < right.logseq ? -1 : 1;
  return compareBytes(left.segmentId, right.segmentId);
}

function assertSnapshot(manifest: Manifest, expected: SnapshotOf): void {
  assertSame('MANIFEST.DOMAIN', 'domain_id', 64, expected.domainId, manifest.domainId);
  if (manifest.position !== expected.position) {
    const [wanted, got] = [expected.position.toString(), manifest.position.toString()];
    throw wrong('MANIFEST.SNAPSHOT', 'position', 24, wanted, got);
  }
  assertSame('MANIFEST.SNAPSHOT', 'record_hash', 96, expected.recordHash, manifest.recordHash);
  if (expected.open && manifest.blind.some((byte) => byte !== 0)) {
    throw wrong('MANIFEST.BLIND', 'blind', 32, 0, formatHex(manifest.blind));
  }
}

function assertSame(
  code: StoreIndexErrorCode,
  field: string,
  offset: number,
  expected: Uint8Array,
  got: Uint8Array,
): void {
  // STX-MAN-10
  if (!equalBytes(expected, got)) throw wrong(code, field, offset, formatHex(expected), formatHex(got));
}

function hashAt(encoded: Uint8Array, offset: number): Bytes {
  return copyBytes(encoded.subarray(offset, offset + 32));
}

function wrong(
  code: StoreIndexErrorCode,
  field: string,
  offset: number,
  expected: string | number,
  got: string | number,
): AslError {
  return storeIndexError(code, `${field} is ${got} at offset ${offset}, expected ${expected}`, {
    offset,
    expected,
    got,
  });
}
