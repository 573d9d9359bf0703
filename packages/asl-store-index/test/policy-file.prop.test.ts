import {
  encodeReference,
  equalReferences,
  formatReference,
  isAslError,
  type Reference,
} from '@amduat/asl-core';
import {
  applyPolicy,
  decodePolicy,
  EMPTY_POLICY,
  encodePolicy,
  type PolicyChange,
  type PolicyReadOptions,
  type PolicyRow,
  type PolicyTable,
  policyHashOf,
  policyOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyKey } from './arbitraries.js';
import { aCloseKey, closeKey, platformHasher, sha256 } from './entries.js';

type Step = (table: PolicyTable, logseq: bigint) => PolicyChange | undefined;

const keys = fc.oneof({ weight: 3, arbitrary: aCloseKey }, { weight: 1, arbitrary: anyKey });
/** Few keys, so that a key comes to have several tombstones. */
const often = fc.constantFrom(closeKey(1, []), closeKey(1, [255]), closeKey(2, []));

const liveOf = (table: PolicyTable) => [...table.rows()].flatMap(({ tombstones }) => tombstones);

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.oneof(often, keys).map(
    (key): Step =>
      (_, logseq) => ({ kind: 'tombstone', key, logseq }),
  ),
  fc.nat().map(
    (number): Step =>
      (table) => {
        const [tombstone] = liveOf(table).slice(number % Math.max(1, liveOf(table).length));
        return tombstone === undefined ? undefined : { kind: 'lift', tombstone };
      },
  ),
  fc
    .record({
      kind: fc.constantFrom('publish' as const, 'unpublish' as const),
      keys: fc.uniqueArray(fc.oneof(often, keys), { selector: formatReference, minLength: 1, maxLength: 3 }),
    })
    .map(
      (change): Step =>
        (_, logseq) => ({ ...change, logseq }),
    ),
);

/** How far apart the logseqs of a history are: some need all of their eight octets. */
const strides = fc.constantFrom(1n, 3n, 2n ** 32n + 1n, 2n ** 59n - 1n);

/** Policies of random histories. */
const policies: fc.Arbitrary<PolicyTable> = fc
  .tuple(fc.array(steps, { maxLength: 30 }), strides)
  .map(([history, stride]) => {
    let table = EMPTY_POLICY;
    for (const [index, step] of history.entries()) {
      const change = step(table, stride * BigInt(index + 1));
      if (change !== undefined) table = applyPolicy(table, change);
    }
    return table;
  });

/** The file of rows in ascending order, by the tables of section 12. */
function fileByHand(rows: readonly PolicyRow[]): Buffer {
  const owned = rows.flatMap(({ tombstones }, row) => tombstones.map((logseq) => ({ logseq, row })));
  const bytes = Buffer.alloc(64 + 56 * rows.length + 24 * owned.length);
  bytes.write('ASLPOL01', 'latin1');
  bytes.writeUInt32LE(1, 8);
  bytes.writeUInt32LE(64, 12);
  bytes.writeBigUInt64LE(BigInt(rows.length), 24);
  bytes.writeBigUInt64LE(BigInt(owned.length), 32);
  for (const [index, { key, tombstones, publication }] of rows.entries()) {
    const at = 64 + 56 * index;
    bytes.set(encodeReference(key), at);
    bytes[at + 34] = publication === undefined ? 0 : publication.published ? 1 : 2;
    bytes.writeUInt32LE(tombstones.length, at + 36);
    bytes.writeBigUInt64LE(BigInt(owned.filter(({ row }) => row < index).length), at + 40);
    bytes.writeBigUInt64LE(publication?.logseq ?? 0n, at + 48);
  }
  const lists = 64 + 56 * rows.length;
  for (const [index, { logseq }] of owned.entries()) bytes.writeBigUInt64LE(logseq, lists + 8 * index);
  owned.sort((left, right) => (left.logseq < right.logseq ? -1 : 1));
  for (const [index, { logseq, row }] of owned.entries()) {
    const at = lists + 8 * owned.length + 16 * index;
    bytes.writeBigUInt64LE(logseq, at);
    bytes.writeBigUInt64LE(BigInt(row), at + 8);
  }
  return bytes;
}

/** What becomes of octets: a code, or whether what they say is written with these octets. */
function outcome(bytes: Uint8Array, options?: PolicyReadOptions): string {
  try {
    const again = encodePolicy(decodePolicy(bytes, options));
    return Buffer.compare(again, bytes) === 0 ? 'these octets' : 'other octets';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

describe('[STX-PTB-1] the file of a policy', () => {
  it('has the bytes of the tables and no other', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(Buffer.from(encodePolicy(policy))).toEqual(fileByHand([...policy.rows()]));
      }),
    );
    expect(encodePolicy(EMPTY_POLICY)).toHaveLength(64);
  });

  it('is read back as the policy it was written from, from wherever it lies', () => {
    fc.assert(
      fc.property(policies, fc.uint8Array({ maxLength: 9 }), (policy, before) => {
        const file = Buffer.concat([before, encodePolicy(policy), before]);
        const bytes = file.subarray(before.length, file.length - before.length);
        const again = decodePolicy(bytes, { hash: policyHashOf(bytes) });
        expect([...again.rows()]).toEqual([...policy.rows()]);
        expect(again.size).toBe(policy.size);
        for (const { key, tombstones } of policy.rows()) {
          expect(again.get(key)).toEqual(policy.get(key));
          for (const logseq of tombstones) {
            expect(equalReferences(again.keyOfTombstone(logseq) as Reference, key)).toBe(true);
          }
        }
      }),
    );
  });

  it('is the same whatever way led to the policy', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const again = policyOf([...policy.rows()].reverse());
        expect(encodePolicy(again)).toEqual(encodePolicy(policy));
      }),
    );
  });

  it('is refused or another policy, whatever octet is changed', () => {
    fc.assert(
      fc.property(policies, fc.nat(), fc.integer({ min: 1, max: 255 }), (policy, number, change) => {
        const bytes = Buffer.from(encodePolicy(policy));
        const hash = policyHashOf(bytes);
        const at = number % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        expect(outcome(bytes, { hash })).toBe('POLICY.DIGEST');
        expect(outcome(bytes)).toMatch(/^(these octets|POLICY\.|CORE\.HASH_ID$)/);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Three rows, four tombstones whose order is not that of the rows, and both publications. */
const ROWS: readonly PolicyRow[] = [
  { key: closeKey(1, [255]), tombstones: [4n, 9n], publication: { published: true, logseq: 5n } },
  { key: closeKey(1, []), tombstones: [], publication: { published: false, logseq: 8n } },
  { key: closeKey(2, []), tombstones: [3n, 7n] },
];

const SMALL = fileByHand(ROWS);

/** The file with a number of `length` octets, at most six, in another place. */
function withNumber(at: number, value: number, length = 1): Buffer {
  const bytes = Buffer.from(SMALL);
  bytes.writeUIntLE(value, at, length);
  return bytes;
}

/** The root of RFC 6962, section 2.1, over pages. */
function pageRoot(pages: readonly Uint8Array[]): Buffer {
  if (pages.length === 1) return sha256(Uint8Array.of(0), pages[0] as Uint8Array);
  let split = 1;
  while (2 * split < pages.length) split *= 2;
  return sha256(Uint8Array.of(1), pageRoot(pages.slice(0, split)), pageRoot(pages.slice(split)));
}

describe('[STX-PTB-2] the hash of a policy table', () => {
  it('is the root over the pages of its file', () => {
    // 72 rows without tombstones are a whole page.
    for (const count of [0, 1, 71, 72, 73, 145, 146, 220, 400]) {
      const rows = Array.from({ length: count }, (_, index): PolicyRow => {
        const digest = new Uint8Array(32).with(30, index >> 8).with(31, index & 255);
        return { key: { hashId: 1, digest }, tombstones: [], publication: { published: true, logseq: 1n } };
      });
      const bytes = encodePolicy(policyOf(rows));
      const pages = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, page) =>
        bytes.subarray(4096 * page, 4096 * (page + 1)),
      );
      expect(bytes.length).toBe(64 + 56 * count);
      expect(Buffer.from(policyHashOf(bytes))).toEqual(pageRoot(pages));
      expect(decodePolicy(bytes, { hash: pageRoot(pages) }).size).toBe(count);
    }
  });

  it('is not that of the file with any bit flipped', () => {
    const hash = policyHashOf(SMALL, platformHasher);
    for (let bit = 0; bit < 8 * SMALL.length; bit++) {
      const flipped = Buffer.from(SMALL);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(outcome(flipped, { hash, hasher: platformHasher })).toBe('POLICY.DIGEST');
    }
    expect(outcome(SMALL, { hash })).toBe('these octets');
  });

  it('is looked at before anything else', () => {
    const hash = policyHashOf(SMALL);
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(63), Buffer.concat([SMALL, SMALL])]) {
      expect(outcome(bytes, { hash })).toBe('POLICY.DIGEST');
    }
  });
});

describe('[STX-PTB-3] a file that was cut', () => {
  it('is refused, wherever it was cut, and with octets after it', () => {
    for (let length = 0; length < SMALL.length; length++) {
      const code = length < 64 ? 'POLICY.TRUNCATED' : 'POLICY.LENGTH';
      expect(outcome(SMALL.subarray(0, length))).toBe(code);
    }
    for (const extra of [1, 8, 16, 24, 56]) {
      expect(outcome(Buffer.concat([SMALL, Buffer.alloc(extra)]))).toBe('POLICY.LENGTH');
    }
  });
});

describe('[STX-PTB-7] a file with more rows or tombstones than it has octets for', () => {
  it.each<[string, bigint, bigint]>([
    ['the greatest count of rows', 2n ** 64n - 1n, 4n],
    ['the greatest count of tombstones', 3n, 2n ** 64n - 1n],
    ['both counts the greatest', 2n ** 64n - 1n, 2n ** 64n - 1n],
    ['counts of 32 bits', 2n ** 32n - 1n, 2n ** 32n - 1n],
    ['rows whose length is 0 in 64 bits', 3n + 2n ** 61n, 4n],
    ['tombstones whose length is 0 in 64 bits', 3n, 4n + 2n ** 61n],
    ['rows whose length is 0 in 32 bits', 3n + 2n ** 29n, 4n],
    ['a count of rows that a float rounds', 3n + 2n ** 53n, 4n],
  ])('is refused before room is taken: %s', (_, rowCount, tombstoneCount) => {
    const bytes = Buffer.from(SMALL);
    bytes.writeBigUInt64LE(rowCount, 24);
    bytes.writeBigUInt64LE(tombstoneCount, 32);
    expect(outcome(bytes)).toBe('POLICY.LENGTH');
  });
});

// The rows begin at 64, 120 and 176, the tombstones at 232, the pairs at 264; the file ends at 328.
describe('a policy table', () => {
  it.each<[string, string, string, Buffer]>([
    ['STX-PTB-4', 'POLICY.MAGIC', 'another magic', withNumber(7, 0x32)],
    ['STX-PTB-5', 'POLICY.VERSION', 'another version', withNumber(8, 2)],
    ['STX-PTB-5', 'POLICY.VERSION', 'version 0', withNumber(8, 0)],
    ['STX-PTB-5', 'POLICY.VERSION', 'a version above 16 bits', withNumber(11, 1)],
    ['STX-PTB-6', 'POLICY.HEADER', 'another header size', withNumber(12, 128)],
    ['STX-PTB-6', 'POLICY.HEADER', 'a flag', withNumber(16, 1)],
    ['STX-PTB-6', 'POLICY.HEADER', 'the last flag', withNumber(23, 0x80)],
    ['STX-PTB-6', 'POLICY.HEADER', 'a first reserved octet', withNumber(40, 1)],
    ['STX-PTB-6', 'POLICY.HEADER', 'a last reserved octet', withNumber(63, 1)],
    ['STX-PTB-8', 'CORE.HASH_ID', 'a key of another hash function', withNumber(65, 3)],
    ['STX-PTB-8', 'CORE.HASH_ID', 'a last key of another hash function', withNumber(177, 0)],
    ['STX-PTB-9', 'POLICY.ORDER', 'a key below the one before', withNumber(122, 0)],
    ['STX-PTB-9', 'POLICY.ORDER', 'a key twice', withNumber(153, 0xa4)],
    ['STX-PTB-10', 'POLICY.ROW', 'publication 3', withNumber(98, 3)],
    ['STX-PTB-10', 'POLICY.ROW', 'a reserved octet in a row', withNumber(99, 1)],
    ['STX-PTB-10', 'POLICY.ROW', 'a first_tombstone after others', withNumber(104, 1)],
    ['STX-PTB-10', 'POLICY.ROW', 'a first_tombstone of a row without tombstones', withNumber(160, 0)],
    ['STX-PTB-10', 'POLICY.ROW', 'a first_tombstone above 32 bits', withNumber(164, 1)],
    ['STX-PTB-10', 'POLICY.ROW', 'a publication without a logseq', withNumber(112, 0)],
    ['STX-PTB-10', 'POLICY.ROW', 'a logseq without a publication', withNumber(224, 1)],
    ['STX-PTB-10', 'POLICY.ROW', 'a logseq above 32 bits without a publication', withNumber(231, 1)],
    ['STX-PTB-10', 'POLICY.ROW', 'a row that says nothing', withNumber(154, 0).fill(0, 168, 176)],
    ['STX-PTB-10', 'POLICY.ROW', 'one tombstone more than there are', withNumber(212, 3)],
    ['STX-PTB-10', 'POLICY.ROW', 'the greatest count of tombstones', withNumber(212, 0xffff_ffff, 4)],
    [
      'STX-PTB-10',
      'POLICY.ROW',
      'the greatest count of tombstones in the first row',
      withNumber(100, 0xffff_ffff, 4),
    ],
    ['STX-PTB-10', 'POLICY.ROW', 'a tombstone 0', withNumber(232, 0)],
    ['STX-PTB-10', 'POLICY.ROW', 'a tombstone twice in a row', withNumber(240, 4)],
    ['STX-PTB-10', 'POLICY.ROW', 'descending tombstones', withNumber(240, 2)],
    ['STX-PTB-11', 'POLICY.TOMBSTONES', 'fewer tombstones in the rows than there are', withNumber(212, 1)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a tombstone that no pair has', withNumber(240, 10)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair of no tombstone', withNumber(264, 1)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair twice', withNumber(264, 4)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair of 0', withNumber(264, 0)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair with another row', withNumber(272, 0)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair with a row that is not there', withNumber(272, 3)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a pair with a row above 32 bits', withNumber(276, 1)],
    ['STX-PTB-12', 'POLICY.INDEX', 'a last pair with another row', withNumber(320, 1)],
  ])('[%s] is refused with %s: %s', (_, code, __, bytes) => {
    expect(outcome(bytes)).toBe(code);
  });

  it('[STX-PTB-10] that is unchanged is not refused', () => {
    expect(outcome(SMALL)).toBe('these octets');
  });
});

describe('[STX-PTB-10] a row with publication 2', () => {
  it('is that of a key that was unpublished', () => {
    const rows = [...decodePolicy(SMALL).rows()];
    expect(rows.map(({ publication }) => publication?.published)).toEqual([true, false, undefined]);
    expect(rows).toEqual(ROWS);
  });
});

describe('[STX-PTB-12] the pairs', () => {
  const swapped = (from: number, to: number, length: number) => {
    const bytes = Buffer.from(SMALL);
    bytes.set(SMALL.subarray(from, from + length), to);
    bytes.set(SMALL.subarray(to, to + length), from);
    return bytes;
  };

  it('are in ascending order, though they are the right ones', () => {
    expect(outcome(swapped(264, 280, 16))).toBe('POLICY.INDEX');
    expect(outcome(swapped(296, 312, 16))).toBe('POLICY.INDEX');
  });

  it('have the rows of their own tombstones', () => {
    expect(outcome(swapped(272, 288, 8))).toBe('POLICY.INDEX');
  });

  it('are of tombstones of which two keys do not have one', () => {
    // Both rows have the tombstone 4, and two pairs are of it, one for each.
    const bytes = withNumber(248, 4);
    bytes.writeBigUInt64LE(4n, 264);
    expect(outcome(bytes)).toBe('POLICY.INDEX');
  });
});

describe('[STX-PTB-13] a table', () => {
  it('is that of every position from its greatest logseq on and of none below', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const bytes = encodePolicy(policy);
        const logseqs = [...policy.rows()].flatMap(({ tombstones, publication }) => [
          ...tombstones,
          ...(publication ? [publication.logseq] : []),
        ]);
        const greatest = logseqs.reduce((left, right) => (left > right ? left : right), 0n);
        for (const position of [greatest, greatest + 1n, 2n ** 64n - 1n]) {
          expect(outcome(bytes, { position })).toBe('these octets');
        }
        for (const position of [0n, 1n, greatest - 1n]) {
          const code = position < greatest ? 'POLICY.POSITION' : 'these octets';
          if (position >= 0n) expect(outcome(bytes, { position })).toBe(code);
        }
      }),
    );
  });

  it('is refused for what it says before it is refused for its position', () => {
    expect(outcome(SMALL, { position: 8n })).toBe('POLICY.POSITION');
    expect(outcome(withNumber(320, 1), { position: 8n })).toBe('POLICY.INDEX');
    expect(outcome(SMALL, { position: 9n })).toBe('these octets');
  });
});
