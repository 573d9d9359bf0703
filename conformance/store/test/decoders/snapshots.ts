import { HASH_SHA256, type Reference } from '@amduat/asl-core';
import {
  applyPolicy,
  type ContentEntry,
  contentEntries,
  decodeEntry,
  decodeEntryProof,
  decodeManifest,
  decodePolicy,
  EMPTY_POLICY,
  type EntryProof,
  encodeEntryProof,
  encodeManifest,
  encodePolicy,
  entryRoot,
  manifestHashOf,
  policyHashOf,
  proveEntry,
  type StateEntry,
  stateEntries,
  verifyEntry,
} from '@amduat/asl-store-index';
import { bytesRow, type Fault, latin1, type Row, u16le, u32le, u64le, withBytes } from './row.js';

type Faults = Readonly<Partial<Record<Fault, readonly Uint8Array[]>>>;

const U32_MAX = 2 ** 32 - 1;
const U64_MAX = 2n ** 64n - 1n;

const id = (octet: number) => new Uint8Array(32).fill(octet);
const keyOf = (octet: number): Reference => ({ hashId: HASH_SHA256, digest: id(octet) });

/** Octets exchanged with others as many. */
const swapped = (bytes: Uint8Array, left: number, right: number, length: number) =>
  withBytes(
    withBytes(bytes, left, bytes.subarray(right, right + length)),
    right,
    bytes.subarray(left, left + length),
  );
const copied = (bytes: Uint8Array, from: number, to: number, length: number) =>
  withBytes(bytes, to, bytes.subarray(from, from + length));

const OTHER_FLAGS = [2, 3, 0x7f, 0x80, 0xff];
const HASH_IDS = [
  [0, 0],
  [0, 3],
  [1, 0],
  [0xff, 0xff],
];
const VERSIONS = [0, 2, 0x01000001, U32_MAX].map(u32le);

// Entries

const FULL = stateEntries.encode({
  key: keyOf(0x10),
  record: { typeTag: 7, length: 5n, domain: id(0xd1), source: id(0xd2) },
  publication: 'published',
  tombstones: [3n, 9n],
});
const BARE = stateEntries.encode({ key: keyOf(0x20), tombstones: [4n] });

const stateEntry = bytesRow<StateEntry>({
  decoder: 'state entry',
  clauses: '[STX-ENT-2] [STX-ENT-3] [STX-ENT-4] [STX-ENT-5]',
  samples: [FULL, BARE],
  decode: (bytes) => decodeEntry(stateEntries, bytes),
  encode: stateEntries.encode,
  faults: {
    'huge length': [3, 2 ** 29, 2 ** 31, U32_MAX].flatMap((count) =>
      [FULL, BARE].map((entry) => withBytes(entry, 113, u32le(count))),
    ),
    'not canonical': [
      withBytes(FULL, 34, [0]),
      withBytes(FULL, 35, [0]),
      ...[35, 36, 40, 48, 80, 111].map((offset) => withBytes(BARE, offset, [1])),
      withBytes(BARE.subarray(0, 117), 113, u32le(0)),
      withBytes(BARE, 117, u64le(0n)),
    ],
    'unknown flag': [
      ...[34, 35].flatMap((offset) => OTHER_FLAGS.map((flag) => withBytes(FULL, offset, [flag]))),
      ...OTHER_FLAGS.slice(1).map((flag) => withBytes(FULL, 112, [flag])),
      ...HASH_IDS.map((hashId) => withBytes(FULL, 0, hashId)),
    ],
    'wrong order': [swapped(FULL, 117, 125, 8), withBytes(FULL, 117, u64le(U64_MAX))],
    duplicate: [copied(FULL, 117, 125, 8), copied(FULL, 125, 117, 8)],
  },
});

const CONTENT = contentEntries.encode({ key: keyOf(0x10), typeTag: 7, length: 5n });
const UNTAGGED = contentEntries.encode({ key: keyOf(0x20), length: U64_MAX });

const contentEntry = bytesRow<ContentEntry>({
  decoder: 'content entry',
  clauses: '[STX-ENT-2] [STX-ENT-3] [STX-ENT-4] [STX-ENT-5]',
  samples: [CONTENT, UNTAGGED],
  decode: (bytes) => decodeEntry(contentEntries, bytes),
  encode: contentEntries.encode,
  faults: {
    'not canonical': [withBytes(CONTENT, 34, [0]), ...[35, 38].map((at) => withBytes(UNTAGGED, at, [1]))],
    'unknown flag': [
      ...OTHER_FLAGS.map((flag) => withBytes(CONTENT, 34, [flag])),
      ...HASH_IDS.map((hashId) => withBytes(CONTENT, 0, hashId)),
    ],
  },
});

// Proofs: the root is known to whoever reads one.

/** Keys that share bits, so that a path has siblings that are empty and some that are not. */
const PROVED = [0x10, 0x14, 0x80].map((octet): ContentEntry => ({ key: keyOf(octet), length: 5n }));
const ROOT = entryRoot(contentEntries, PROVED);
const MEMBER = keyOf(0x10);
const PROOF = encodeEntryProof(contentEntries, proveEntry(contentEntries, PROVED, MEMBER));
/** 16 bits of the `hash_id`, and six of the digest: the siblings 16 and 21 are there, and two bits are left. */
const DEPTH = 22;
const LAST_MARKS = 5;
const SIBLINGS = 6;

const entryProof = bytesRow<EntryProof<ContentEntry>>({
  decoder: 'entry proof, against its root',
  clauses: '[STX-PRF-1] [STX-PRF-2] [STX-PRF-3] [STX-PRF-4] [STX-PRF-5]',
  samples: [PROOF],
  decode(bytes) {
    const proof = decodeEntryProof(contentEntries, bytes);
    verifyEntry(contentEntries, ROOT, MEMBER, proof);
    return proof;
  },
  encode: (proof) => encodeEntryProof(contentEntries, proof),
  faults: {
    'huge length': [24, 272, 273, 2 ** 15, 2 ** 16 - 1].map((depth) => withBytes(PROOF, 1, u16le(depth))),
    'not canonical': [
      withBytes(PROOF, SIBLINGS, id(0)),
      ...[DEPTH - 1, DEPTH + 1].map((depth) => withBytes(PROOF, 1, u16le(depth))),
      ...[0b000, 0b101, 0b110].map((marks) => withBytes(PROOF, LAST_MARKS, [marks])),
    ],
    'unknown flag': [0, ...OTHER_FLAGS].map((end) => withBytes(PROOF, 0, [end])),
    'wrong order': [swapped(PROOF, SIBLINGS, SIBLINGS + 32, 32)],
    duplicate: [copied(PROOF, SIBLINGS, SIBLINGS + 32, 32), copied(PROOF, SIBLINGS + 32, SIBLINGS, 32)],
  },
});

// Policy table

const TABLE = encodePolicy(
  [
    { kind: 'tombstone', key: keyOf(0x10), logseq: 3n } as const,
    { kind: 'publish', keys: [keyOf(0x20)], logseq: 4n } as const,
    { kind: 'tombstone', key: keyOf(0x10), logseq: 5n } as const,
    { kind: 'unpublish', keys: [keyOf(0x30)], logseq: 6n } as const,
    { kind: 'tombstone', key: keyOf(0x30), logseq: 7n } as const,
  ].reduce(applyPolicy, EMPTY_POLICY),
);
const NO_ROWS = encodePolicy(EMPTY_POLICY);
const ROW = 56;
const [FIRST, SECOND, THIRD] = [64, 64 + ROW, 64 + 2 * ROW] as [number, number, number];
const TOMBSTONES = 64 + 3 * ROW;
const PAIRS = TOMBSTONES + 3 * 8;

const TABLE_FAULTS: Faults = {
  'huge length': [
    ...[24, 32].flatMap((offset) =>
      [4n, 2n ** 32n, 2n ** 61n, 2n ** 63n, U64_MAX].map((count) => withBytes(TABLE, offset, u64le(count))),
    ),
    ...[0, 63, 65, U32_MAX].map((size) => withBytes(TABLE, 12, u32le(size))),
    ...[3, U32_MAX].map((count) => withBytes(TABLE, FIRST + 36, u32le(count))),
    withBytes(TABLE, FIRST + 40, u64le(U64_MAX)),
  ],
  'not canonical': [
    withBytes(TABLE, SECOND + 40, u64le(0n)),
    withBytes(TABLE, SECOND + 48, u64le(0n)),
    withBytes(TABLE, FIRST + 48, u64le(4n)),
    withBytes(TABLE, SECOND + 34, [0]),
    withBytes(withBytes(TABLE, SECOND + 34, [0]), SECOND + 48, u64le(0n)),
    withBytes(TABLE, TOMBSTONES, u64le(0n)),
    withBytes(TABLE, PAIRS + 8, u64le(2n)),
    withBytes(TABLE, PAIRS, u64le(2n)),
  ],
  'unknown version': [
    ...VERSIONS.map((version) => withBytes(TABLE, 8, version)),
    withBytes(TABLE, 0, latin1('ASLPOL02')),
  ],
  'unknown flag': [
    ...Array.from({ length: 64 }, (_, bit) => withBytes(TABLE, 16, u64le(1n << BigInt(bit)))),
    ...[40, 63, FIRST + 35].map((offset) => withBytes(TABLE, offset, [1])),
    ...OTHER_FLAGS.slice(1).map((flag) => withBytes(TABLE, SECOND + 34, [flag])),
    ...HASH_IDS.map((hashId) => withBytes(TABLE, THIRD, hashId)),
  ],
  'wrong order': [
    swapped(TABLE, FIRST, SECOND, ROW),
    swapped(TABLE, FIRST, SECOND, 34),
    swapped(TABLE, TOMBSTONES, TOMBSTONES + 8, 8),
    swapped(TABLE, PAIRS, PAIRS + 16, 16),
  ],
  duplicate: [
    copied(TABLE, FIRST, SECOND, ROW),
    copied(TABLE, FIRST, SECOND, 34),
    copied(TABLE, TOMBSTONES, TOMBSTONES + 8, 8),
    copied(TABLE, PAIRS, PAIRS + 16, 16),
  ],
};

const policyTable = bytesRow({
  decoder: 'policy table, without its hash',
  clauses: '[STX-PTB-3] [STX-PTB-7] [STX-PTB-9] [STX-PTB-10] [STX-PTB-12]',
  samples: [TABLE, NO_ROWS],
  decode: (bytes) => decodePolicy(bytes),
  encode: encodePolicy,
  faults: TABLE_FAULTS,
});

const namedPolicyTable = bytesRow({
  decoder: 'policy table, by its hash',
  clauses: '[STX-PTB-2]',
  samples: [TABLE],
  decode: (bytes) => decodePolicy(bytes, { hash: policyHashOf(TABLE) }),
  encode: encodePolicy,
  faults: TABLE_FAULTS,
});

// Manifest

const MANIFEST = encodeManifest({
  position: 9n,
  blind: id(0xb1),
  domainId: id(0xd1),
  recordHash: id(0xe1),
  policyHash: id(0xf1),
  anchored: 4n,
  segments: [
    { logseq: 0n, segmentId: id(0x51) },
    { logseq: 7n, segmentId: id(0x52) },
    { logseq: 7n, segmentId: id(0x53) },
  ],
  types: [1, 4, 0x99],
});
const SEALS = 168;
const TYPES = SEALS + 3 * 40;

const MANIFEST_FAULTS: Faults = {
  'huge length': [12, 16].flatMap((offset) =>
    [0, 4, 2 ** 16, 2 ** 27, 2 ** 31, U32_MAX].map((count) => withBytes(MANIFEST, offset, u32le(count))),
  ),
  'not canonical': [
    withBytes(MANIFEST, 24, u64le(0n)),
    ...[9n, 10n, U64_MAX].map((anchored) => withBytes(MANIFEST, 160, u64le(anchored))),
    ...[10n, U64_MAX].map((seal) => withBytes(MANIFEST, SEALS + 80, u64le(seal))),
    withBytes(MANIFEST, TYPES, u32le(0)),
    withBytes(MANIFEST.subarray(0, TYPES), 16, u32le(0)),
  ],
  'unknown version': [
    ...VERSIONS.map((version) => withBytes(MANIFEST, 8, version)),
    withBytes(MANIFEST, 0, latin1('ASLMAN02')),
  ],
  'unknown flag': Array.from({ length: 32 }, (_, bit) => withBytes(MANIFEST, 20, u32le((1 << bit) >>> 0))),
  'wrong order': [
    swapped(MANIFEST, SEALS, SEALS + 40, 40),
    swapped(MANIFEST, SEALS + 40, SEALS + 80, 40),
    swapped(MANIFEST, TYPES, TYPES + 4, 4),
    swapped(MANIFEST, TYPES + 4, TYPES + 8, 4),
  ],
  duplicate: [
    copied(MANIFEST, SEALS, SEALS + 40, 40),
    copied(MANIFEST, SEALS + 40, SEALS + 80, 40),
    copied(MANIFEST, TYPES, TYPES + 4, 4),
  ],
};

const manifest = bytesRow({
  decoder: 'manifest, without its hash',
  clauses: '[STX-MAN-2] [STX-MAN-6] [STX-MAN-7] [STX-MAN-8] [STX-MAN-9]',
  samples: [MANIFEST],
  decode: (bytes) => decodeManifest(bytes),
  encode: encodeManifest,
  faults: MANIFEST_FAULTS,
});

const namedManifest = bytesRow({
  decoder: 'manifest, by its hash',
  clauses: '[STX-MAN-1]',
  samples: [MANIFEST],
  decode: (bytes) => decodeManifest(bytes, { hash: manifestHashOf(MANIFEST) }),
  encode: encodeManifest,
  faults: MANIFEST_FAULTS,
});

export const SNAPSHOT_ROWS: readonly Row[] = [
  stateEntry,
  contentEntry,
  entryProof,
  policyTable,
  namedPolicyTable,
  manifest,
  namedManifest,
];
