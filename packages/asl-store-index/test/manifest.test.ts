import { createHash } from 'node:crypto';
import { isAslError } from '@amduat/asl-core';
import {
  compareSegments,
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestReadOptions,
  type ManifestSegment,
  manifestHashOf,
  type SnapshotOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHasher, u64 } from './entries.js';

const ZERO = new Uint8Array(32);
const hashes = fc.oneof(fc.constant(ZERO), fc.uint8Array({ minLength: 32, maxLength: 32 }));
const u32 = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 0xffff_ffff }));

/** By the text: first the number, then the octets as unsigned ones. */
const ascending = (left: ManifestSegment, right: ManifestSegment) =>
  left.logseq === right.logseq
    ? Buffer.compare(left.segmentId, right.segmentId)
    : left.logseq < right.logseq
      ? -1
      : 1;

/** Some segments of one seal, and some of none. */
const someSegments = fc.uniqueArray(
  fc.record({
    logseq: fc.oneof(fc.bigInt({ min: 0n, max: 3n }), u64),
    segmentId: fc
      .tuple(fc.constantFrom(0, 0x80), fc.nat({ max: 2 }))
      .map(([first, last]) => new Uint8Array(32).with(0, first).with(31, last)),
  }),
  {
    selector: ({ logseq, segmentId }) => `${logseq} ${Buffer.from(segmentId).toString('hex')}`,
    maxLength: 8,
  },
);

const manifests: fc.Arbitrary<Manifest> = fc
  .record({
    at: fc.tuple(u64, u64),
    blind: hashes,
    domainId: hashes,
    recordHash: hashes,
    policyHash: hashes,
    segments: someSegments,
    types: fc.uniqueArray(u32, { minLength: 1, maxLength: 9 }),
  })
  .map(({ at, segments, types, ...rest }): Manifest => {
    const greatest = segments.reduce((found, { logseq }) => (logseq > found ? logseq : found), 1n);
    const [first, second] = at;
    const position = [first, second, greatest].reduce((left, right) => (left > right ? left : right));
    return {
      ...rest,
      position,
      anchored: (first < second ? first : second) % position,
      segments: segments.sort(ascending),
      types: types.sort((left, right) => left - right),
    };
  });

/** The bytes of a manifest, by the table of section 13. */
function byHand(manifest: Manifest): Buffer {
  const { position, blind, domainId, recordHash, policyHash, anchored, segments, types } = manifest;
  const lists = 168 + 40 * segments.length;
  const bytes = Buffer.alloc(lists + 4 * types.length);
  bytes.write('ASLMAN01', 'latin1');
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(segments.length, 12);
  bytes.writeUInt32LE(types.length, 16);
  bytes.writeBigUInt64LE(position, 24);
  for (const [index, hash] of [blind, domainId, recordHash, policyHash].entries()) {
    bytes.set(hash, 32 + 32 * index);
  }
  bytes.writeBigUInt64LE(anchored, 160);
  for (const [index, { logseq, segmentId }] of segments.entries()) {
    bytes.writeBigUInt64LE(logseq, 168 + 40 * index);
    bytes.set(segmentId, 176 + 40 * index);
  }
  for (const [index, type] of types.entries()) bytes.writeUInt32LE(type, lists + 4 * index);
  return bytes;
}

/** What becomes of octets: a code, or whether what they say is written with these octets. */
function outcome(bytes: Uint8Array, options?: ManifestReadOptions): string {
  try {
    const again = encodeManifest(decodeManifest(bytes, options));
    return Buffer.compare(again, bytes) === 0 ? 'these octets' : 'other octets';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

const hash = (fill: number) => new Uint8Array(32).fill(fill);

const MANIFEST: Manifest = {
  position: 9n,
  blind: hash(1),
  domainId: hash(2),
  recordHash: hash(3),
  policyHash: hash(4),
  anchored: 4n,
  segments: [
    { logseq: 0n, segmentId: hash(0x90) },
    { logseq: 3n, segmentId: hash(0x10) },
    { logseq: 3n, segmentId: hash(0x20) },
    { logseq: 9n, segmentId: hash(0x08) },
  ],
  types: [1, 4, 0x100],
};

const SNAPSHOT: SnapshotOf = { domainId: hash(2), position: 9n, recordHash: hash(3), open: false };

const BYTES = byHand(MANIFEST);

describe('[STX-MAN-1] a manifest', () => {
  it('has the bytes of the table and no other, and their hash', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const bytes = encodeManifest(manifest);
        expect(Buffer.from(bytes)).toEqual(byHand(manifest));
        const expected = createHash('sha256').update(bytes).digest();
        expect(Buffer.from(manifestHashOf(bytes))).toEqual(expected);
      }),
    );
  });

  it('is read back as what was written, from wherever it lies', () => {
    fc.assert(
      fc.property(manifests, fc.uint8Array({ maxLength: 9 }), (manifest, before) => {
        const whole = Buffer.concat([before, encodeManifest(manifest), before]);
        const bytes = whole.subarray(before.length, whole.length - before.length);
        const { domainId, position, recordHash, blind } = manifest;
        const open = blind.every((octet) => octet === 0);
        const snapshot = { domainId, position, recordHash, open };
        expect(decodeManifest(bytes)).toEqual(manifest);
        expect(decodeManifest(bytes, { hash: manifestHashOf(bytes), snapshot })).toEqual(manifest);
      }),
    );
  });

  it('keeps nothing of the octets it was read from', () => {
    const bytes = Uint8Array.from(BYTES);
    const manifest = decodeManifest(bytes);
    bytes.fill(0);
    expect(manifest).toEqual(MANIFEST);
  });

  it('is refused or another one, whatever octet is changed', () => {
    fc.assert(
      fc.property(manifests, fc.nat(), fc.integer({ min: 1, max: 255 }), (manifest, number, change) => {
        const bytes = encodeManifest(manifest);
        const encodedHash = manifestHashOf(bytes);
        const at = number % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        expect(outcome(bytes, { hash: encodedHash })).toBe('MANIFEST.DIGEST');
        expect(outcome(bytes)).toMatch(/^(these octets|MANIFEST\.)/);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not have the hash of another, whatever bit is flipped, cut off or added', () => {
    const options = { hash: manifestHashOf(BYTES), hasher: platformHasher };
    for (let bit = 0; bit < 8 * BYTES.length; bit++) {
      const flipped = Buffer.from(BYTES);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(outcome(flipped, options)).toBe('MANIFEST.DIGEST');
    }
    for (let length = 0; length < BYTES.length; length++) {
      expect(outcome(BYTES.subarray(0, length), options)).toBe('MANIFEST.DIGEST');
    }
    expect(outcome(Buffer.concat([BYTES, Buffer.of(0)]), options)).toBe('MANIFEST.DIGEST');
    expect(outcome(BYTES, options)).toBe('these octets');
  });
});

describe('[STX-MAN-2] a manifest that was cut', () => {
  it('is refused, wherever it was cut, and with octets after it', () => {
    for (let length = 0; length < BYTES.length; length++) {
      const code = length < 168 ? 'MANIFEST.TRUNCATED' : 'MANIFEST.LENGTH';
      expect(outcome(BYTES.subarray(0, length))).toBe(code);
    }
    for (const extra of [1, 4, 40]) {
      expect(outcome(Buffer.concat([BYTES, Buffer.alloc(extra)]))).toBe('MANIFEST.LENGTH');
    }
  });
});

describe('[STX-MAN-6] a manifest with more segments or types than it has octets for', () => {
  it.each([
    [0xffff_ffff, 3],
    [4, 0xffff_ffff],
    [0xffff_ffff, 0xffff_ffff],
    // The length is the same in 32 bits.
    [4 + 0x2000_0000, 3],
    [4, 3 + 0x4000_0000],
    [5, 3],
    [4, 2],
  ])('is refused before room is taken: %i and %i', (segmentCount, typeCount) => {
    const bytes = Buffer.from(BYTES);
    bytes.writeUInt32LE(segmentCount, 12);
    bytes.writeUInt32LE(typeCount, 16);
    expect(outcome(bytes)).toBe('MANIFEST.LENGTH');
  });
});

/** The manifest with an octet or a number in another place. */
function withNumber(at: number, value: number, length = 1): Buffer {
  const bytes = Buffer.from(BYTES);
  bytes.writeUIntLE(value, at, length);
  return bytes;
}

const edited = (change: Partial<Manifest>) => byHand({ ...MANIFEST, ...change });

const [unsealed, third, fourth, ninth] = MANIFEST.segments as [
  ManifestSegment,
  ManifestSegment,
  ManifestSegment,
  ManifestSegment,
];

describe('a manifest', () => {
  it.each<[string, string, string, Buffer]>([
    ['STX-MAN-3', 'MANIFEST.MAGIC', 'another magic', withNumber(7, 0x32)],
    ['STX-MAN-4', 'MANIFEST.VERSION', 'another version', withNumber(8, 2)],
    ['STX-MAN-4', 'MANIFEST.VERSION', 'version 0', withNumber(8, 0)],
    ['STX-MAN-4', 'MANIFEST.VERSION', 'a version above 16 bits', withNumber(11, 1)],
    ['STX-MAN-5', 'MANIFEST.RESERVED', 'a first reserved octet', withNumber(20, 1)],
    ['STX-MAN-5', 'MANIFEST.RESERVED', 'a last reserved octet', withNumber(23, 1)],
    ['STX-MAN-9', 'MANIFEST.TYPES', 'no types', edited({ types: [] })],
    ['STX-MAN-9', 'MANIFEST.TYPES', 'type 0', edited({ types: [0] })],
    ['STX-MAN-9', 'MANIFEST.TYPES', 'type 0 before others', edited({ types: [0, 1] })],
  ])('[%s] is refused with %s: %s', (_, code, __, bytes) => {
    expect(outcome(bytes)).toBe(code);
  });
});

describe('[STX-MAN-7] positions of a manifest', () => {
  const segments = [unsealed, third];

  it('are from 1 on, that of an anchor below them, those of seals up to them', () => {
    expect(outcome(edited({ position: 1n, anchored: 0n, segments: [] }))).toBe('these octets');
    expect(outcome(edited({ position: 0n, anchored: 0n, segments: [] }))).toBe('MANIFEST.POSITION');
    for (const anchored of [0n, 1n, 8n]) expect(outcome(edited({ anchored }))).toBe('these octets');
    for (const anchored of [9n, 10n, 2n ** 64n - 1n]) {
      expect(outcome(edited({ anchored }))).toBe('MANIFEST.POSITION');
    }
    for (const logseq of [4n, 9n]) {
      const more = [...segments, { logseq, segmentId: hash(1) }];
      expect(outcome(edited({ segments: more }))).toBe('these octets');
    }
    for (const logseq of [10n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n]) {
      const more = [...segments, { logseq, segmentId: hash(1) }];
      expect(outcome(edited({ segments: more }))).toBe('MANIFEST.POSITION');
      expect(outcome(edited({ segments: [{ logseq, segmentId: hash(1) }, ...more] }))).toBe(
        'MANIFEST.POSITION',
      );
    }
  });

  it('are looked at before the order', () => {
    const late = { logseq: 10n, segmentId: hash(1) };
    expect(outcome(edited({ segments: [third, unsealed, late] }))).toBe('MANIFEST.POSITION');
  });
});

describe('[STX-MAN-8] the lists of a manifest', () => {
  it.each<[string, readonly ManifestSegment[]]>([
    ['a seal after a later one', [unsealed, ninth, third]],
    ['no seal after one', [third, unsealed]],
    ['SegmentIDs of one seal that descend', [fourth, third]],
    ['a segment twice', [third, third]],
    ['a last segment twice', [unsealed, third, fourth, ninth, ninth]],
    [
      'SegmentIDs of one seal that descend as unsigned octets',
      [unsealed, { ...unsealed, segmentId: hash(0x10) }],
    ],
  ])('are refused with %s', (_, segments) => {
    expect(outcome(edited({ segments }))).toBe('MANIFEST.ORDER');
  });

  it.each([[[4, 1]], [[1, 1]], [[1, 4, 4]], [[1, 5, 4]], [[1, 0]], [[0x100, 1]], [[0x8000_0000, 1]]])(
    'are refused with types %j',
    (types) => {
      expect(outcome(edited({ types }))).toBe('MANIFEST.ORDER');
    },
  );

  it('may have a segment twice that was sealed twice', () => {
    const again = [third, { ...third, logseq: 4n }];
    expect(outcome(edited({ segments: again }))).toBe('these octets');
  });

  it('are compared as the text says', () => {
    fc.assert(
      fc.property(someSegments, (segments) => {
        expect(segments.toSorted(compareSegments)).toEqual(segments.toSorted(ascending));
        for (const segment of segments) expect(compareSegments(segment, { ...segment })).toBe(0);
      }),
    );
  });
});

describe('[STX-MAN-10] a manifest that is read as that of a position', () => {
  const read = (change: Partial<SnapshotOf>, bytes: Buffer = BYTES) =>
    outcome(bytes, { snapshot: { ...SNAPSHOT, ...change } });

  it('is refused if it is that of another domain, position or record hash, and with a blind in an open domain', () => {
    expect(read({})).toBe('these octets');
    expect(read({ domainId: hash(2).with(31, 1) })).toBe('MANIFEST.DOMAIN');
    for (const position of [0n, 8n, 10n, 9n + 2n ** 32n]) {
      expect(read({ position })).toBe('MANIFEST.SNAPSHOT');
    }
    expect(read({ recordHash: hash(3).with(31, 1) })).toBe('MANIFEST.SNAPSHOT');
    expect(read({ open: true })).toBe('MANIFEST.BLIND');
    for (const at of [0, 17, 31]) {
      expect(read({ open: true }, edited({ blind: ZERO.with(at, 1) }))).toBe('MANIFEST.BLIND');
    }
    expect(read({ open: true }, edited({ blind: ZERO }))).toBe('these octets');
    expect(read({}, edited({ blind: ZERO }))).toBe('these octets');
  });

  it('is refused in this order, after all else', () => {
    const other = { domainId: hash(9), position: 8n, recordHash: hash(9), open: true };
    expect(read(other, edited({ types: [] }))).toBe('MANIFEST.TYPES');
    expect(read(other)).toBe('MANIFEST.DOMAIN');
    expect(read({ ...other, domainId: hash(2) })).toBe('MANIFEST.SNAPSHOT');
    expect(read({ ...other, domainId: hash(2), position: 9n })).toBe('MANIFEST.SNAPSHOT');
    expect(read({ ...SNAPSHOT, open: true })).toBe('MANIFEST.BLIND');
  });

  it('is refused for its hash before all else', () => {
    const options = { snapshot: { ...SNAPSHOT, domainId: hash(9) }, hash: ZERO };
    expect(outcome(Buffer.alloc(3), options)).toBe('MANIFEST.DIGEST');
    expect(outcome(BYTES, options)).toBe('MANIFEST.DIGEST');
  });
});
