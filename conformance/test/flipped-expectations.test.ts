import { describe, expect, it } from 'vitest';
import { converseInProcess } from '../src/in-process.js';
import { runVectors } from '../src/run.js';
import { loadSuite, type SuiteGroup, type SuiteVector } from '../src/suite.js';
import { honestAdapter } from './honest.js';

const suite = loadSuite();
const adapter = honestAdapter();

async function failing(group: SuiteGroup): Promise<string[]> {
  const start = async () => converseInProcess(adapter);
  const { cases } = await runVectors({ suite, groups: [group], start, seed: 1, isolate: false });
  return cases.filter(({ judgement }) => judgement.outcome !== 'pass').map(({ vector }) => vector.id);
}

/** The other expectations that a vector could have had: another code or value, a refusal for an answer, an answer for a refusal. */
function flips({ expect: expected }: SuiteVector): SuiteVector['expect'][] {
  if ('err' in expected) return [{ err: { code: `${expected.err.code}X` } }, { ok: {} }];
  const values = otherValues(expected.ok).map((ok) => ({ ok }));
  return [...values, { err: { code: 'CORE.DIGEST' } }];
}

/** A value with one of its leaves changed, for the first and the last of them. */
function otherValues(value: unknown): unknown[] {
  const paths = leaves(value);
  return [...new Set([0, paths.length - 1])].flatMap((index) => {
    const path = paths[index];
    return path === undefined ? [] : [changedAt(value, path)];
  });
}

function leaves(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return Object.entries(value).flatMap(([key, member]) => leaves(member).map((path) => [key, ...path]));
}

function changedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return changed(value);
  if (Array.isArray(value)) {
    return value.map((member, index) => (index === Number(key) ? changedAt(member, rest) : member));
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key]: changedAt(object[key], rest) };
}

function changed(leaf: unknown): unknown {
  if (typeof leaf === 'boolean') return !leaf;
  if (typeof leaf === 'number') return leaf + 1;
  const text = leaf as string;
  if (text === '') return '00';
  // Another text of the same length, of digits if it was.
  return `${text.slice(0, -1)}${text.endsWith('0') ? '1' : '0'}`;
}

/** A refusal has no way back. */
function kindOf({ kind }: SuiteVector, expected: SuiteVector['expect']): string {
  return 'err' in expected ? 'reject' : kind;
}

describe('an expectation that is changed', () => {
  it.each(suite.groups.map((group) => [group.id, group] as const))(
    'in %s fails there and nowhere else',
    async (_, group) => {
      expect(await failing(group)).toEqual([]);
      for (const [index, vector] of group.vectors.entries()) {
        for (const flipped of flips(vector)) {
          const vectors = group.vectors.with(index, {
            ...vector,
            kind: kindOf(vector, flipped),
            expect: flipped,
          });
          expect(await failing({ ...group, vectors }), JSON.stringify(flipped)).toEqual([vector.id]);
        }
      }
    },
  );

  it('was changed for every vector', () => {
    const unchanged = suite.groups
      .flatMap(({ vectors }) => vectors)
      .filter((vector) => flips(vector).length < 1);
    expect(unchanged).toEqual([]);
  });
});
