import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { operations } from '../schema/operations.mjs';
import { abridged, judgeAnswer, judgeWayBack, wayBackOf } from '../src/compare.js';
import { expandRecipes } from '../src/recipes.js';
import { allVectors, loadSuite } from '../src/suite.js';
import { firstDifference, spelledLength } from '../src/values.js';

const RECIPE = { gen: 'splitmix64', seed: '7', length: '5000' };
const RECIPE_HEX = expandRecipes(RECIPE) as string;
const SPARSE = { sparse: { length: '5000', parts: [{ offset: '1', hex: 'abcd' }] } };

function digest(hex: string) {
  const bytes = Buffer.from(hex, 'hex');
  return { sha256: createHash('sha256').update(bytes).digest('hex'), length: `${bytes.length}` };
}

function operation(name: string) {
  const found = operations[name];
  if (found === undefined) throw new Error(name);
  return found;
}

describe('values', () => {
  it.each([
    ['a recipe spelled out', RECIPE, RECIPE_HEX],
    ['a recipe as it is', RECIPE, RECIPE],
    ['a recipe as a digest', RECIPE, digest(RECIPE_HEX)],
    ['digits as a digest', '0001', digest('0001')],
    ['nothing as a digest', '', digest('')],
    [
      'sparse bytes as other parts',
      SPARSE,
      { sparse: { length: '5000', parts: [{ offset: '0', hex: '00abcd00' }] } },
    ],
    ['keys in another order', { a: 1, b: [{ c: '2' }] }, { b: [{ c: '2' }], a: 1 }],
  ])('are the same: %s', (_, expected, got) => {
    expect(firstDifference(expected, got, 'ok')).toBeUndefined();
  });

  it.each([
    ['another digest', RECIPE, digest('00'), 'ok'],
    ['another digest of the length', '0001', digest('0002'), 'ok'],
    ['another length of a digest', '0001', { ...digest('0001'), length: '3' }, 'ok'],
    ['a recipe of another length', RECIPE, { ...RECIPE, length: '1073741824' }, 'ok'],
    ['another recipe of the length', RECIPE, { ...RECIPE, seed: '8' }, 'ok'],
    ['a recipe that is none', RECIPE, { gen: 'splitmix64', seed: 'x', length: '5000' }, 'ok'],
    ['a digest of a text that is no digits', 'hello', digest('00'), 'ok'],
    ['digits in upper case', 'ab', 'AB', 'ok'],
    ['a number for a text', '1', 1, 'ok'],
    ['a text for a number', 1, '1', 'ok'],
    ['null for nothing', {}, { a: null }, 'ok.a'],
    ['a key too few', { a: 1, b: 2 }, { a: 1 }, 'ok.b'],
    [
      'another member',
      { list: [{ n: '2' }, { n: '3' }] },
      { list: [{ n: '2' }, { n: '4' }] },
      'ok.list[1].n',
    ],
    ['a member too many', { list: [1] }, { list: [1, 2] }, 'ok.list[1]'],
    ['a member too few', { list: [1, 2] }, { list: [1] }, 'ok.list[1]'],
    ['an object for a list', [1], { 0: 1 }, 'ok'],
    ['a list for an object', { 0: 1 }, [1], 'ok'],
    ['another truth', true, false, 'ok'],
  ])('are not: %s', (_, expected, got, at) => {
    expect(firstDifference(expected, got, 'ok')).toMatchObject({ at });
  });

  it('stand for as many octets as their recipes', () => {
    expect(spelledLength({ a: RECIPE, b: [SPARSE] })).toBeGreaterThan(10_000);
    expect(spelledLength({ a: 'ab' })).toBe(10);
  });

  it('are shown in short', () => {
    const short = abridged({ text: 'x'.repeat(1000), list: Array.from({ length: 100 }, () => 0) });
    expect(JSON.stringify(short).length).toBeLessThan(1000);
  });
});

describe('an answer', () => {
  const seal = operation('core.sealBlock');
  const id = 'ab'.repeat(32);
  const verify = operation('core.verify');

  it('passes', () => {
    expect(judgeAnswer(seal, { ok: { id } }, { ok: { id } })).toEqual({ outcome: 'pass' });
    expect(judgeAnswer(seal, { ok: { id } }, { ok: { id: digest(id) } })).toEqual({ outcome: 'pass' });
    expect(judgeAnswer(verify, { ok: {} }, { ok: {} })).toEqual({ outcome: 'pass' });
    expect(
      judgeAnswer(seal, { err: { code: 'CORE.DIGEST' } }, { err: { code: 'CORE.DIGEST', native: 'x' } }),
    ).toEqual({
      outcome: 'pass',
    });
  });

  it.each([
    ['another value', { ok: { id } }, { ok: { id: 'cd'.repeat(32) } }, 'fail', 'answer'],
    ['a refusal', { ok: { id } }, { err: { code: 'CORE.DIGEST' } }, 'fail', 'refused'],
    ['no refusal', { err: { code: 'CORE.DIGEST' } }, { ok: {} }, 'fail', 'accepted'],
    ['another code', { err: { code: 'CORE.DIGEST' } }, { err: { code: 'CORE.LENGTH' } }, 'fail', 'code'],
    ['a claim that is false', { ok: { id } }, { unsupported: { reason: 'x' } }, 'fail', 'false-claim'],
    ['a fault', { err: { code: 'CORE.DIGEST' } }, { fault: { message: 'x' } }, 'fault', undefined],
    ['nonsense', { ok: { id } }, { wrong: 'x' }, 'protocol-error', undefined],
    ['a key too few', { ok: { id } }, { ok: {} }, 'protocol-error', undefined],
    ['a key too many', { ok: { id } }, { ok: { id, more: 1 } }, 'protocol-error', undefined],
    ['null', { ok: { id } }, { ok: { id: null } }, 'protocol-error', undefined],
    ['upper case', { ok: { id } }, { ok: { id: id.toUpperCase() } }, 'protocol-error', undefined],
  ] as const)('does not pass with %s', (_, expected, answer, outcome, how) => {
    const judged = judgeAnswer(seal, expected, answer);
    expect(judged).toMatchObject({ outcome, expected });
    expect(judged.how).toBe(how);
  });
});

describe('a way back', () => {
  const vector = (kind: { in: object; ok: object }) => ({
    id: 'x',
    kind: 'roundtrip',
    in: kind.in,
    expect: { ok: kind.ok },
  });
  const way = (op: string, kind: { in: object; ok: object }) =>
    wayBackOf(operations, operation(op), vector(kind));

  it('asks what the inverse takes and expects what it gives', () => {
    const text = 'asl:x';
    expect(way('core.decodeReference', { in: { bytes: '00' }, ok: { text } })).toEqual({
      op: 'core.parseReference',
      in: { text },
      expected: { reference: '00' },
    });
    expect(
      way('domain.encodeGenesis', { in: { name: 'n' }, ok: { bytes: '00', domainId: '11' } }).in,
    ).toEqual({
      bytes: '00',
    });
  });

  it('leaves nothing of any vector out', () => {
    for (const { group, vector: one } of allVectors(loadSuite())) {
      if (one.kind !== 'roundtrip') continue;
      const { expected } = wayBackOf(operations, operation(group.op), one);
      expect(Object.values(expected), one.id).toEqual(Object.values(one.in as object));
    }
  });

  const encode = way('core.encodeArtifact', { in: { bytes: 'ab' }, ok: { bytes: 'cd' } });
  const decode = way('segment.decode', { in: { bytes: 'ab' }, ok: { records: [] } });

  it('passes, with what the inverse always adds', () => {
    expect(judgeWayBack(operation(encode.op), encode, { ok: { bytes: 'ab' } })).toEqual({ outcome: 'pass' });
    const answer = { ok: { bytes: 'ab', segmentId: '00'.repeat(32) } };
    expect(judgeWayBack(operation(decode.op), decode, answer)).toEqual({ outcome: 'pass' });
  });

  it.each([
    ['other bytes', { ok: { bytes: 'ac' } }, 'fail', 'way-back'],
    ['a tag that was not there', { ok: { bytes: 'ab', typeTag: 0 } }, 'fail', 'way-back'],
    ['a key that no schema has', { ok: { bytes: 'ab', more: 0 } }, 'fail', 'way-back'],
    ['nothing', { ok: {} }, 'fail', 'way-back'],
    ['a refusal', { err: { code: 'CORE.DIGEST' } }, 'fail', 'way-back'],
    ['a claim that is false', { unsupported: { reason: 'x' } }, 'fail', 'false-claim'],
    ['a fault', { fault: { message: 'x' } }, 'fault', undefined],
    ['nonsense', { wrong: 'x' }, 'protocol-error', undefined],
  ] as const)('does not pass with %s', (_, answer, outcome, how) => {
    const judged = judgeWayBack(operation(encode.op), encode, answer);
    expect(judged).toMatchObject({ outcome, expected: { ok: { bytes: 'ab' } } });
    expect(judged.how).toBe(how);
  });
});
