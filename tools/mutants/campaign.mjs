// @ts-check
import { Worker } from 'node:worker_threads';
import { copyBuiltPackages } from './tree.mjs';

/**
 * @import { Question, SpecMutant } from './registry.mjs'
 * @typedef {{ answers: Map<string, string | undefined>, ended: string | undefined }} Asked answers: vector → digest of a
 *   wrong answer, undefined for the expected one; ended: why the rest has no answer
 * @typedef {{ mutant: SpecMutant['mutant'], wrong: Record<string, string>, problems: string[] }} Trial
 */

const LANES = 2;
const ASKER = new URL('asker.mjs', import.meta.url);
// Past it the edit has made a loop endless.
const PATIENCE_MS = 60_000;

/**
 * Plants every mutant in a copy of the built packages and asks the vectors that name it. Gives the trials in the order of
 * the mutants.
 *
 * @param {string} root
 * @param {readonly SpecMutant[]} mutants
 * @returns {Promise<Trial[]>}
 */
export async function tryMutants(root, mutants) {
  const queue = [...mutants.entries()];
  /** @type {Trial[]} */
  const trials = [];
  const lanes = Array.from({ length: LANES }, async () => {
    const tree = copyBuiltPackages(root);
    try {
      const all = [...new Set(mutants.flatMap(({ questions }) => questions))];
      const unedited = await askAll(tree.modules, all);
      const failing = all.filter(({ vector }) => unedited.answers.get(vector.id) !== undefined);
      if (unedited.ended !== undefined || failing.length > 0) {
        throw new Error(
          `without an edit: ${unedited.ended ?? failing.map(({ vector }) => vector.id).join(', ')}`,
        );
      }
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        trials[next[0]] = await tryMutant(tree, next[1]);
      }
    } finally {
      tree.remove();
    }
  });
  await Promise.all(lanes);
  return trials;
}

/**
 * @param {ReturnType<typeof copyBuiltPackages>} tree
 * @param {SpecMutant} specMutant
 * @returns {Promise<Trial>}
 */
async function tryMutant(tree, { mutant, questions }) {
  const takeOut = tree.plant(mutant);
  try {
    const { answers, ended } = await askAll(tree.modules, questions);
    // A vector names a misreading; the edit that plants it may be narrower, and leave some of them right.
    const killers = questions.filter(
      ({ vector }) => answers.get(vector.id) !== undefined || !answers.has(vector.id),
    );
    const problems = answers.size === 0 ? [`it answers nothing: ${ended}`] : [];
    if (!killers.some(({ vector }) => vector.clauses.includes(mutant.clause)))
      problems.push(`no vector that cites ${mutant.clause} kills it`);
    const wrong = Object.fromEntries([...answers].filter(([, digest]) => digest !== undefined).sort());
    return { mutant, wrong: /** @type {Record<string, string>} */ (wrong), problems };
  } finally {
    takeOut();
  }
}

/**
 * @param {readonly string[]} modules
 * @param {readonly Question[]} questions
 * @returns {Promise<Asked>}
 */
function askAll(modules, questions) {
  return new Promise((resolve) => {
    /** @type {Asked['answers']} */
    const answers = new Map();
    const worker = new Worker(ASKER, { workerData: { modules, questions }, stdout: true, stderr: true });
    /** @param {string | undefined} ended */
    const end = (ended) => {
      clearTimeout(timer);
      void worker.terminate();
      resolve({ answers, ended });
    };
    const timer = setTimeout(() => end('it does not end'), PATIENCE_MS);
    worker.on('message', ({ id, wrong }) => answers.set(id, wrong));
    worker.on('error', (error) => end(error.message));
    worker.on('exit', () => end(answers.size === questions.length ? undefined : 'it ended early'));
  });
}
