import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../src/lines.js';

const LIMIT = 10;

/** What is told of bytes that arrive in these pieces. */
function told(pieces: readonly (string | Uint8Array)[], { ends = false, limit = LIMIT } = {}): string[] {
  const seen: string[] = [];
  const splitter = new LineSplitter(limit, {
    line: (text) => void seen.push(text),
    fault: (what) => void seen.push(`<${what}>`),
  });
  for (const piece of pieces) splitter.push(typeof piece === 'string' ? Buffer.from(piece) : piece);
  if (ends) splitter.end();
  return seen;
}

describe('lines', () => {
  it.each([
    ['one at a time', ['ab\n', 'cd\n'], ['ab', 'cd']],
    ['several in one piece', ['ab\ncd\nef'], ['ab', 'cd']],
    ['in pieces', ['a', 'b\nc', '', 'd', '\n'], ['ab', 'cd']],
    ['cut inside a character', [Buffer.from('ä\n').subarray(0, 1), Buffer.from('ä\n').subarray(1)], ['ä']],
    ['as long as they may be', ['0123456789\n'], ['0123456789']],
    ['empty ones are passed over', ['\n \n\r\nab\n\t\n'], ['ab']],
    ['a byte order mark is a part', ['\ufeffab\n'], ['\ufeffab']],
  ])('come %s', (_, pieces, expected) => {
    expect(told(pieces)).toEqual(expected);
  });

  it.each([
    ['too long in one piece', ['01234567890\nab\n'], ['<too-long>', 'ab']],
    ['too long in many', ['0123456789', '0', 'xxxx', 'x\nab\n'], ['<too-long>', 'ab']],
    ['too long without an end', ['0123456789', '0123456789', '0123456789'], ['<too-long>']],
    ['not UTF-8', [Buffer.from([0x61, 0xff, 0x0a]), 'ab\n'], ['<not-utf8>', 'ab']],
    ['a surrogate', [Buffer.from([0xed, 0xa0, 0x80, 0x0a])], ['<not-utf8>']],
  ])('that are %s are told, and the next one is read', (_, pieces, expected) => {
    expect(told(pieces)).toEqual(expected);
  });

  it.each([
    ['cut', ['ab\ncd'], ['ab', '<no-line-feed>']],
    ['whole', ['ab\n'], ['ab']],
    ['too long', ['01234567890'], ['<too-long>']],
  ])('that are %s at the end', (_, pieces, expected) => {
    expect(told(pieces, { ends: true })).toEqual(expected);
  });

  it('are kept up to the limit and no further', () => {
    const splitter = new LineSplitter(2 ** 20, { line() {}, fault() {} });
    const piece = new Uint8Array(2 ** 16).fill(0x61);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 16 * 2 ** 10; count++) splitter.push(piece);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });
});
