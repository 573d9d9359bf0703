import {
  compareReferences,
  formatReference,
  isAslError,
  type Reference,
  referenceOf,
} from '@amduat/asl-core';
import {
  applyPolicy,
  decodePolicy,
  EMPTY_POLICY,
  encodePolicy,
  openPolicyTable,
  PolicyModel,
  type PolicyRow,
  type PolicyTable,
  policyOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyKey, KEYS } from './arbitraries.js';
import { closeKey } from './entries.js';
import { play, rowOf, type Step, steps } from './histories.js';

const PAGE_LENGTH = 4096;

/** A table over parts of a file, and the pages that were read since it was opened. */
function paged(file: Uint8Array, position?: bigint): { table: PolicyTable; pages: Set<number> } {
  const pages = new Set<number>();
  const read = (offset: number, length: number) => {
    if (length < 1 || offset + length > file.length) throw new Error(`${length} octets at ${offset}`);
    for (let page = Math.floor(offset / PAGE_LENGTH); page * PAGE_LENGTH < offset + length; page++) {
      pages.add(page);
    }
    return file.subarray(offset, offset + length);
  };
  const table = openPolicyTable({
    fileLength: file.length,
    read,
    ...(position !== undefined && { position }),
  });
  pages.clear();
  return { table, pages };
}

/** What a model says at its position is what a table says, whatever it is asked. */
function expectSame(table: PolicyTable, model: PolicyModel): void {
  const { position } = model;
  const rows: PolicyRow[] = [];
  for (const key of KEYS) {
    const row = rowOf(model, position, key);
    expect(table.get(key)).toEqual(row);
    if (row !== undefined) rows.push(row);
  }
  rows.sort((left, right) => compareReferences(left.key, right.key));
  expect([...table.rows()]).toEqual(rows);
  expect(table.size).toBe(rows.length);
  for (let logseq = 0n; logseq <= position + 1n; logseq++) {
    const owner = rows.find(({ tombstones }) => tombstones.includes(logseq))?.key;
    const found = table.keyOfTombstone(logseq);
    expect(found && formatReference(found)).toBe(owner && formatReference(owner));
  }
}

function modelOf(history: readonly Step[]): PolicyModel {
  const model = new PolicyModel();
  play(model, history);
  return model;
}

describe('[STX-MOD-1] a policy table of which single rows are read', () => {
  it('says what the model, the decoded table and the table of its rows say, and so after more records', () => {
    fc.assert(
      fc.property(steps, steps, (below, above) => {
        const written = play(new PolicyModel(), below).at(-1) as PolicyTable;
        const file = encodePolicy(written);
        const position = modelOf(below).position;
        const tables = [
          written,
          decodePolicy(file, { position }),
          policyOf(written.rows()),
          paged(file).table,
          paged(file, position).table,
        ];
        for (const table of tables) {
          const model = modelOf(below);
          expectSame(table, model);
          const later = play(model, above, table);
          expectSame(later.at(-1) as PolicyTable, model);
          // STX-POL-6: the same rows, whatever way led there.
          expect(encodePolicy(later.at(-1) as PolicyTable)).toEqual(
            encodePolicy(play(modelOf(below), above, written).at(-1) as PolicyTable),
          );
          expectSame(table, modelOf(below));
        }
      }),
    );
  });

  it('says the same of any keys, under both hash functions', () => {
    const references = fc.uniqueArray(anyKey, { selector: formatReference, minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(references, fc.nat({ max: 60 }), (keys, count) => {
        const published = keys.slice(0, count);
        const written = applyPolicy(EMPTY_POLICY, { kind: 'publish', keys: published, logseq: 1n });
        const { table } = paged(encodePolicy(written), 1n);
        for (const key of keys) expect(table.get(key)).toEqual(written.get(key));
        expect([...table.rows()]).toEqual([...written.rows()]);
      }),
    );
  });

  it('is read for a key that changes, and not copied', () => {
    const keys = Array.from({ length: 2000 }, (_, index) => keyOf(index));
    const published = applyPolicy(EMPTY_POLICY, { kind: 'publish', keys, logseq: 1n });
    const { table, pages } = paged(encodePolicy(published), 1n);
    const [key] = keys as [Reference];
    const changed = applyPolicy(table, { kind: 'tombstone', key, logseq: 2n });
    expect(pages.size).toBeLessThanOrEqual(8);
    expect(changed.get(key)).toEqual({ ...published.get(key), tombstones: [2n] });
    expect(changed.size).toBe(2000);
    const lifted = applyPolicy(changed, { kind: 'lift', tombstone: 2n });
    expect([...lifted.rows()]).toEqual([...published.rows()]);
  });
});

function keyOf(index: number): Reference {
  return referenceOf({ bytes: new TextEncoder().encode(`artifact ${index}`) });
}

describe('[STX-PTB-14] a policy table of 10^5 rows', () => {
  const rows = Array.from({ length: 100_000 }, (_, index): PolicyRow => {
    const key = keyOf(index);
    return { key, tombstones: [BigInt(index) + 1n], publication: { published: true, logseq: 200_000n } };
  });
  const file = encodePolicy(policyOf(rows));

  it('is read in at most 8 pages for a row, and in at most 16 for the key of a tombstone', () => {
    const { table, pages } = paged(file, 200_000n);
    const pagesOf = (work: () => void) => {
      pages.clear();
      work();
      return pages.size;
    };
    for (let index = 0; index < 2000; index++) {
      const row = rows[index] as PolicyRow;
      const tombstone = BigInt(index) + 1n;
      expect(pagesOf(() => expect(table.get(row.key)).toEqual(row))).toBeLessThanOrEqual(8);
      expect(pagesOf(() => expect(table.get(keyOf(100_000 + index))).toBeUndefined())).toBeLessThanOrEqual(8);
      expect(pagesOf(() => expect(table.keyOfTombstone(tombstone)).toEqual(row.key))).toBeLessThanOrEqual(16);
      expect(pagesOf(() => expect(table.keyOfTombstone(200_001n)).toBeUndefined())).toBe(0);
    }
  });

  it('is read in pages as many as four times the halvings, whatever the references are', () => {
    // Ever closer to the first of them, so that each guess is as wrong as it can be.
    const digests = Array.from({ length: 20_000 }, (_, index) => {
      const digest = new Uint8Array(32);
      const view = new DataView(digest.buffer);
      if (index % 2 === 0) view.setBigUint64(0, 2n ** BigInt(Math.floor(index / 320)));
      view.setUint32(28, index);
      return digest;
    });
    const keys = digests.map((digest): Reference => ({ hashId: 1, digest }));
    const { table, pages } = paged(
      encodePolicy(applyPolicy(EMPTY_POLICY, { kind: 'publish', keys, logseq: 1n })),
    );
    for (const key of keys.filter((_, index) => index % 50 === 0)) {
      pages.clear();
      expect(table.get(key)?.key).toEqual(key);
      expect(pages.size).toBeLessThanOrEqual(4 * Math.log2(280));
    }
  });
});

/** The code with which a call is refused. */
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAslError(error)) return error.code;
    throw error;
  }
  return 'nothing';
}

describe('[STX-PTB-14] a policy table of which single rows are read', () => {
  // The rows begin at 64, 120 and 176, the tombstones at 232, the pairs at 264; the file ends at 328.
  const keys = [closeKey(1, [255]), closeKey(1, []), closeKey(2, [])] as [Reference, Reference, Reference];
  const SMALL = encodePolicy(
    policyOf([
      { key: keys[0], tombstones: [4n, 9n], publication: { published: true, logseq: 5n } },
      { key: keys[1], tombstones: [], publication: { published: false, logseq: 8n } },
      { key: keys[2], tombstones: [3n, 7n] },
    ]),
  );

  /** The codes of each row, of all, and of the key of each tombstone, of a file with an octet changed. */
  function codesOf(at: number, value: number, position?: bigint): string[] {
    const { table } = paged(
      SMALL.map((byte, index) => (index === at ? value : byte)),
      position,
    );
    return [
      ...keys.map((key) => codeOf(() => table.get(key))),
      codeOf(() => [...table.rows()]),
      ...[3n, 4n, 7n, 9n].map((logseq) => codeOf(() => table.keyOfTombstone(logseq))),
    ].map((code) => code.replace('POLICY.', ''));
  }

  const none = 'nothing';

  it.each<[string, number, number, string[]]>([
    ['publication 3', 98, 3, ['ROW', none, none, 'ROW', none, 'ROW', none, 'ROW']],
    ['a reserved octet', 99, 1, ['ROW', none, none, 'ROW', none, 'ROW', none, 'ROW']],
    ['a publication without a logseq', 112, 0, ['ROW', none, none, 'ROW', none, 'ROW', none, 'ROW']],
    ['more tombstones than there are', 212, 3, [none, none, 'ROW', 'ROW', 'ROW', none, 'ROW', none]],
    ['as many tombstones as a u32 can say', 215, 0xff, [none, none, 'ROW', 'ROW', 'ROW', none, 'ROW', none]],
    ['a first tombstone beyond the last', 219, 0xff, [none, none, 'ROW', 'ROW', 'ROW', none, 'ROW', none]],
    ['descending tombstones', 240, 2, ['ROW', none, none, 'ROW', none, 'INDEX', none, 'INDEX']],
    ['a first tombstone of another row', 104, 1, ['ROW', none, none, 'ROW', none, 'INDEX', none, 'INDEX']],
    ['fewer tombstones than there are', 212, 1, [none, none, none, 'TOMBSTONES', none, none, 'INDEX', none]],
    ['a pair with another row', 272, 0, [none, none, none, none, 'INDEX', none, none, none]],
    ['a pair with a row that is not there', 272, 3, [none, none, none, none, 'INDEX', none, none, none]],
    ['a pair with a row above 32 bits', 276, 1, [none, none, none, none, 'INDEX', none, none, none]],
  ])('is refused by what meets %s, and by nothing else', (_, at, value, codes) => {
    expect(codesOf(at, value)).toEqual(codes);
  });

  it('is refused by what meets the key of another hash function, or a key below the one before', () => {
    expect(codesOf(65, 0)[3]).toBe('CORE.HASH_ID');
    expect(codesOf(122, 0)[3]).toBe('ORDER');
  });

  it.each([
    ['above the one after', [0xf0, 0x90, 0xa0]],
    ['below the one before', [0x10, 0x70, 0x20]],
  ])('[STX-PTB-9] is refused by a search that meets a key %s', (_, octets) => {
    const key = (octet: number): Reference => ({ hashId: 1, digest: new Uint8Array(32).fill(octet, 0, 1) });
    const file = encodePolicy(
      applyPolicy(EMPTY_POLICY, { kind: 'publish', keys: [1, 2, 3].map(key), logseq: 1n }),
    );
    for (const [row, octet] of octets.entries()) file[64 + 56 * row + 2] = octet;
    // The middle row is met first.
    expect(codeOf(() => paged(file).table.get(key(0x80)))).toBe('POLICY.ORDER');
    expect(paged(file).table.get(key(octets[1] as number))?.tombstones).toEqual([]);
  });

  it('[STX-PTB-13] is refused by what meets a logseq above its position', () => {
    expect(codesOf(0, 0x41, 9n)).toEqual(new Array(8).fill(none));
    expect(codesOf(0, 0x41, 8n)).toEqual(['POSITION', none, none, 'POSITION', none, none, none, none]);
    expect(codesOf(0, 0x41, 7n)[1]).toBe('POSITION');
    const { table } = paged(SMALL, 8n);
    expect(table.keyOfTombstone(9n)).toBeUndefined();
  });

  it('[STX-PTB-3] [STX-PTB-7] is not opened with a header that is not that of the file', () => {
    const open = (file: Uint8Array, fileLength = file.length) =>
      codeOf(() =>
        openPolicyTable({ fileLength, read: (offset, length) => file.subarray(offset, offset + length) }),
      );
    const withOctet = (at: number) => SMALL.map((byte, index) => (index === at ? byte ^ 1 : byte));
    expect(open(SMALL)).toBe(none);
    expect(open(SMALL.subarray(0, 63))).toBe('POLICY.TRUNCATED');
    expect([0, 8, 12, 16, 63, 24].map((at) => open(withOctet(at)))).toEqual([
      'POLICY.MAGIC',
      'POLICY.VERSION',
      'POLICY.HEADER',
      'POLICY.HEADER',
      'POLICY.HEADER',
      'POLICY.LENGTH',
    ]);
    expect(open(withOctet(31))).toBe('POLICY.LENGTH');
    expect(open(SMALL, 329)).toBe('POLICY.LENGTH');
    expect(codeOf(() => paged(SMALL).table.keyOfTombstone(2n ** 64n - 1n))).toBe(none);
    expect(() => paged(SMALL).table.keyOfTombstone(2n ** 64n)).toThrow(RangeError);
  });
});
