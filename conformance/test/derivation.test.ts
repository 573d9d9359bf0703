import { describe, expect, it } from 'vitest';
import { differences, sameLengthHunks, singleHunk } from '../src/derivation/differences.js';
import {
  type Derivation,
  Deriver,
  documentOf,
  type Example,
  isLastByte,
  rebuild,
} from '../src/derivation/index.js';
import { suiteReference } from '../src/suite-reference.js';

// A manifest of ASL/DOMAIN/1 §1, and the DomainID that it says.
const GENESIS = `01000000${'11'.repeat(32)}${'00'.repeat(32)}0464656d6f01${'22'.repeat(32)}`;
const DEMO = 'fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655';

const base: Example = {
  id: 'good',
  op: 'domain.assertDomain',
  in: { bytes: GENESIS, domainId: DEMO },
  ok: {},
};

function refused(bytes: string, domainId = DEMO): Example {
  return { id: 'bad', op: 'domain.assertDomain', in: { bytes, domainId } };
}

function problemOf(derivation: Omit<Derivation, 'base'>): string {
  const rebuilt = rebuild(base, refused(GENESIS), { base: 'good', ...derivation });
  return 'problem' in rebuilt ? rebuilt.problem : '';
}

function inputOf(derivation: Omit<Derivation, 'base'>): unknown {
  const rebuilt = rebuild(base, refused(GENESIS), { base: 'good', ...derivation });
  return 'input' in rebuilt ? rebuilt.input : rebuilt.problem;
}

describe('a derivation', () => {
  it('sets, removes and inserts bytes at offsets of the base, and sets members', () => {
    const edits = [
      { field: 'version', set: '02' },
      { field: 'name', at: 1, remove: 2 },
      { field: 'nonce', at: 32, insert: 'ab' },
    ];
    expect(inputOf({ edits })).toEqual({
      bytes: `02000000${'11'.repeat(32)}${'00'.repeat(32)}04646f01${'22'.repeat(32)}ab`,
      domainId: DEMO,
    });
    expect(inputOf({ edits: [{ member: 'open', value: true }] })).toEqual({
      bytes: GENESIS,
      domainId: DEMO,
      open: true,
    });
  });

  it('leaves out what the base has beside its bytes only where it says so', () => {
    const open = { ...base, in: { ...base.in, open: true } };
    const vector = refused(GENESIS);
    const without = { base: 'good', edits: [{ member: 'open' }] };
    const kept = { bytes: GENESIS, domainId: DEMO, open: true };
    expect(rebuild(open, vector, { base: 'good', edits: [] })).toHaveProperty('input', kept);
    expect(rebuild(open, vector, without)).toHaveProperty('input', vector.in);
    expect(new Deriver([open]).derive(vector)).toEqual({ ...without, base: 'good' });
    const decoded = { id: 'bad', op: 'domain.decodeGenesis', in: { bytes: GENESIS } };
    expect(new Deriver([open]).derive(decoded)).toEqual({ base: 'good', edits: [] });
  });

  it('seals again what it names, from what stands there by then', () => {
    expect(
      inputOf({ edits: [{ field: 'name', insert: '61' }], reseal: ['name_length', 'in.domainId'] }),
    ).toEqual({
      bytes: GENESIS.replace('0464656d6f', '056164656d6f'),
      domainId: '0f1a4f185a0893829dc7075decad5ac37ecb42f2b82a6b7cfcfe2d43c5bf543f',
    });
  });

  it('leads nowhere by an edit that is none', () => {
    expect(problemOf({ edits: [{ field: 'names', set: '00' }] })).toBe('the base has no field names');
    expect(problemOf({ edits: [{ field: 'openness', set: '0000' }] })).toBe(
      'an edit reaches beyond openness',
    );
    expect(problemOf({ edits: [{ field: 'name', at: 5, insert: '00' }] })).toBe(
      'an edit reaches beyond name',
    );
    expect(
      problemOf({
        edits: [
          { field: 'nonce', set: '00' },
          { field: 'name', set: '00' },
        ],
      }),
    ).toBe('the edits are not in the order of the bytes, or overlap');
    expect(
      problemOf({
        edits: [
          { field: 'name', remove: 5 },
          { field: 'openness', set: '00' },
        ],
      }),
    ).toBe('the edits are not in the order of the bytes, or overlap');
    expect(problemOf({ edits: [], reseal: ['nonce'] })).toBe('nonce is not there to be sealed again');
    expect(problemOf({ edits: [], reseal: ['in.domainId'] })).toBe(
      'in.domainId is not there to be sealed again',
    );
  });

  it('is of the last byte where that alone is changed, of several', () => {
    const document = documentOf(base, new Set(['domainId']));
    if (document === undefined) throw new Error('no document');
    const isLast = (...edits: Derivation['edits']) => isLastByte(document, edits);
    expect(isLast({ field: 'in.domainId', at: 31, set: '56' })).toBe(true);
    expect(isLast({ field: 'version', set: '01000001' })).toBe(true);
    expect(isLast({ field: 'version', set: '02000001' })).toBe(false);
    expect(isLast({ field: 'version', set: '01000000' })).toBe(false);
    expect(isLast({ field: 'openness', set: '00' })).toBe(false);
    expect(isLast({ field: 'nonce', at: 31, remove: 1 })).toBe(false);
    expect(isLast({ field: 'nonce', at: 31, set: '23' }, { field: 'in.domainId', set: '00' })).toBe(false);
  });
});

describe('the deriver', () => {
  const closed: Example = {
    ...base,
    id: 'closed',
    in: { bytes: GENESIS.replace(`01${'22'.repeat(32)}`, `00${'22'.repeat(32)}`), domainId: '' },
  };
  const deriver = new Deriver([closed, base]);

  it('takes the base from which the fewest edits lead, and seals what was sealed', () => {
    expect(deriver.derive(refused(GENESIS.replace('0464', '0465')))).toEqual({
      base: 'good',
      edits: [{ field: 'name', set: '65656d6f' }],
    });
    expect(deriver.derive(refused(GENESIS, DEMO.replace('fed3', 'fed4')))).toEqual({
      base: 'good',
      edits: [{ field: 'in.domainId', at: 1, set: 'd4' }],
    });
    expect(
      deriver.derive(
        refused(
          GENESIS.replace('0464656d6f', '056164656d6f'),
          '0f1a4f185a0893829dc7075decad5ac37ecb42f2b82a6b7cfcfe2d43c5bf543f',
        ),
      ),
    ).toMatchObject({ base: 'good', reseal: expect.arrayContaining(['in.domainId']) });
  });

  it('finds none where too much is different, or nothing is of a form', () => {
    expect(deriver.derive(refused('ff'.repeat(106)))).toBeUndefined();
    expect(deriver.derive({ id: 'bad', op: 'head.inclusion', in: { leaves: [] } })).toBeUndefined();
  });
});

describe('differences', () => {
  function applied(from: Uint8Array, hunks: ReturnType<typeof sameLengthHunks>): Uint8Array {
    let end = from.length;
    const pieces: Uint8Array[] = [];
    for (const hunk of [...hunks].reverse()) {
      pieces.unshift(hunk.bytes, from.subarray(hunk.end, end));
      end = hunk.start;
    }
    return new Uint8Array(Buffer.concat([from.subarray(0, end), ...pieces]));
  }

  it('lead from one sequence to the other', () => {
    let state = 7;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let turn = 0; turn < 300; turn += 1) {
      const from = Uint8Array.from({ length: next(60) }, () => next(3));
      const to = Uint8Array.from({ length: next(60) }, () => next(3));
      const found = differences(from, to);
      expect(found && applied(from, found)).toEqual(to);
      expect(applied(from, [singleHunk(from, to)])).toEqual(to);
      const same = to.subarray(0, Math.min(from.length, to.length));
      const part = from.subarray(0, same.length);
      expect(applied(part, sameLengthHunks(part, same))).toEqual(same.slice());
    }
  });

  it('are as few as they can be, and not looked for without end', () => {
    const from = Uint8Array.from({ length: 200 }, (_, index) => index);
    const to = Uint8Array.from([...from.subarray(0, 50), 7, 7, ...from.subarray(60)]);
    expect(differences(from, to)).toEqual([{ start: 50, end: 60, bytes: Uint8Array.of(7, 7) }]);
    expect(differences(from, from)).toEqual([]);
    expect(differences(new Uint8Array(500), new Uint8Array(500).fill(1))).toBeUndefined();
  });
});

describe('the reference of a suite', () => {
  it('[CORE-ENC-1] [CORE-REF-4] is that of its manifest as an artifact', () => {
    expect(suiteReference(new TextEncoder().encode('hello'))).toBe(
      'asl:sha256:1f1d4ea728bc4c10bbc8211c7644aa950b6296c9b3e70d263e4ae6fc83e895e4',
    );
  });
});
