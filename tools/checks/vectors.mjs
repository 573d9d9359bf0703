// @ts-check
import { basename, dirname, join } from 'node:path';
import { formatVectors } from '../../conformance/schema/format-vectors.mjs';
import { canonicalJson } from '../../conformance/schema/strict-json.mjs';
import { clausesById, levelOf, readSpecs } from '../spec/clauses.mjs';
import { coverageProblems, misreadClauses } from '../spec/coverage.mjs';
import {
  allVectors,
  readErrorRegistry,
  readExceptions,
  readMisreadingFiles,
  readMutantFiles,
  readVectorFiles,
  VECTORS,
} from '../spec/documents.mjs';
import { readText } from '../spec/files.mjs';
import { readTestResults } from '../spec/test-results.mjs';

/**
 * @import { Clause } from '../spec/clauses.mjs'
 * @import { Document, Misreading, Mutant, Vector, VectorFile } from '../spec/documents.mjs'
 * @typedef {{ path: string, mutant: Mutant }} PlacedMutant
 * @typedef {{ path: string, misreading: Misreading }} PlacedMisreading
 */

export const name = 'vectors';

/**
 * Holds vectors, misreadings and mutants to their schemas, to each other and to the clauses; and the clauses to the
 * vectors.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const [specs, registry, exceptions, misreadingFiles, mutantFiles, files] = await Promise.all([
    readSpecs(root),
    readErrorRegistry(root),
    readExceptions(root),
    readMisreadingFiles(root),
    readMutantFiles(root),
    readVectorFiles(root),
  ]);
  const documents = [...files, ...misreadingFiles, ...mutantFiles, exceptions];
  const unreadable = documents.flatMap((document) => document.problems);
  if (unreadable.length > 0) return unreadable;
  const clauses = clausesById(specs);
  const misreadings = misreadingFiles.flatMap(({ path, value }) =>
    (value ?? []).map((misreading) => ({ path, misreading })),
  );
  const mutants = mutantFiles.flatMap(({ path, value }) => (value ?? []).map((mutant) => ({ path, mutant })));
  const misread = misreadClauses([
    ...misreadings.map(({ misreading }) => misreading),
    ...mutants.map(({ mutant }) => mutant),
  ]);
  const codes = new Set((registry.value ?? []).map((row) => row.code));
  const entries = allVectors(files);
  const vectors = entries.map(({ vector }) => vector);
  const excepted = (exceptions.value ?? []).filter((exception) => exception.clause);
  const results = await readTestResults(
    root,
    excepted.flatMap((exception) => exception.shownBy ?? []),
  );
  return [
    ...files.flatMap(placeProblems),
    ...repeatedIds(files),
    ...entries.flatMap((entry) => vectorProblems(entry, clauses, codes, misread)),
    ...misreadingProblems(misreadings, clauses, vectors),
    ...(await mutantProblems(root, mutants, clauses, vectors)),
    ...misreadings.flatMap(({ misreading }) => disagreements(misreading, mutants, vectors)),
    ...results.problems,
    ...coverageProblems(vectors, misread, excepted, clauses, results),
  ];
}

/**
 * Writes every vector file that its schema accepts in the canonical form.
 * @param {string} root
 */
export async function fix(root) {
  await formatVectors(join(root, VECTORS), { check: false });
}

/** @param {Document<VectorFile>} file */
function placeProblems(file) {
  if (!file.value) return [];
  const problems = [];
  const folder = file.value.spec.toLowerCase().replaceAll('/', '-');
  if (basename(dirname(file.path)) !== folder) {
    problems.push(`${file.path}: vectors of ${file.value.spec} belong in conformance/vectors/${folder}`);
  }
  if (canonicalJson(file.value) !== file.source) {
    problems.push(`${file.path}: not in canonical form, run pnpm fix`);
  }
  return problems;
}

/** @param {readonly Document<VectorFile>[]} files */
function repeatedIds(files) {
  /** @type {Map<string, string>} */
  const first = new Map();
  const problems = [];
  for (const { path, value } of files) {
    for (const group of value?.groups ?? []) {
      for (const id of [group.id, ...group.vectors.map((vector) => vector.id)]) {
        const earlier = first.get(id);
        if (earlier) problems.push(`${path}: ${id}: the ID is already taken in ${earlier}`);
        else first.set(id, path);
      }
    }
  }
  return problems;
}

/**
 * @param {{ path: string, group: { id: string }, vector: Vector }} entry
 * @param {ReadonlyMap<string, Clause>} clauses
 * @param {ReadonlySet<string>} codes
 * @param {ReadonlyMap<string, unknown>} misread
 */
function vectorProblems({ path, group, vector }, clauses, codes, misread) {
  const problems = [];
  if (!vector.id.startsWith(`${group.id}.`)) problems.push(`the ID does not begin with "${group.id}."`);
  for (const id of vector.clauses) if (!clauses.has(id)) problems.push(`[${id}] is not a live clause`);
  const levels = vector.clauses.flatMap((id) => clauses.get(id)?.keyword ?? []).map(levelOf);
  if (levels.length > 0 && !levels.includes(vector.level)) problems.push(`cites no ${vector.level} clause`);
  const code = vector.expect.err?.code;
  if (code && !codes.has(code)) problems.push(`${code} is not in specs/errors.json`);
  for (const id of vector.kills) {
    if (!misread.has(id)) problems.push(`kills ${id}, which is no mutant and no misreading`);
  }
  if (vector.kills.length === 0 && vector.level !== 'MAY') problems.push('kills nothing');
  return problems.map((problem) => `${path}: ${vector.id}: ${problem}`);
}

/**
 * @param {readonly PlacedMisreading[]} misreadings
 * @param {ReadonlyMap<string, Clause>} clauses
 * @param {readonly Vector[]} vectors
 */
function misreadingProblems(misreadings, clauses, vectors) {
  const killed = new Set(vectors.flatMap((vector) => vector.kills));
  const seen = new Set();
  const problems = [];
  for (const { path, misreading } of misreadings) {
    const at = `${path}: ${misreading.id}`;
    if (seen.has(misreading.id)) problems.push(`${at}: named twice`);
    seen.add(misreading.id);
    if (!clauses.has(misreading.clause)) problems.push(`${at}: [${misreading.clause}] is not a live clause`);
    if (!killed.has(misreading.id)) problems.push(`${at}: no vector kills it`);
  }
  return problems;
}

/**
 * A mutant with the ID of a misreading is that misreading, planted: of its clause, or of one that a vector which kills
 * both cites.
 * @param {Misreading} misreading
 * @param {readonly PlacedMutant[]} mutants
 * @param {readonly Vector[]} vectors
 */
function disagreements({ id, clause }, mutants, vectors) {
  const cited = vectors.filter((vector) => vector.kills.includes(id)).flatMap((vector) => vector.clauses);
  return mutants
    .filter(({ mutant }) => mutant.id === id && mutant.clause !== clause && !cited.includes(mutant.clause))
    .map(
      ({ path, mutant }) =>
        `${path}: ${id}: [${mutant.clause}] is neither the clause of the misreading, [${clause}], nor of a vector`,
    );
}

/**
 * @param {string} root
 * @param {readonly PlacedMutant[]} mutants
 * @param {ReadonlyMap<string, Clause>} clauses
 * @param {readonly Vector[]} vectors
 */
async function mutantProblems(root, mutants, clauses, vectors) {
  const killed = new Set(vectors.flatMap((vector) => vector.kills));
  const seen = new Set();
  const problems = [];
  for (const { path, mutant } of mutants) {
    const at = `${path}: ${mutant.id}`;
    if (seen.has(mutant.id)) problems.push(`${at}: registered twice`);
    seen.add(mutant.id);
    if (!clauses.has(mutant.clause)) problems.push(`${at}: [${mutant.clause}] is not a live clause`);
    if (!killed.has(mutant.id) && mutant.killedBy.length === 0) problems.push(`${at}: nothing kills it`);
    if (mutant.find === mutant.replace) problems.push(`${at}: changes nothing`);
    const source = await readText(root, mutant.file);
    const places = source === undefined ? 0 : source.split(mutant.find).length - 1;
    if (places !== 1)
      problems.push(`${at}: its text stands ${places} times in ${mutant.file}, expected once`);
  }
  return problems;
}
