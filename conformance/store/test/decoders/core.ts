import {
  decodeArtifact,
  decodeReference,
  EMPTY_BLOCK_ID,
  type Extent,
  encodeArtifact,
  encodeReference,
  formatReference,
  HASH_SHA256,
  parseReference,
  readLocation,
} from '@amduat/asl-core';
import { formatIndexState, parseIndexState } from '@amduat/asl-store-index';
import { type Attempt, bytesRow, latin1, type Row, textOf, u64be, withBytes } from './row.js';

const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = Buffer.from(HEX, 'hex');

const UNTAGGED = encodeArtifact({ bytes: latin1('hello') });
const TAGGED = encodeArtifact({ bytes: latin1('hello'), typeTag: 0x101 });

const artifact = bytesRow({
  decoder: 'artifact',
  clauses: '[CORE-ENC-2] [CORE-ENC-3] [CORE-ENC-4] [CORE-ENC-6]',
  samples: [UNTAGGED, TAGGED, encodeArtifact({ bytes: new Uint8Array() })],
  decode: decodeArtifact,
  encode: encodeArtifact,
  faults: {
    'huge length': [6n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].flatMap((length) => [
      withBytes(UNTAGGED, 1, u64be(length)),
      withBytes(TAGGED, 5, u64be(length)),
    ]),
    'unknown flag': Array.from({ length: 254 }, (_, flag) => withBytes(UNTAGGED, 0, [flag + 2])),
  },
});

const BINARY = encodeReference({ hashId: HASH_SHA256, digest: DIGEST });
const REGISTERED = [0x0001, 0x0002];

const referenceBinary = bytesRow({
  decoder: 'reference, binary',
  clauses: '[CORE-REF-3] [CORE-HASH-3]',
  samples: [BINARY],
  decode: decodeReference,
  encode: encodeReference,
  faults: {
    'unknown flag': Array.from({ length: 0x10000 }, (_, hashId) => hashId)
      .filter((hashId) => !REGISTERED.includes(hashId))
      .map((hashId) => withBytes(BINARY, 0, [hashId >> 8, hashId & 0xff])),
  },
});

const TEXT = `asl:sha256:${HEX}`;

const referenceText = bytesRow({
  decoder: 'reference, text',
  clauses: '[CORE-REF-5] [CORE-REF-6] [CORE-REF-7] [CORE-REF-12]',
  samples: [latin1(TEXT), latin1(`asl:blake3:${HEX}`)],
  decode: (bytes) => parseReference(textOf(bytes)),
  encode: (reference) => latin1(formatReference(reference)),
  faults: {
    'huge length': [latin1(`asl:sha256:${'0'.repeat(2 ** 20)}`), latin1(`asl:${'a'.repeat(2 ** 20)}:${HEX}`)],
    'not canonical': [
      TEXT.toUpperCase(),
      `ASL:sha256:${HEX}`,
      `asl:SHA256:${HEX}`,
      `asl:sha256:${HEX.toUpperCase()}`,
      ` ${TEXT}`,
      `${TEXT} `,
      `${TEXT}\n`,
      `asl: sha256:${HEX}`,
      `asl:sha-256:${HEX}`,
      `asl:sha256:0x${HEX.slice(2)}`,
      `asl://sha256:${HEX}`,
    ].map(latin1),
    'unknown flag': ['', 'md5', 'sha1', 'sha512', 'sha3', 'blake2', 'toString', '1'].map((hash) =>
      latin1(`asl:${hash}:${HEX}`),
    ),
    'wrong order': [`sha256:asl:${HEX}`, `asl:${HEX}:sha256`, `${HEX}:sha256:asl`].map(latin1),
    duplicate: [`asl:${TEXT}`, `asl:sha256:sha256:${HEX}`, `asl:sha256:${HEX}:${HEX}`, TEXT + TEXT].map(
      latin1,
    ),
  },
});

const STATE = `42@${HEX}`;

const indexStateText = bytesRow({
  decoder: 'index state, text',
  clauses: '[STX-SNAP-3]',
  samples: [latin1(STATE), latin1(`18446744073709551615@${HEX}`)],
  decode: (bytes) => parseIndexState(textOf(bytes)),
  encode: (state) => latin1(formatIndexState(state)),
  faults: {
    truncated: [...Array(STATE.length).keys()].map((length) => latin1(STATE.slice(0, length))),
    'huge length': [
      `18446744073709551616@${HEX}`,
      `99999999999999999999@${HEX}`,
      `1${'0'.repeat(2 ** 16)}@${HEX}`,
      `42@${'0'.repeat(2 ** 16)}`,
    ].map(latin1),
    'not canonical': [
      `042@${HEX}`,
      `00@${HEX}`,
      `+42@${HEX}`,
      `-0@${HEX}`,
      `4e1@${HEX}`,
      `0x2a@${HEX}`,
      `42@${HEX.toUpperCase()}`,
      ` ${STATE}`,
      `${STATE}\n`,
      `42 @${HEX}`,
    ].map(latin1),
    'wrong order': [latin1(`${HEX}@42`)],
    duplicate: [`42@42@${HEX}`, `${STATE}@${HEX}`, STATE + STATE].map(latin1),
  },
});

const BLOCK = latin1('0123456789');
const BLOCK_ID = new Uint8Array(32).fill(0x0b);
const U32_MAX = 2 ** 32 - 1;

/** Locations are values: what is read out of the blocks stands for them. */
function locationAttempt(extents: readonly Partial<Extent>[], length: bigint, block = BLOCK): Attempt {
  const location = extents.map((extent) => ({ blockId: BLOCK_ID, offset: 0, length: 0, ...extent }));
  return {
    run: () => readLocation(location, length, (id) => (id === BLOCK_ID ? block : undefined)),
    isFaithful: () => false,
  };
}

const location: Row = {
  decoder: 'location',
  clauses: '[CORE-LOC-1] [CORE-LOC-3] [CORE-LOC-4] [CORE-LOC-5] [CORE-LOC-6]',
  attempts: {
    truncated: [
      ...Array.from({ length: BLOCK.length }, (_, length) =>
        locationAttempt([{ offset: 0, length: 10 }], 10n, BLOCK.subarray(0, length)),
      ),
      locationAttempt([], 0n),
      locationAttempt([], 1n),
      locationAttempt([{ length: 4 }], 5n),
      locationAttempt([{ blockId: new Uint8Array(32), length: 4 }], 4n),
    ],
    'huge length': [
      locationAttempt([{ length: 11 }], 11n),
      locationAttempt([{ length: U32_MAX }], BigInt(U32_MAX)),
      locationAttempt([{ offset: U32_MAX, length: 1 }], 1n),
      locationAttempt([{ offset: U32_MAX, length: U32_MAX }], BigInt(U32_MAX)),
      locationAttempt([{ length: 4 }], 2n ** 64n - 1n),
      locationAttempt([{ length: 4 }], 2n ** 32n + 4n),
    ],
    trailing: [
      locationAttempt([{ length: 5 }, { length: 1 }], 5n),
      locationAttempt([{ length: 5 }, { offset: 5, length: 5 }], 5n),
    ],
    'not canonical': [
      locationAttempt([{ length: 0 }], 0n),
      locationAttempt([{ length: 5 }, { length: 0 }], 5n),
      locationAttempt([{ blockId: EMPTY_BLOCK_ID, offset: 1 }], 0n),
      locationAttempt([{ blockId: EMPTY_BLOCK_ID }, { blockId: EMPTY_BLOCK_ID }], 0n),
      locationAttempt([{ blockId: EMPTY_BLOCK_ID }], 1n),
    ],
  },
};

export const CORE_ROWS: readonly Row[] = [artifact, referenceBinary, referenceText, indexStateText, location];
