import { formatHex, type Reference } from '@amduat/asl-core';
import { decodePayload, encodePayload, type Payload, RECORD_TYPES, type RecordBody } from '@amduat/asl-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEYS, lift, NO_SALT, rotate, seal, tombstone } from './logs.js';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const reference = fc.record({ hashId: fc.constantFrom(1 as const, 2 as const), digest: hash });

function ascending<T>(items: fc.Arbitrary<T>, bytes: (item: T) => string): fc.Arbitrary<T[]> {
  return fc
    .uniqueArray(items, { minLength: 1, maxLength: 5, selector: bytes })
    .map((list) => list.sort((left, right) => (bytes(left) < bytes(right) ? -1 : 1)));
}

const referenceHex = ({ hashId, digest }: Reference) => `${hashId}${formatHex(digest)}`;

const bodies: fc.Arbitrary<RecordBody> = fc.oneof(
  ascending(hash, formatHex).map((segmentIds): RecordBody => ({ type: 'segment-seal', segmentIds })),
  fc.record({
    type: fc.constant('tombstone' as const),
    key: reference,
    reason: fc.nat({ max: 0xffff_ffff }),
  }),
  fc.record({ type: fc.constant('tombstone-lift' as const), tombstone: u64 }),
  fc.record({
    type: fc.constant('snapshot-anchor' as const),
    snapshotId: hash,
    snapshotLogseq: u64,
    stateRoot: hash,
    publicRoot: hash,
    manifestHash: hash,
    logseq: u64,
  }),
  fc.record({
    type: fc.constantFrom('artifact-publish' as const, 'artifact-unpublish' as const),
    keys: ascending(reference, referenceHex),
  }),
  fc.record(
    {
      type: fc.constant('authority-rotate' as const),
      newKey: hash,
      recoveryKey: hash,
      signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    },
    { requiredKeys: ['type', 'newKey', 'signature'] },
  ),
);

const payloads = fc.record({ public: fc.constantFrom(0, 1), salt: hash, body: bodies });

/** Bytes in hexadecimal, so that a view and a copy compare as equal. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return formatHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

const encode = (body: RecordBody) => encodePayload({ public: 1, salt: NO_SALT, body });
const typeOf = (payload: Payload) => RECORD_TYPES[payload.body.type];

describe('[LOG-PAY-1] payloads', () => {
  it('decode to what they were made from', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        expect(plain(decodePayload(typeOf(payload), encodePayload(payload)))).toEqual(plain(payload));
      }),
      { numRuns: 300 },
    );
  });

  it('are refused when shorter or longer than their fields', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const encoded = encodePayload(payload);
        const type = typeOf(payload);
        for (let length = 0; length < encoded.length; length++) {
          // A rotation with a recovery key begins with nothing that tells it from one without.
          if (type === 7 && length === 33 + 96) continue;
          expect(() => decodePayload(type, encoded.subarray(0, length))).toThrow(/^LOG\.PAYLOAD\.LENGTH/);
        }
        const longer = Buffer.concat([encoded, Buffer.of(0)]);
        expect(() => decodePayload(type, longer)).toThrow(/^LOG\.PAYLOAD\.LENGTH/);
      }),
      { numRuns: 60 },
    );
  });

  it('reserve nothing for a count that the payload does not hold', () => {
    const encoded = encode(seal('x'));
    encoded.fill(0xff, 33, 37);
    expect(() => decodePayload(1, encoded)).toThrow(/^LOG\.PAYLOAD\.LENGTH/);
  });
});

describe('[LOG-PAY-2] count', () => {
  it('of 0 is refused', () => {
    for (const type of [1, 5, 6]) {
      expect(() => decodePayload(type, new Uint8Array(37))).toThrow(/^LOG\.PAYLOAD\.COUNT/);
    }
  });
});

describe('[LOG-PAY-3] lists', () => {
  it('are strictly ascending', () => {
    const [low, high] = KEYS as readonly [Reference, Reference];
    const lists = [
      [low, low],
      [high, low],
      [low, high, high],
    ];
    for (const keys of lists) {
      const encoded = encode({ type: 'artifact-publish', keys });
      expect(() => decodePayload(5, encoded)).toThrow(/^LOG\.PAYLOAD\.ORDER/);
    }
    const ids = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(1)];
    const sealed = encode({ type: 'segment-seal', segmentIds: ids });
    expect(() => decodePayload(1, sealed)).toThrow(/^LOG\.PAYLOAD\.ORDER/);
  });

  it('are compared as unsigned octets, to the last of them', () => {
    const ids = ['7f', '80'].map((octet) => Buffer.from(octet.padStart(64, '0'), 'hex'));
    const encoded = encode({ type: 'segment-seal', segmentIds: ids });
    expect(decodePayload(1, encoded)?.body.type).toBe('segment-seal');
  });
});

describe('[LOG-PAY-4] references', () => {
  it('with a hash_id that is not registered are refused', () => {
    for (const hashId of [0, 3, 0x0100, 0xffff]) {
      const digest = new Uint8Array(32);
      const alien = { hashId, digest } as unknown as Reference;
      expect(() => decodePayload(2, encode({ type: 'tombstone', key: alien, reason: 0 }))).toThrow(
        /^LOG\.PAYLOAD\.HASH_ID/,
      );
      expect(() => decodePayload(6, encode({ type: 'artifact-unpublish', keys: [alien] }))).toThrow(
        /^LOG\.PAYLOAD\.HASH_ID/,
      );
    }
  });
});

describe('[LOG-PAY-5] reason', () => {
  it('is any u32', () => {
    for (const reason of [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
      const { body } = decodePayload(
        2,
        encode({ ...(tombstone(0) as object), reason } as RecordBody),
      ) as Payload;
      expect(body).toMatchObject({ reason });
    }
  });
});

describe('[LOG-PAY-6] rotation', () => {
  it('has one of two lengths', () => {
    const recoveryKey = new Uint8Array(32).fill(5);
    const short = encode(rotate());
    const long = encode({ ...rotate(), recoveryKey } as RecordBody);
    expect([short.length, long.length]).toEqual([129, 161]);
    expect(plain(decodePayload(7, long)?.body)).toMatchObject({ recoveryKey: '05'.repeat(32) });
    expect(decodePayload(7, short)?.body).not.toHaveProperty('recoveryKey');
    for (const length of [128, 130, 160, 162]) {
      expect(() => decodePayload(7, new Uint8Array(length))).toThrow(/^LOG\.PAYLOAD\.LENGTH/);
    }
  });
});

describe('[LOG-REC-2] record_type', () => {
  it('0 is refused', () => {
    expect(() => decodePayload(0, encode(lift(1n)))).toThrow(/^LOG\.TYPE/);
  });
});

describe('[LOG-REC-3] unknown types', () => {
  it('are opaque, whatever their payload', () => {
    for (const type of [8, 9, 0xffff_ffff]) expect(decodePayload(type, new Uint8Array(0))).toBeUndefined();
  });
});
