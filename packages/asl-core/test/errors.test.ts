import { AslError, decodeArtifact, isAslError, referenceOf } from '@amduat/asl-core';
import { describe, expect, it } from 'vitest';

describe('isAslError', () => {
  it('knows an error of another copy of the package by its mark, and no other object', () => {
    const foreign = Object.defineProperty({ code: 'CORE.DIGEST' }, Symbol.for('amduat.AslError'), {
      value: true,
    });
    expect(isAslError(foreign)).toBe(true);
    expect(isAslError(foreign, 'CORE.DIGEST')).toBe(true);
    expect(isAslError(foreign, 'CORE.TRUNCATED')).toBe(false);
    for (const other of [undefined, null, 'CORE.DIGEST', new Error('x'), { code: 'CORE.DIGEST' }]) {
      expect(isAslError(other)).toBe(false);
    }
  });

  it('carries code, family, clause and JSON-safe details', () => {
    try {
      decodeArtifact(Uint8Array.of(0, 255, 255, 255, 255, 255, 255, 255, 255));
      expect.unreachable();
    } catch (error) {
      if (!isAslError(error)) throw error;
      expect(error).toBeInstanceOf(AslError);
      expect(JSON.parse(JSON.stringify(error))).toMatchObject({
        code: 'CORE.TRUNCATED',
        family: 'malformed',
        clause: 'CORE-ENC-2',
        details: { offset: 9, expected: '18446744073709551615', got: 0 },
      });
    }
  });
});

describe('referenceOf', () => {
  it('refuses a tag that is not a u32, by the name of the argument', () => {
    for (const typeTag of [-1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => referenceOf({ bytes: new Uint8Array(), typeTag })).toThrow(/^typeTag: /);
    }
  });
});
