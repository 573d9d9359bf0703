import { describe, expect, it } from 'vitest';
import { readAnswers, readHello } from '../src/acp.js';
import { parseStrictJson } from '../src/strict-json.js';

const IMPL = { name: 'a', version: '1' };

describe('a line', () => {
  it.each([
    ['{"id":"1","ok":{"a":1}}', { ok: { a: 1 } }],
    ['{"ok":{},"id":"1"}', { ok: {} }],
    ['{"id":"1","err":{"code":"CORE.DIGEST","native":"no"}}', { err: { code: 'CORE.DIGEST', native: 'no' } }],
    ['{"id":"1","unsupported":{"reason":"x","issue":"y"}}', { unsupported: { reason: 'x', issue: 'y' } }],
    ['{"id":"1","fault":{"message":"x","trace":"y"}}', { fault: { message: 'x', trace: 'y' } }],
  ])('%s is an answer', (line, answer) => {
    expect(readAnswers(line)).toEqual([{ id: '1', answer }]);
  });

  it('may hold several answers', () => {
    const line = '{"batch":[{"id":"1","ok":{}},{"id":"2","err":{"code":"CORE.DIGEST"}}]}';
    expect(readAnswers(line).map(({ id }) => id)).toEqual(['1', '2']);
  });

  it.each([
    ['debug: 1', 'no JSON'],
    ['', 'no JSON'],
    ['[]', 'no object'],
    ['null', 'no object'],
    ['"x"', 'no object'],
    ['{"ok":{}}', 'no id'],
    ['{"id":1,"ok":{}}', 'no id'],
    ['{"id":"1","id":"2","ok":{}}', 'twice'],
    ['{"id":"1","ok":{"a":1,"\\u0061":2}}', 'twice'],
    ['{"batch":{}}', 'no batch'],
    ['{"batch":[],"id":"1"}', 'no batch'],
    ['{"batch":[1]}', 'no id'],
    ['\ufeff{"id":"1","ok":{}}', 'no JSON'],
  ])('%s is none, of nobody', (line, message) => {
    expect(() => readAnswers(line)).toThrow(message);
  });

  it.each([
    '{"id":"1"}',
    '{"id":"1","ok":{},"err":{"code":"CORE.DIGEST"}}',
    '{"id":"1","result":{}}',
    '{"id":"1","toString":{}}',
    '{"id":"1","ok":null}',
    '{"id":"1","ok":[]}',
    '{"id":"1","err":{"code":"digest"}}',
    '{"id":"1","err":{"code":"CORE.DIGEST","offset":1}}',
    '{"id":"1","err":"CORE.DIGEST"}',
    '{"id":"1","unsupported":{}}',
    '{"id":"1","fault":{}}',
  ])('%s is a wrong answer, to one request', (line) => {
    expect(readAnswers(line)).toEqual([{ id: '1', answer: { wrong: expect.any(String) } }]);
  });
});

describe('strict JSON', () => {
  it.each([
    '{"a":{"b":1},"b":[{"a":1},{"a":"\\"{,\\\\"}]}',
    '"a\\\\"',
    '[1.5e3,true,null]',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
  ])('%s is read as JSON.parse does', (text) => {
    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });

  it.each(['{"a":1,"a":1}', '[{"b":{"a":1,"b":2,"a":3}}]', '{"a":[{"a":1}],"a":1}'])(
    '%s has a key twice',
    (text) => {
      expect(() => parseStrictJson(text)).toThrow('stands twice');
    },
  );

  it.each(['{"a":1', '"', '"\\"', '{"a" 1}', ']', '{,}'])('%s is none', (text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError);
  });

  it('may be nested 64 deep and no deeper', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseStrictJson(nested(64))).not.toThrow();
    expect(() => parseStrictJson(nested(65))).toThrow('nested');
    expect(() => parseStrictJson('['.repeat(2 ** 24))).toThrow('nested');
  });
});

describe('hello', () => {
  it('may leave out its features and limits', () => {
    const hello = readHello({ ok: { acp: 1, impl: IMPL, ops: ['core.verify'] } });
    expect(hello).toEqual({
      acp: 1,
      impl: IMPL,
      ops: ['core.verify'],
      features: [],
      limits: { line: 1_048_576, window: 64, batch: 1 },
    });
    expect(readHello({ ok: { acp: 1, impl: IMPL, ops: [], limits: { window: 1 } } })).toMatchObject({
      limits: { line: 1_048_576, window: 1, batch: 1 },
    });
  });

  it.each([
    ['another version', { acp: 2, impl: IMPL, ops: [] }, 'ok.acp'],
    ['no name', { acp: 1, impl: { version: '1' }, ops: [] }, 'ok.impl.name'],
    ['an operation twice', { acp: 1, impl: IMPL, ops: ['a', 'a'] }, 'stands twice'],
    ['no window', { acp: 1, impl: IMPL, ops: [], limits: { window: 0 } }, 'ok.limits.window'],
    ['too great a window', { acp: 1, impl: IMPL, ops: [], limits: { window: 1025 } }, 'ok.limits.window'],
    ['a key that is unknown', { acp: 1, impl: IMPL, ops: [], more: 1 }, 'more'],
  ])('with %s is refused', (_, ok, message) => {
    expect(readHello({ ok })).toContain(message);
  });

  it('that is refused is none', () => {
    expect(readHello({ err: { code: 'CORE.DIGEST' } })).toContain('CORE.DIGEST');
  });
});
