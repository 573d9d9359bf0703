import { describe, it } from 'vitest';
import { type Operations, runVector } from './run-vectors.js';
import { readVectorGroups } from './vector-files.js';

/**
 * Declares one test for each vector of one specification, named by the vector's ID.
 *
 * @param spec - folder under `conformance/vectors`.
 * @param operations - operation name → implementation; one that is missing fails its vectors.
 * @param inverses - operation name → what leads back from its `ok` to its `in`, for the roundtrip vectors.
 */
export function describeVectors(spec: string, operations: Operations, inverses: Operations = {}): void {
  for (const { id, op, vectors } of readVectorGroups(spec)) {
    describe(`vectors ${id}`, () => {
      for (const vector of vectors) it(vector.id, () => runVector(op, vector, { operations, inverses }));
    });
  }
}
