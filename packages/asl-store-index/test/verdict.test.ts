import { type PolicyRow, type Verdict, verdictOf } from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { KEYS } from './arbitraries.js';

const key = KEYS[0] as (typeof KEYS)[0];
const published = { published: true, logseq: 7n };
const unpublished = { published: false, logseq: 7n };

const TABLE: readonly [string, PolicyRow | undefined, Verdict, Verdict][] = [
  ['no row', undefined, 'absent', 'internal'],
  ['published', { key, tombstones: [], publication: published }, 'absent', 'published'],
  ['unpublished', { key, tombstones: [], publication: unpublished }, 'absent', 'internal'],
  ['tombstone', { key, tombstones: [3n] }, 'inadmissible', 'inadmissible'],
  [
    'tombstones and published',
    { key, tombstones: [3n, 8n], publication: published },
    'inadmissible',
    'inadmissible',
  ],
  [
    'tombstone and unpublished',
    { key, tombstones: [8n], publication: unpublished },
    'inadmissible',
    'inadmissible',
  ],
];

describe('[STX-VER-1] verdicts', () => {
  it.each(TABLE)('%s: without a record %o', (_, row, without, withRecord) => {
    expect(verdictOf(row, false)).toBe(without);
    expect(verdictOf(row, true)).toBe(withRecord);
  });
});
