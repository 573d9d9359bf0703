import { describe, expect, it } from 'vitest';
import { type Operations, runVector, type Vector } from '../src/run-vectors.js';

const OK: Vector = {
  id: 'a',
  kind: 'output',
  in: { n: 1 },
  expect: { ok: { list: [{ n: '2' }], text: 'x' } },
};
const ERR: Vector = { id: 'b', kind: 'reject', in: {}, expect: { err: { code: 'CORE.DIGEST' } } };
const ROUNDTRIP: Vector = { id: 'c', kind: 'roundtrip', in: { n: 1 }, expect: { ok: { text: '1' } } };

const answering = (ok: unknown) => ({ operations: { op: () => ok } });
const throwing = (error: unknown) => ({
  operations: {
    op: () => {
      throw error;
    },
  },
});
const ways = (inverses?: Operations) => ({
  operations: { op: ({ n }: { n: number }) => ({ text: `${n}` }) },
  ...(inverses && { inverses }),
});

describe('an answer', () => {
  it.each([
    ['key for key', { text: 'x', list: [{ n: '2' }] }],
    ['with a key that is undefined', { list: [{ n: '2' }], text: 'x', more: undefined }],
  ])('passes when it is the expected one, %s', (_, ok) => {
    expect(() => runVector('op', OK, answering(ok))).not.toThrow();
  });

  it.each([
    ['another value deep inside', { list: [{ n: 2 }], text: 'x' }],
    ['a key too many', { list: [{ n: '2' }], text: 'x', more: 0 }],
    ['a key too few', { list: [{ n: '2' }] }],
    ['another key', { list: [{ n: '2' }], test: 'x' }],
    ['an item too many', { list: [{ n: '2' }, {}], text: 'x' }],
    ['an item too few', { list: [], text: 'x' }],
    ['an object for a list', { list: { 0: { n: '2' } }, text: 'x' }],
    ['nothing', undefined],
    ['null', null],
  ])('fails when it has %s', (_, ok) => {
    expect(() => runVector('op', OK, answering(ok))).toThrow('the answer of op is not the expected one');
  });

  it('fails when bytes stand for an empty object', () => {
    const vector = { ...OK, expect: { ok: {} } };
    expect(() => runVector('op', vector, answering(new Uint8Array(0)))).toThrow('not the expected one');
  });

  it('has its recipes spelled out, in and out', () => {
    const recipe = { gen: 'splitmix64', seed: '7', length: '4' };
    const vector = { ...OK, in: { bytes: recipe }, expect: { ok: { bytes: recipe } } };
    const operations = { op: ({ bytes }: { bytes: string }) => ({ bytes: bytes === 'd70d3259' && bytes }) };
    expect(() => runVector('op', vector, { operations })).not.toThrow();
  });
});

describe('a refusal', () => {
  it('passes with the expected code', () => {
    expect(() => runVector('op', ERR, throwing({ code: 'CORE.DIGEST' }))).not.toThrow();
  });

  it.each([
    ['of another code', throwing({ code: 'CORE.LENGTH' }), 'not the expected one'],
    ['that is missing', answering({}), 'not the expected one'],
    ['without a code', throwing(new TypeError('fell over')), 'fell over'],
    [
      'with the code of a platform',
      throwing(Object.assign(new Error('no file'), { code: 'ENOENT' })),
      'no file',
    ],
  ])('%s fails', (_, adapter, message) => {
    expect(() => runVector('op', ERR, adapter)).toThrow(message);
  });

  it('where an answer is expected fails', () => {
    expect(() => runVector('op', OK, throwing({ code: 'CORE.DIGEST' }))).toThrow('not the expected one');
  });
});

describe('a way back', () => {
  it('passes when it leads to the input', () => {
    const adapter = ways({ op: ({ text }: { text: string }) => ({ n: Number(text) }) });
    expect(() => runVector('op', ROUNDTRIP, adapter)).not.toThrow();
  });

  it('fails when it leads elsewhere', () => {
    const adapter = ways({ op: () => ({ n: 2 }) });
    expect(() => runVector('op', ROUNDTRIP, adapter)).toThrow('the way back from op is not the expected one');
  });

  it('fails when there is none', () => {
    expect(() => runVector('op', ROUNDTRIP, ways())).toThrow('the inverse of op is not implemented');
  });
});

describe('an operation', () => {
  it.each(['other', 'toString'])('%s that is not implemented fails', (op) => {
    expect(() => runVector(op, OK, answering({}))).toThrow(`${op} is not implemented`);
  });
});

describe('a recipe', () => {
  it('spells sparse bytes', () => {
    const sparse = { length: '4', parts: [{ offset: '1', hex: 'abcd' }] };
    const vector = { ...OK, in: {}, expect: { ok: { bytes: { sparse } } } };
    expect(() => runVector('op', vector, answering({ bytes: '00abcd00' }))).not.toThrow();
  });
});
