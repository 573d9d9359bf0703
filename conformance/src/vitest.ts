import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expandRecipes } from './recipes.js';

/** One operation of an adapter: takes a vector's `in`, gives its `expect.ok`, or throws an error with a `code`. */
export type Operation = (input: never) => unknown;

/** Operations by the names that vectors use. */
export type Operations = Readonly<Record<string, Operation>>;

interface Vector {
  id: string;
  kind: string;
  in: unknown;
  expect: { ok: unknown } | { err: { code: string } };
}

interface VectorFile {
  groups: { id: string; op: string; vectors: Vector[] }[];
}

const VECTORS = fileURLToPath(new URL('../vectors/', import.meta.url));

/**
 * Declares one test for each vector of one specification, named by the vector's ID.
 *
 * @param spec - folder under `conformance/vectors`.
 * @param operations - operation name → implementation; one that is missing fails its vectors.
 * @param inverses - operation name → what leads back from its `ok` to its `in`, for the roundtrip vectors.
 */
export function describeVectors(spec: string, operations: Operations, inverses: Operations = {}): void {
  for (const file of readdirSync(`${VECTORS}${spec}`)
    .filter((name) => name.endsWith('.json'))
    .sort()) {
    const { groups } = JSON.parse(readFileSync(`${VECTORS}${spec}/${file}`, 'utf8')) as VectorFile;
    for (const group of groups) describeGroup(group, operations, inverses);
  }
}

function describeGroup(
  group: VectorFile['groups'][number],
  operations: Operations,
  inverses: Operations,
): void {
  describe(`vectors ${group.id}`, () => {
    for (const vector of group.vectors) {
      it(vector.id, () => {
        const operation = operations[group.op];
        expect(operation, `operation ${group.op}`).toBeTypeOf('function');
        const got = answer(operation as Operation, vector.in);
        expect(got).toEqual(expandRecipes(vector.expect));
        if (vector.kind !== 'roundtrip') return;
        expect(inverses[group.op], `inverse of ${group.op}`).toBeTypeOf('function');
        expect(answer(inverses[group.op] as Operation, (got as { ok: unknown }).ok)).toEqual({
          ok: expandRecipes(vector.in),
        });
      });
    }
  });
}

function answer(operation: Operation, input: unknown): unknown {
  try {
    return { ok: operation(expandRecipes(input) as never) };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string' || !/^[A-Z0-9_]+(\.[A-Z0-9_]+)+$/.test(code)) throw error;
    return { err: { code } };
  }
}
