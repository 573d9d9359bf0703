import { createHash } from 'node:crypto';
import { HASH_SHA256, type Reference } from '@amduat/asl-core';
import {
  appendRecord,
  applyRecord,
  assertClean,
  decodeGenesis,
  decodeHeader,
  decodePayload,
  encodeFrame,
  encodeGenesis,
  encodeHeader,
  encodePayload,
  genesisState,
  type LogRecord,
  type LogScan,
  type Payload,
  RECORD_TYPES,
  type RecordBody,
  recordHashOf,
  scanLog,
} from '@amduat/asl-log';
import { bytesRow, type Fault, latin1, type Row, u32le, u64le, withBytes } from './row.js';

const id = (octet: number) => new Uint8Array(32).fill(octet);
const key = (octet: number): Reference => ({ hashId: HASH_SHA256, digest: id(octet) });

const GENESIS = encodeGenesis({
  name: 'demo.1',
  open: true,
  authorityKey: id(0x11),
  recoveryKeyHash: id(0),
  nonce: id(0x22),
});
const NAME_LENGTH_AT = 68;
const NAME_AT = 69;
const OPENNESS_AT = 75;

const genesis = bytesRow({
  decoder: 'genesis manifest',
  clauses: '[DOM-MAN-2] [DOM-MAN-3] [DOM-MAN-4] [DOM-MAN-5] [DOM-MAN-6]',
  samples: [GENESIS],
  decode: decodeGenesis,
  encode: encodeGenesis,
  faults: {
    'huge length': [65, 128, 255].map((length) => withBytes(GENESIS, NAME_LENGTH_AT, [length])),
    'not canonical': [
      'Demo.1',
      'd mo.1',
      '.emo.1',
      '-emo.1',
      '_emo.1',
      'd\u00e9mo.1',
      'demo.\u0000',
      'demo/1',
    ]
      .map((name) => withBytes(GENESIS, NAME_AT, latin1(name).subarray(0, 6)))
      .concat(withBytes(GENESIS, NAME_LENGTH_AT, [0])),
    'unknown version': [0, 2, 0x100, 0x01000000, 2 ** 32 - 1].map((version) =>
      withBytes(GENESIS, 0, u32le(version)),
    ),
    'unknown flag': Array.from({ length: 254 }, (_, openness) =>
      withBytes(GENESIS, OPENNESS_AT, [openness + 2]),
    ),
  },
});

const DOMAIN = id(0xd0);
const HEADER = encodeHeader({
  domainId: DOMAIN,
  baseLogseq: 0n,
  baseRecordHash: DOMAIN,
  baseManifestHash: id(0),
});
const LATER_HEADER = encodeHeader({
  domainId: DOMAIN,
  baseLogseq: 7n,
  baseRecordHash: id(3),
  baseManifestHash: id(0),
});
const HASHED = 128;
const VERSIONS = [0, 2, 0x01000001, 2 ** 32 - 1];
const FLAGS = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit));

/** A header with some octets set, and its hash right for them. */
function rehashed(offset: number, bytes: ArrayLike<number>, header: Uint8Array = HEADER): Uint8Array {
  const changed = withBytes(header, offset, bytes);
  return withBytes(changed, HASHED, createHash('sha256').update(changed.subarray(0, HASHED)).digest());
}

const HEADER_FAULTS: Partial<Record<Fault, Uint8Array[]>> = {
  'huge length': [0, 159, 161, 2 ** 31, 2 ** 32 - 1].map((size) => rehashed(12, u32le(size))),
  'not canonical': [rehashed(64, [1]), rehashed(96, [1]), rehashed(56, u64le(0n), LATER_HEADER)],
  'unknown version': [
    ...VERSIONS.map((version) => rehashed(8, u32le(version))),
    rehashed(0, latin1('ASLLOG02')),
  ],
  'unknown flag': FLAGS.map((flag) => rehashed(16, u64le(flag))),
};

const header = bytesRow({
  decoder: 'log header',
  clauses: '[LOG-HDR-1] [LOG-HDR-2] [LOG-HDR-3] [LOG-HDR-4] [LOG-HDR-5] [LOG-HDR-6] [LOG-HDR-8]',
  samples: [HEADER, LATER_HEADER],
  decode: (bytes) => decodeHeader(bytes, { domainId: DOMAIN }),
  encode: encodeHeader,
  faults: { ...HEADER_FAULTS, trailing: [] },
});

/** The state that the log of the samples leads to, and the records of that log. */
function replayBodies(bodies: readonly RecordBody[]) {
  const records: LogRecord[] = [];
  let state = genesisState(DOMAIN, true);
  for (const body of bodies) {
    const appended = appendRecord(state, body, undefined);
    records.push(appended.record);
    state = appended.state;
  }
  return { records, state };
}

const { records: RECORDS, state: STATE } = replayBodies([
  { type: 'segment-seal', segmentIds: [id(0x33), id(0x44)] },
  { type: 'tombstone', key: key(1), reason: 5 },
  { type: 'artifact-publish', keys: [key(1), key(2)] },
]);
const [SEAL, TOMBSTONE, PUBLISH] = RECORDS as [LogRecord, LogRecord, LogRecord];
const FIRST_FRAME = encodeFrame([SEAL, TOMBSTONE]);
const SECOND_FRAME = encodeFrame([PUBLISH]);
const FRAME_HEAD = 48;

/** A frame with some octets set, and its hash right for them. */
function reframed(frame: Uint8Array, offset: number, bytes: ArrayLike<number>): Uint8Array {
  const changed = withBytes(frame, offset, bytes);
  const hash = createHash('sha256').update(changed.subarray(0, 16)).update(changed.subarray(FRAME_HEAD));
  return withBytes(changed, 16, hash.digest());
}

/** A frame of these octets, whatever they are. */
function frameOf(firstLogseq: bigint, records: Uint8Array): Uint8Array {
  const head = Buffer.concat([latin1('ASLF'), u32le(records.length), u64le(firstLogseq), id(0)]);
  return reframed(Buffer.concat([head, records]), 0, latin1('ASLF'));
}

const fileOf = (...frames: readonly Uint8Array[]) => Buffer.concat([HEADER, ...frames]);
const recordsOf = (frame: Uint8Array) => frame.subarray(FRAME_HEAD);
/** The same octets as one of the type 2^32 − 1, or of type 0. */
const PAYLOAD_LENGTH_AT = FRAME_HEAD + 12;

function decodeFile(bytes: Uint8Array): LogScan {
  const scan = scanLog(bytes, { domainId: DOMAIN });
  assertClean(scan.end);
  let state = genesisState(DOMAIN, true);
  for (const record of scan.records) state = applyRecord(state, record);
  return scan;
}

function encodeFile({ header: decoded, records, frames }: LogScan): Uint8Array {
  let next = 0;
  const encoded = frames.map(({ recordCount }) => encodeFrame(records.slice(next, (next += recordCount))));
  return Buffer.concat([encodeHeader(decoded), ...encoded]);
}

const file = bytesRow({
  decoder: 'log file',
  clauses: '[LOG-FRM-3] [LOG-FRM-4] [LOG-FRM-6] [LOG-FRM-7] [LOG-FRM-8] [LOG-REC-1]',
  samples: [fileOf(FIRST_FRAME, SECOND_FRAME)],
  decode: decodeFile,
  encode: encodeFile,
  faults: {
    trailing: [Uint8Array.of(1), latin1('ASLF'), SECOND_FRAME.subarray(0, -1), FIRST_FRAME].map((more) =>
      fileOf(FIRST_FRAME, SECOND_FRAME, more),
    ),
    'huge length': [
      ...[2 ** 26 + 1, 2 ** 31, 2 ** 32 - 1].map((count) => fileOf(withBytes(FIRST_FRAME, 4, u32le(count)))),
      ...[2 ** 24 + 1, 2 ** 31, 2 ** 32 - 1, 1000].map((length) =>
        fileOf(reframed(FIRST_FRAME, PAYLOAD_LENGTH_AT, u32le(length))),
      ),
    ],
    'not canonical': [
      fileOf(frameOf(1n, new Uint8Array())),
      fileOf(frameOf(1n, recordsOf(FIRST_FRAME).subarray(0, -1))),
      fileOf(frameOf(1n, Buffer.concat([recordsOf(FIRST_FRAME), Uint8Array.of(0)]))),
      fileOf(reframed(FIRST_FRAME, 8, u64le(2n)), SECOND_FRAME),
      fileOf(new Uint8Array(8), FIRST_FRAME),
      fileOf(FIRST_FRAME, new Uint8Array(1), SECOND_FRAME),
    ],
    'unknown version': [
      ...(HEADER_FAULTS['unknown version'] ?? []),
      fileOf(withBytes(FIRST_FRAME, 0, latin1('ASLG')), SECOND_FRAME),
    ],
    'unknown flag': [
      ...(HEADER_FAULTS['unknown flag'] ?? []),
      fileOf(reframed(FIRST_FRAME, FRAME_HEAD + 8, u32le(0))),
    ],
    'wrong order': [
      fileOf(SECOND_FRAME, FIRST_FRAME),
      fileOf(SECOND_FRAME),
      fileOf(
        frameOf(2n, Buffer.concat([recordsOf(encodeFrame([TOMBSTONE])), recordsOf(encodeFrame([SEAL]))])),
      ),
      fileOf(frameOf(1n, Buffer.concat([recordsOf(encodeFrame([SEAL])), recordsOf(SECOND_FRAME)]))),
    ],
    duplicate: [
      fileOf(FIRST_FRAME, FIRST_FRAME),
      fileOf(FIRST_FRAME, SECOND_FRAME, SECOND_FRAME),
      fileOf(frameOf(1n, Buffer.concat([recordsOf(encodeFrame([SEAL])), recordsOf(encodeFrame([SEAL]))]))),
      Buffer.concat([HEADER, HEADER, FIRST_FRAME]),
    ],
  },
});

const LIST_COUNT_AT = 33;
const LIST_AT = 37;

const BODIES: Readonly<Record<RecordBody['type'], readonly RecordBody[]>> = {
  'segment-seal': [{ type: 'segment-seal', segmentIds: [id(0x33), id(0x44)] }],
  tombstone: [{ type: 'tombstone', key: key(3), reason: 1 }],
  'tombstone-lift': [{ type: 'tombstone-lift', tombstone: TOMBSTONE.logseq }],
  'snapshot-anchor': [
    {
      type: 'snapshot-anchor',
      snapshotId: STATE.indexState.snapshotId,
      snapshotLogseq: STATE.position,
      stateRoot: id(1),
      publicRoot: id(2),
      manifestHash: id(3),
      logseq: STATE.position + 1n,
    },
  ],
  'artifact-publish': [{ type: 'artifact-publish', keys: [key(3), key(4)] }],
  'artifact-unpublish': [{ type: 'artifact-unpublish', keys: [key(1), key(2)] }],
  'authority-rotate': [
    { type: 'authority-rotate', newKey: id(5), signature: new Uint8Array(64).fill(6) },
    { type: 'authority-rotate', newKey: id(5), recoveryKey: id(7), signature: new Uint8Array(64).fill(6) },
  ],
};

/** As replay reads it, after the records of the log of the samples. */
function payloadRow(type: RecordBody['type'], bodies: readonly RecordBody[]): Row {
  const recordType = RECORD_TYPES[type];
  const samples = bodies.map((body) => encodePayload({ public: 1, salt: id(0), body }));
  return bytesRow<Payload>({
    decoder: `payload of ${type}`,
    clauses: '[LOG-PAY-1] [LOG-PFX-1] [LOG-PFX-2]',
    samples,
    decode(payload) {
      const recordHash = recordHashOf(STATE.recordHash, recordType, payload);
      applyRecord(STATE, { logseq: STATE.position + 1n, type: recordType, payload, recordHash });
      return decodePayload(recordType, payload) as Payload;
    },
    encode: encodePayload,
    faults: {
      ...payloadFaults(type, samples[0] as Uint8Array),
      // Two lengths are right: what is added to the shorter must not make the longer.
      trailing: samples.flatMap((sample) =>
        [1, 31, 33, 4096].map((length) => Buffer.concat([sample, new Uint8Array(length).fill(1)])),
      ),
    },
  });
}

function payloadFaults(type: RecordBody['type'], sample: Uint8Array): Partial<Record<Fault, Uint8Array[]>> {
  const publics = Array.from({ length: 254 }, (_, octet) => withBytes(sample, 0, [octet + 2]));
  const hashIds = (at: number) =>
    [0, 3, 0x0100, 0xffff].map((hashId) => withBytes(sample, at, [hashId >> 8, hashId & 0xff]));
  switch (type) {
    case 'segment-seal':
      return { ...listFaults(sample, 32), 'unknown flag': publics };
    case 'artifact-publish':
    case 'artifact-unpublish':
      return { ...listFaults(sample, 34), 'unknown flag': [...publics, ...hashIds(LIST_AT)] };
    case 'tombstone':
      return { 'unknown flag': [...publics, ...hashIds(LIST_COUNT_AT)] };
    case 'tombstone-lift':
      return {
        'unknown flag': publics,
        'huge length': [2n ** 63n, 2n ** 64n - 1n].map((logseq) =>
          withBytes(sample, LIST_COUNT_AT, u64le(logseq)),
        ),
      };
    case 'snapshot-anchor':
      return {
        'unknown flag': publics,
        'huge length': [65, 169].flatMap((at) =>
          [2n ** 63n, 2n ** 64n - 1n].map((logseq) => withBytes(sample, at, u64le(logseq))),
        ),
      };
    case 'authority-rotate':
      return { 'unknown flag': publics };
  }
}

function listFaults(sample: Uint8Array, itemLength: number): Partial<Record<Fault, Uint8Array[]>> {
  const [first, second] = [0, itemLength].map((at) =>
    sample.slice(LIST_AT + at, LIST_AT + at + itemLength),
  ) as [Uint8Array, Uint8Array];
  const listOf = (...items: readonly Uint8Array[]) =>
    Buffer.concat([sample.subarray(0, LIST_COUNT_AT), u32le(items.length), ...items]);
  return {
    'huge length': [3, 2 ** 16, 2 ** 27, 2 ** 31, 2 ** 32 - 1].map((count) =>
      withBytes(sample, LIST_COUNT_AT, u32le(count)),
    ),
    'not canonical': [listOf()],
    'wrong order': [listOf(second, first)],
    duplicate: [listOf(first, first), listOf(first, second, second), listOf(first, second, first)],
  };
}

const payloads = Object.entries(BODIES).map(([type, bodies]) =>
  payloadRow(type as RecordBody['type'], bodies),
);

export const LOG_ROWS: readonly Row[] = [genesis, header, file, ...payloads];
