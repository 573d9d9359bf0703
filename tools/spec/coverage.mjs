// @ts-check
import { levelOf } from './clauses.mjs';
import { showingProblems } from './test-results.mjs';

/**
 * @import { Clause } from './clauses.mjs'
 * @import { Exception, Vector } from './documents.mjs'
 * @import { TestResults } from './test-results.mjs'
 */

const EXCEPTIONS = 'specs/exceptions.json';
const EXCEPTION_SHARE = 0.05;
export const POLARITIES = /** @type {const} */ (['positive', 'negative']);

/**
 * Holds both polarities of every binding clause to a vector or an exception, and the exceptions to what they say.
 * @param {readonly Vector[]} vectors
 * @param {ReadonlyMap<string, readonly string[]>} misread the clauses that what a vector kills gets wrong
 * @param {readonly Exception[]} exceptions
 * @param {ReadonlyMap<string, Clause>} clauses
 * @param {TestResults} results
 */
export function coverageProblems(vectors, misread, exceptions, clauses, results) {
  const binding = [...clauses.values()].filter((clause) => levelOf(clause.keyword) === 'MUST');
  const covered = coverage(vectors, misread);
  const excepted = sidesOf(exceptions);
  return [
    ...exceptions.flatMap((exception) => exceptionProblems(exception, clauses, covered, results)),
    ...repeated(excepted),
    ...shareProblems(exceptions, binding.length),
    ...binding.flatMap(({ id }) =>
      POLARITIES.filter((side) => !covered.has(`${side} ${id}`) && !excepted.includes(`${side} ${id}`)).map(
        (side) => `[${id}] has no ${side} vector`,
      ),
    ),
  ];
}

/**
 * How many vectors show each side of each clause: `positive ID`, `negative ID`. Only a vector of level MUST shows anything
 * about a MUST clause. A refusal shows what a clause keeps out; so does an answer that a misreading of the clause gets wrong.
 * @param {readonly Vector[]} vectors
 * @param {ReadonlyMap<string, readonly string[]>} misread
 * @returns {Map<string, number>}
 */
export function coverage(vectors, misread) {
  const covered = new Map();
  const add = (/** @type {string} */ side) => covered.set(side, (covered.get(side) ?? 0) + 1);
  for (const { level, clauses, kind, kills } of vectors) {
    if (level !== 'MUST') continue;
    const killed = kills.flatMap((id) => misread.get(id) ?? []);
    for (const id of clauses) {
      if (kind !== 'reject') add(`positive ${id}`);
      if (kind === 'reject' || killed.includes(id)) add(`negative ${id}`);
    }
  }
  return covered;
}

/**
 * The clauses that each misreading or mutant gets wrong.
 * @param {readonly { id: string, clause: string }[]} wrong
 */
export function misreadClauses(wrong) {
  /** @type {Map<string, string[]>} */
  const clauses = new Map();
  for (const { id, clause } of wrong) clauses.set(id, [...(clauses.get(id) ?? []), clause]);
  return clauses;
}

/** @param {readonly Exception[]} exceptions */
export const sidesOf = (exceptions) =>
  exceptions.flatMap(({ clause, polarity }) => {
    if (!clause || !polarity) return [];
    return (polarity === 'both' ? POLARITIES : [polarity]).map((side) => `${side} ${clause}`);
  });

/**
 * @param {Exception} exception
 * @param {ReadonlyMap<string, Clause>} clauses
 * @param {ReadonlyMap<string, number>} covered
 * @param {TestResults} results
 */
function exceptionProblems(exception, clauses, covered, results) {
  const { clause, shownBy } = exception;
  if (!clause) return [];
  const problems = [];
  const keyword = clauses.get(clause)?.keyword;
  if (!keyword || levelOf(keyword) !== 'MUST') problems.push(`[${clause}] is not a live MUST clause`);
  for (const side of sidesOf([exception])) {
    if (covered.has(side))
      problems.push(`[${clause}] has a ${side.split(' ')[0]} vector: remove the exception`);
  }
  if (shownBy) {
    problems.push(...showingProblems(shownBy, clause, results).map((problem) => `[${clause}]: ${problem}`));
  }
  return problems.map((problem) => `${EXCEPTIONS}: ${problem}`);
}

/** @param {readonly string[]} sides */
const repeated = (sides) =>
  sides
    .filter((side, index) => sides.indexOf(side) !== index)
    .map((side) => `${EXCEPTIONS}: [${side.split(' ')[1]}] is excepted twice`);

/**
 * @param {readonly Exception[]} exceptions
 * @param {number} binding
 */
function shareProblems(exceptions, binding) {
  const unshown = exceptions.filter((exception) => exception.clause && !exception.shownBy);
  const used = new Set(unshown.map((exception) => exception.clause)).size;
  const allowed = Math.floor(binding * EXCEPTION_SHARE);
  if (used <= allowed) return [];
  return [
    `${EXCEPTIONS}: ${used} clauses are excepted without a test, at most ${allowed} of ${binding} may be`,
  ];
}
