// @ts-check
import { isDeepStrictEqual } from 'node:util';
import {
  Deriver,
  documentOf,
  isLastByte,
  rebuild,
  subjectOf,
  wrongSeals,
} from '../../conformance/dist/derivation/index.js';
import { expandRecipes } from '../../conformance/dist/recipes.js';
import { vectorFile } from '../../conformance/schema/documents.mjs';
import { allVectors } from './documents.mjs';

/**
 * @import { Derivation, Document as Bytes, Example, Json } from '../../conformance/dist/derivation/index.js'
 * @import { Document, Vector, VectorFile } from './documents.mjs'
 * @typedef {{ path: string, group: { op: string }, vector: Vector }} Entry
 * @typedef {{ base: Bytes, document: Bytes, edits: Derivation['edits'] }} Derived
 */

/** Flags that are found out and not given. */
const FLAGS = ['Resealed', 'LastByte'];
const SEVERAL_FAULTS = ['TwoFaults', 'Unsealed'];
// Their bytes are up to 64 MiB.
const LARGE = 'LargeInput';
// The code of bytes that were changed after they had been sealed.
const DAMAGED = 'LOG.DAMAGED';

/**
 * Holds every `from`, and the flags that follow from it, to what they say; and every input that is refused to the rule that
 * all is right around its fault.
 * @param {readonly Document<VectorFile>[]} files
 * @param {ReadonlyMap<string, string>} families error code → family
 * @returns {string[]}
 */
export function derivationProblems(files, families) {
  const entries = allVectors(files);
  const examples = examplesOf(entries);
  const deriver = new Deriver(accepting(examples));
  return entries
    .filter(({ vector }) => vector.kind === 'reject' && !vector.flags?.includes(LARGE))
    .flatMap((entry) => {
      const { derived, problems } = derivedOf(entry, examples);
      const found = [
        ...problems,
        ...(entry.vector.from ? [] : missing(examples.get(entry.vector.id), deriver)),
        ...flagProblems(entry.vector, derived),
        ...sealProblems(entry, derived, families),
      ];
      return found.map((problem) => `${entry.path}: ${entry.vector.id}: ${problem}`);
    });
}

/**
 * Writes a `from` into every vector that has none, or one that no longer leads to it, and can have one; and the flags.
 * @param {readonly Document<VectorFile>[]} files
 * @returns {Map<string, VectorFile>} what each file that could be read should hold
 */
export function withDerivations(files) {
  const entries = allVectors(files);
  const examples = examplesOf(entries);
  const deriver = new Deriver(accepting(examples));
  const written = new Map();
  for (const file of files) {
    if (!file.value) continue;
    const groups = file.value.groups.map((group) => ({
      ...group,
      vectors: group.vectors.map((vector) =>
        withDerivation({ path: file.path, group, vector }, examples, deriver),
      ),
    }));
    // Parsed once more for the order of the keys.
    written.set(file.path, vectorFile.parse({ ...file.value, groups }));
  }
  return written;
}

/**
 * The base and the document of a vector that has a `from` which leads to it.
 * @param {readonly Document<VectorFile>[]} files
 * @returns {(Entry & { derived: Derived })[]}
 */
export function derivedEntries(files) {
  const entries = allVectors(files);
  const examples = examplesOf(entries);
  return entries.flatMap((entry) => {
    const { derived } = derivedOf(entry, examples);
    return derived === undefined ? [] : [{ ...entry, derived }];
  });
}

/**
 * @param {readonly Entry[]} entries
 * @returns {Map<string, Example>}
 */
export function examplesOf(entries) {
  const readable = entries.filter(({ vector }) => !vector.flags?.includes(LARGE));
  return new Map(readable.map(({ group: { op }, vector }) => [vector.id, exampleOf(op, vector)]));
}

/**
 * @param {string} op
 * @param {Vector} vector
 * @returns {Example}
 */
function exampleOf(op, { id, in: input, expect }) {
  const example = { id, op, in: /** @type {Json} */ (expandRecipes(input)) };
  return expect.ok === undefined
    ? example
    : { ...example, ok: /** @type {Json} */ (expandRecipes(expect.ok)) };
}

/** @param {ReadonlyMap<string, Example>} examples */
const accepting = (examples) =>
  [...examples.values()].filter((example) => example.ok !== undefined && subjectOf(example) !== undefined);

/**
 * @param {Entry} entry
 * @param {ReadonlyMap<string, Example>} examples
 * @returns {{ derived?: Derived, problems: string[] }}
 */
function derivedOf({ vector }, examples) {
  const example = examples.get(vector.id);
  if (!vector.from || !example) return { problems: [] };
  const base = examples.get(vector.from.base);
  if (base?.ok === undefined)
    return { problems: [`from: ${vector.from.base} is no vector that is accepted`] };
  const rebuilt = rebuild(base, example, vector.from);
  if ('problem' in rebuilt) return { problems: [`from: ${rebuilt.problem}`] };
  if (!isDeepStrictEqual(rebuilt.input, { ...example.in }))
    return { problems: ['from: leads to another input'] };
  return {
    derived: { base: rebuilt.base, document: rebuilt.document, edits: vector.from.edits },
    problems: [],
  };
}

/**
 * @param {Example | undefined} example
 * @param {Deriver} deriver
 */
function missing(example, deriver) {
  const from = example && deriver.derive(example);
  return from ? [`can be made from ${from.base}: run pnpm fix`] : [];
}

/**
 * @param {Vector} vector
 * @param {Derived | undefined} derived
 */
function flagProblems(vector, derived) {
  const right = flagsOf(vector, derived);
  return FLAGS.filter((flag) => right.includes(flag) !== (vector.flags ?? []).includes(flag)).map((flag) =>
    right.includes(flag) ? `the flag ${flag} is missing` : `the flag ${flag} is not what \`from\` shows`,
  );
}

/**
 * @param {Vector} vector
 * @param {Derived | undefined} derived
 */
function flagsOf({ from }, derived) {
  if (!from || !derived) return [];
  return FLAGS.filter((flag) =>
    flag === 'Resealed' ? from.reseal !== undefined : isLastByte(derived.base, from.edits),
  );
}

/**
 * @param {Entry} entry
 * @param {Derived | undefined} derived
 * @param {ReadonlyMap<string, string>} families
 */
function sealProblems({ group, vector }, derived, families) {
  const code = vector.expect.err?.code ?? '';
  if (hasSeveralFaults(vector) || code === DAMAGED) return [];
  const document = derived?.document ?? documentAt(group.op, vector);
  if (document === undefined) return [];
  const wrong = wrongSeals(document, derived);
  // One hash that is not right may be the fault itself.
  const allowed = derived === undefined || families.get(code) === 'mismatch' ? 1 : 0;
  if (wrong.length <= allowed) return [];
  return [`more than one fault: not sealed again: ${wrong.slice(0, 3).join(', ')}`];
}

/**
 * @param {string} op
 * @param {Vector} vector
 */
function documentAt(op, vector) {
  return documentOf(exampleOf(op, vector), new Set(Object.keys(vector.in)));
}

/** @param {Vector} vector */
function hasSeveralFaults({ id, flags = [] }) {
  return (
    flags.some((flag) => SEVERAL_FAULTS.includes(flag)) || id.split('.').at(-1)?.startsWith('order-') === true
  );
}

/**
 * @param {Entry} entry
 * @param {ReadonlyMap<string, Example>} examples
 * @param {Deriver} deriver
 */
function withDerivation(entry, examples, deriver) {
  const { from: given, flags: before = [], ...vector } = entry.vector;
  const example = examples.get(vector.id);
  const kept = derivedOf(entry, examples).derived === undefined ? undefined : given;
  const from = kept ?? (vector.kind === 'reject' && example ? deriver.derive(example) : undefined);
  const derived = from && { ...vector, from };
  const found = derived && derivedOf({ ...entry, vector: derived }, examples).derived;
  const others = before.filter((flag) => !FLAGS.includes(flag));
  const flags = [...others, ...(derived ? flagsOf(derived, found) : [])];
  return { ...(derived ?? vector), ...(flags.length > 0 ? { flags } : {}) };
}
