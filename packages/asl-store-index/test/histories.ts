import type { Reference } from '@amduat/asl-core';
import {
  applyPolicy,
  EMPTY_POLICY,
  type PolicyModel,
  type PolicyRow,
  type PolicyTable,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { expect } from 'vitest';
import { aKey, KEYS } from './arbitraries.js';

/** A record of a history, whose logseq is its place in it. */
export type Step =
  | { kind: 'tombstone'; key: Reference }
  | { kind: 'lift'; tombstone: bigint }
  | { kind: 'publish' | 'unpublish'; keys: Reference[] }
  | { kind: 'other' };

/** Several tombstones of one key are what lifts are told apart by. */
const anOftenUsedKey = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...KEYS.slice(0, 2)) },
  { weight: 1, arbitrary: aKey },
);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('tombstone' as const), key: anOftenUsedKey }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('lift' as const),
        tombstone: fc.bigInt({ min: 0n, max: 12n }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('publish' as const, 'unpublish' as const),
        keys: fc.uniqueArray(aKey, { minLength: 1, maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('other' as const) }) },
  ),
  { maxLength: 24 },
);

/** What the model says of a key at a position, as a row. */
export const rowOf = (model: PolicyModel, position: bigint, key: Reference): PolicyRow | undefined => {
  const tombstones = model.tombstonesAt(position, key);
  const publication = model.publicationAt(position, key);
  if (tombstones.length === 0 && publication === undefined) return undefined;
  return { key, tombstones, ...(publication && { publication }) };
};

/**
 * Plays the steps on both, from a table that says what the model says; a lift that one refuses, the other refuses. The tables
 * after each record.
 */
export function play(
  model: PolicyModel,
  history: readonly Step[],
  from: PolicyTable = EMPTY_POLICY,
): PolicyTable[] {
  const tables = [from];
  for (const step of history) {
    const table = tables.at(-1) as PolicyTable;
    const logseq = model.position + 1n;
    if (step.kind === 'other') {
      model.other();
      tables.push(table);
    } else if (step.kind !== 'lift') {
      if (step.kind === 'tombstone') model.tombstone(step.key);
      else model[step.kind](step.keys);
      tables.push(applyPolicy(table, { ...step, logseq }));
    } else if (table.keyOfTombstone(step.tombstone) === undefined) {
      expect(() => model.lift(step.tombstone)).toThrow(RangeError);
      expect(() => applyPolicy(table, step)).toThrow(RangeError);
    } else {
      model.lift(step.tombstone);
      tables.push(applyPolicy(table, step));
    }
  }
  return tables;
}
