// @ts-check
// Right answers to every request that the suite makes, read from the vectors: what is left to do of a saboteur is the
// sabotage. Nothing here comes from the runner, or from the schemas.
import { readdirSync, readFileSync } from 'node:fs';

/**
 * @typedef {Record<string, unknown>} Json
 * @typedef {{ id: string, kind: string, in: Json, expect: { ok: Json } | { err: { code: string } } }} Vector
 * @typedef {{ op: string, vectors: Vector[] }} Group
 * @typedef {{ ids: string[], answer: Json }} Row
 */

const VECTORS = new URL('../vectors/', import.meta.url);

const PAIRS = [
  ['core.encodeArtifact', 'core.decodeArtifact'],
  ['core.decodeReference', 'core.parseReference'],
  ['domain.encodeGenesis', 'domain.decodeGenesis'],
  ['entry.encode', 'entry.decode'],
  ['head.encode', 'head.decode'],
  ['head.formatKey', 'head.parseKey'],
  ['manifest.encode', 'manifest.decode'],
  ['policyTable.encode', 'policyTable.decode'],
  ['segment.encode', 'segment.decode'],
];
const INVERSES = new Map(
  PAIRS.flatMap(([there = '', back = '']) => [
    [there, back],
    [back, there],
  ]),
);
const TWINS = new Map([
  ['reference', 'bytes'],
  ['bytes', 'reference'],
]);

/**
 * Right answers to what the vectors in some folders ask.
 *
 * @param {readonly string[]} folders none for all
 */
export function readHonest(folders) {
  const names = folders.length > 0 ? folders : readdirSync(VECTORS).filter((name) => !name.includes('.'));
  const groups = names.flatMap(readFolder);
  /** @type {Map<string, Row>} */
  const rows = new Map();
  /** @param {string} id @param {string} op @param {Json} given @param {Json} answer */
  const add = (id, op, given, answer) => {
    const row = rows.get(keyOf(op, given));
    if (row === undefined) rows.set(keyOf(op, given), { ids: [id], answer });
    else row.ids.push(id);
  };
  for (const { op, vectors } of groups)
    for (const { id, in: given, expect } of vectors) add(id, op, given, expect);
  // What a vector of the inverse says is more: it may have a hash besides.
  for (const { op, vectors } of groups) {
    const back = INVERSES.get(op) ?? '';
    for (const { id, kind, in: given, expect } of vectors) {
      if (kind !== 'roundtrip' || !('ok' in expect)) continue;
      const takes = keysOf(groups, back, (vector) => vector.in);
      const gives = keysOf(groups, back, (vector) => ('ok' in vector.expect ? vector.expect.ok : {}));
      add(id, back, renamed(expect.ok, takes), { ok: renamed(given, gives) });
    }
  }
  return {
    ops: [...new Set(groups.map(({ op }) => op))],
    /**
     * The vectors that ask this, as themselves or on their way back, and the right answer.
     *
     * @param {string} op
     * @param {unknown} given
     * @returns {Row}
     */
    answerTo: (op, given) =>
      rows.get(keyOf(op, given)) ?? { ids: [], answer: { fault: { message: 'no vector asks this' } } },
  };
}

/**
 * @param {string} folder
 * @returns {Group[]}
 */
function readFolder(folder) {
  const url = new URL(`${folder}/`, VECTORS);
  return readdirSync(url).flatMap((name) => JSON.parse(readFileSync(new URL(name, url), 'utf8')).groups);
}

/** @param {string} op @param {unknown} given */
const keyOf = (op, given) => JSON.stringify([op, given]);

/**
 * The keys that an operation takes or gives, as far as its vectors show.
 *
 * @param {readonly Group[]} groups
 * @param {string} op
 * @param {(vector: Vector) => Json} part
 */
function keysOf(groups, op, part) {
  const vectors = groups.flatMap((group) => (group.op === op ? group.vectors : []));
  return new Set(vectors.flatMap((vector) => Object.keys(part(vector))));
}

/**
 * @param {Json} value
 * @param {ReadonlySet<string>} keys
 */
function renamed(value, keys) {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const name = [key, TWINS.get(key) ?? key].find((one) => keys.has(one));
      return name === undefined ? [] : [[name, member]];
    }),
  );
}
