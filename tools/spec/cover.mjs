// @ts-check
import { documentOf, isFieldEdit, subjectOf } from '../../conformance/dist/derivation/index.js';
import { DOCUMENTS, ENUMERATIONS, kindOf } from '../../conformance/dist/formats/kinds.js';
import { clausesById, levelOf, readSpecs } from './clauses.mjs';
import { coverage, misreadClauses, POLARITIES, sidesOf } from './coverage.mjs';
import { derivedEntries, examplesOf } from './derivations.mjs';
import {
  allVectors,
  readErrorRegistry,
  readExceptions,
  readLimits,
  readMisreadingFiles,
  readMutantFiles,
  readVectorFiles,
} from './documents.mjs';
import { byCodeUnit } from './files.mjs';
import { countsOf } from './suite.mjs';

/**
 * @import { Document as Bytes } from '../../conformance/dist/derivation/index.js'
 * @import { Enumeration, FieldKind } from '../../conformance/dist/formats/kinds.js'
 * @import { Spec } from './clauses.mjs'
 * @import { Exception, Limit, RegisteredError, Vector } from './documents.mjs'
 * @typedef {{ positive: number, negative: number, excepted?: 'positive' | 'negative' | 'both', shownByTest?: true }} Sides
 * @typedef {{ excepted: true, shownByTest?: true }} Excepted
 * @typedef {{
 *   spec: string, vectors: { vectors: number, MUST: number, SHOULD: number, MAY: number }, refused: number,
 *   derived: number, clauses: number, binding: Record<string, Sides>, errors: Record<string, number | Excepted>,
 *   fields: Record<string, number>, values: Record<string, number>, limits: Record<string, { at: number, beyond: number }>,
 * }} Coverage `derived` counts the refused inputs that say what they are made from
 * @typedef {{ documents: Coverage[], inert: string[], uncovered: string[] }} Report
 */

const OTHER = 'other';

/**
 * What the vectors of each document show of it, and what they do not.
 * @param {string} root
 * @returns {Promise<Report>}
 */
export async function coverageOf(root) {
  const [specs, registry, excepting, limits, misreadings, mutants, files] = await Promise.all([
    readSpecs(root),
    readErrorRegistry(root),
    readExceptions(root),
    readLimits(root),
    readMisreadingFiles(root),
    readMutantFiles(root),
    readVectorFiles(root),
  ]);
  const entries = allVectors(files);
  const vectors = entries.map(({ vector }) => vector);
  const exceptions = excepting.value ?? [];
  const wrong = [...misreadings, ...mutants].flatMap(({ value }) => value ?? []);
  const sides = coverage(vectors, misreadClauses(wrong));
  const derived = derivedEntries(files);
  const fields = fieldCounts(files, derived);
  const documents = specs.map((spec) => {
    const own = files.filter(({ value }) => value?.spec === spec.name);
    const ownVectors = allVectors(own).map(({ vector }) => vector);
    return {
      spec: spec.name,
      vectors: countsOf(ownVectors),
      refused: ownVectors.filter(({ kind }) => kind === 'reject').length,
      derived: ownVectors.filter(({ from }) => from).length,
      clauses: spec.clauses.length,
      binding: bindingOf(spec, sides, exceptions),
      errors: errorsOf(spec, registry.value ?? [], vectors, exceptions),
      fields: ofDocument(spec.name, fields.edited),
      values: ofDocument(spec.name, fields.values),
      limits: limitsOf(spec, limits.value ?? []),
    };
  });
  return {
    documents,
    inert: vectors
      .filter(({ kills }) => kills.length === 0)
      .map(({ id }) => id)
      .sort(byCodeUnit),
    uncovered: [
      ...documents.flatMap((document) => uncoveredOf(document, exceptions)),
      ...limitProblems(specs, limits.value ?? [], vectors),
      ...needlessExceptions(exceptions, documents),
    ],
  };
}

/**
 * @param {Spec} spec
 * @param {ReadonlyMap<string, number>} sides
 * @param {readonly Exception[]} exceptions
 */
function bindingOf(spec, sides, exceptions) {
  const binding = spec.clauses.filter(({ keyword }) => levelOf(keyword) === 'MUST');
  /** @type {Record<string, Sides>} */
  const counts = {};
  for (const { id } of binding) {
    const own = exceptions.filter(({ clause }) => clause === id);
    const polarity = own.length > 1 ? 'both' : own[0]?.polarity;
    counts[id] = {
      positive: sides.get(`positive ${id}`) ?? 0,
      negative: sides.get(`negative ${id}`) ?? 0,
      ...(polarity === undefined ? {} : { excepted: polarity }),
      ...(own.length > 0 && own.every(({ shownBy }) => shownBy) ? { shownByTest: true } : {}),
    };
  }
  return counts;
}

/**
 * @param {Spec} spec
 * @param {readonly RegisteredError[]} registry
 * @param {readonly Vector[]} vectors
 * @param {readonly Exception[]} exceptions
 */
function errorsOf(spec, registry, vectors, exceptions) {
  const clauses = clausesById([spec]);
  const expected = vectors.flatMap(({ expect }) => expect.err?.code ?? []);
  return Object.fromEntries(
    registry
      .filter(({ clause }) => clauses.has(clause))
      .map(({ code }) => {
        const count = expected.filter((other) => other === code).length;
        const except = exceptions.find((exception) => exception.code === code);
        if (count > 0 || !except) return [code, count];
        return [code, { excepted: true, ...(except.shownBy ? { shownByTest: true } : {}) }];
      }),
  );
}

/**
 * How many refused inputs edit each kind of field, and how many vectors have each value of an enumeration.
 * @param {Parameters<typeof derivedEntries>[0]} files
 * @param {ReturnType<typeof derivedEntries>} derived
 */
function fieldCounts(files, derived) {
  /** @type {Map<string, number>} */
  const edited = new Map();
  /** @type {Map<string, number>} */
  const values = new Map(ENUMERATIONS.flatMap(valuesOf).map((value) => [value, 0]));
  for (const example of examplesOf(allVectors(files)).values()) {
    const document = example.ok && subjectOf(example) ? documentOf(example, new Set()) : undefined;
    for (const field of document?.fields ?? []) {
      const kind = document && kindOf(document.format, field.path);
      if (kind && !edited.has(nameOf(kind))) edited.set(nameOf(kind), 0);
      if (kind && document) addValue(values, kind, document, field, true);
    }
  }
  for (const { derived: found } of derived) {
    const kinds = found.edits
      .filter(isFieldEdit)
      .flatMap(({ field }) => kindOf(found.base.format, field) ?? []);
    for (const name of new Set(kinds.map(nameOf))) edited.set(name, (edited.get(name) ?? 0) + 1);
    for (const field of found.document.fields) {
      const kind = kindOf(found.document.format, field.path);
      if (kind && kinds.some((other) => nameOf(other) === nameOf(kind))) {
        addValue(values, kind, found.document, field, false);
      }
    }
  }
  return { edited, values };
}

/** @param {FieldKind} kind */
const nameOf = ({ format, path }) => `${format} ${path}`;

/**
 * What there should be a vector for: each value accepted, others accepted where they may be, and another one refused.
 * @param {Enumeration} enumeration
 */
const valuesOf = (enumeration) => [
  ...enumeration.values.map((value) => `${nameOf(enumeration)} = ${value}`),
  ...(enumeration.refused ? [`${nameOf(enumeration)} = ${OTHER}`] : []),
  `${nameOf(enumeration)}: refused`,
];

/**
 * @param {Map<string, number>} values
 * @param {FieldKind} kind
 * @param {Bytes} document
 * @param {{ offset: number, length: number }} field
 * @param {boolean} isAccepted
 */
function addValue(values, kind, document, { offset, length }, isAccepted) {
  const enumeration = ENUMERATIONS.find((candidate) => nameOf(candidate) === nameOf(kind));
  if (!enumeration) return;
  const value = Buffer.from(document.bytes.subarray(offset, offset + length)).toString('hex');
  const isListed = enumeration.values.includes(value);
  const isRefused = enumeration.refused?.includes(value) ?? !isListed;
  if (isAccepted === isRefused) return;
  const name = isAccepted ? `${nameOf(kind)} = ${isListed ? value : OTHER}` : `${nameOf(kind)}: refused`;
  values.set(name, (values.get(name) ?? 0) + 1);
}

/**
 * @param {string} spec
 * @param {ReadonlyMap<string, number>} counts by format and path
 */
function ofDocument(spec, counts) {
  const documents = /** @type {Record<string, string>} */ (DOCUMENTS);
  const own = [...counts].filter(([name]) => documents[name.split(' ')[0] ?? ''] === spec);
  return Object.fromEntries(own.sort(([a], [b]) => byCodeUnit(a, b)));
}

/**
 * @param {Spec} spec
 * @param {readonly Limit[]} limits
 */
function limitsOf(spec, limits) {
  return Object.fromEntries(
    spec.limits.map(({ name }) => {
      const own = limits.find((limit) => limit.spec === spec.name && limit.what === name);
      return [name, { at: own?.at?.length ?? 0, beyond: own?.beyond?.length ?? 0 }];
    }),
  );
}

/**
 * @param {Coverage} document
 * @param {readonly Exception[]} exceptions
 */
function uncoveredOf({ spec, binding, errors, fields, values }, exceptions) {
  const excepted = sidesOf(exceptions);
  const written = exceptions.flatMap((exception) => exceptedName(exception) ?? []);
  const sides = Object.entries(binding).flatMap(([id, counts]) =>
    POLARITIES.filter((side) => counts[side] === 0 && !excepted.includes(`${side} ${id}`)).map(
      (side) => `[${id}] has no ${side} vector`,
    ),
  );
  const none = (/** @type {Record<string, unknown>} */ counts) =>
    Object.keys(counts).filter((name) => counts[name] === 0 && !written.includes(name));
  return [
    ...sides,
    ...none(errors).map((code) => `${spec}: no vector expects ${code}`),
    ...none(fields).map((field) => `${spec}: no refused input edits ${field}`),
    ...none(values).map((value) => `${spec}: no vector for ${value}`),
  ];
}

/** @param {Exception} exception */
const exceptedName = ({ format, field, value }) =>
  format && field && `${format} ${field}${value === undefined ? '' : ` = ${value}`}`;

/**
 * @param {readonly Exception[]} exceptions
 * @param {readonly Coverage[]} documents
 */
function needlessExceptions(exceptions, documents) {
  const uncovered = documents.flatMap(({ fields, values }) =>
    Object.entries({ ...fields, ...values }).flatMap(([name, count]) => (count === 0 ? [name] : [])),
  );
  return exceptions
    .flatMap((exception) => exceptedName(exception) ?? [])
    .filter((name) => !uncovered.includes(name))
    .map((name) => `specs/exceptions.json: ${name} needs no exception: remove it`);
}

/**
 * @param {readonly Spec[]} specs
 * @param {readonly Limit[]} limits
 * @param {readonly Vector[]} vectors
 */
function limitProblems(specs, limits, vectors) {
  const ids = new Set(vectors.map(({ id }) => id));
  const stated = specs.flatMap((spec) => spec.limits.map(({ name }) => `${spec.name}: ${name}`));
  const listed = limits.map(({ spec, what }) => `${spec}: ${what}`);
  return [
    ...stated.filter((name) => !listed.includes(name)).map((name) => `${name}: no vector for this limit`),
    ...listed
      .filter((name) => !stated.includes(name))
      .map((name) => `conformance/limits.json: ${name} is no limit of a specification`),
    ...limits
      .flatMap(({ at = [], beyond = [] }) => [...at, ...beyond])
      .filter((id) => !ids.has(id))
      .map((id) => `conformance/limits.json: ${id} is no vector`),
  ];
}

const COLUMNS = [
  'document',
  'vectors',
  'refused',
  'from',
  'clauses',
  'binding',
  '+',
  '-',
  'by test',
  'by reason',
  'codes',
  'fields',
  'values',
  'limits',
];

/**
 * The report as a table for people.
 * @param {Report} report
 */
export function coverageTable({ documents }) {
  const rows = [COLUMNS, ...documents.map(rowOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const padded = rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
  return `${padded.map((row) => row.join('  ')).join('\n')}\n`;
}

/** @param {Coverage} document */
function rowOf({ spec, vectors, refused, derived, clauses, binding, errors, fields, values, limits }) {
  const sides = Object.values(binding);
  const excepted = sides.filter(({ excepted: side }) => side);
  const covered = (/** @type {Record<string, unknown>} */ counts) =>
    `${Object.values(counts).filter((count) => count !== 0).length}/${Object.keys(counts).length}`;
  return [
    spec,
    vectors.vectors,
    refused,
    derived,
    clauses,
    sides.length,
    sides.filter(({ positive }) => positive > 0).length,
    sides.filter(({ negative }) => negative > 0).length,
    excepted.filter(({ shownByTest }) => shownByTest).length,
    excepted.filter(({ shownByTest }) => !shownByTest).length,
    covered(errors),
    covered(fields),
    covered(values),
    Object.keys(limits).length,
  ].map(String);
}
