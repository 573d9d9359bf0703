// @ts-check

import { citedClauses } from '../spec/citations.mjs';
import { clausesById, readSpecs } from '../spec/clauses.mjs';
import { docstringExamples, readmeExamples, runExamples } from '../spec/examples.mjs';
import { undocumentedExports } from '../spec/exports.mjs';
import { listDirectories, listFiles, readText } from '../spec/files.mjs';

export const name = 'docs';

const CITING = ['.ts', '.mjs', '.py', '.md'];

/**
 * Holds docstrings and READMEs to what is there: every export is described, every clause cited exists, every example
 * runs.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const packages = await listDirectories(root, 'packages');
  const undocumented = packages.map((dir) => undocumentedExports(root, `${dir}/src/index.ts`));
  const [citations, examples] = [await citationProblems(root), await collectExamples(root, packages)];
  const failed = await runExamples(root, packages, examples.runnable);
  return [...undocumented.flat(), ...citations, ...examples.problems, ...failed];
}

/** @param {string} root */
async function citationProblems(root) {
  const known = clausesById(await readSpecs(root));
  const folders = ['packages', 'conformance', 'docs', 'examples', 'specs'];
  const nested = await Promise.all(folders.map((folder) => listFiles(root, folder, CITING)));
  const problems = [];
  for (const path of ['README.md', ...nested.flat()]) {
    // The clauses check reads these, and knows which IDs a specification retires.
    if (path.endsWith('/SPEC.md')) continue;
    for (const { id, line } of citedClauses((await readText(root, path)) ?? '')) {
      if (!known.has(id)) problems.push(`${path}:${line}: [${id}] is not a live clause`);
    }
  }
  return problems;
}

/**
 * @param {string} root
 * @param {readonly string[]} packages
 */
async function collectExamples(root, packages) {
  /** @type {import('../spec/examples.mjs').Examples} */
  const found = { runnable: [], problems: [] };
  const readmes = ['README.md', ...packages.map((dir) => `${dir}/README.md`)];
  const sources = await Promise.all(packages.map((dir) => listFiles(root, `${dir}/src`, ['.ts'])));
  for (const path of [...readmes, ...sources.flat()]) {
    const source = (await readText(root, path)) ?? '';
    const { runnable, problems } = path.endsWith('.md')
      ? readmeExamples(path, source)
      : docstringExamples(path, source);
    found.runnable.push(...runnable);
    found.problems.push(...problems);
  }
  return found;
}
