// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { matchesPattern } from './faults/registry.mjs';
import { tryMutants } from './mutants/campaign.mjs';
import { readSpecMutants } from './mutants/registry.mjs';

/** @import { Trial } from './mutants/campaign.mjs' */

const HELP = `Plants every spec mutant in a copy of the built packages and asks the vectors that say they kill it.

  pnpm mutants [--only PATTERN] [--write]

  --only PATTERN  those whose ID matches; all by default
  --write         writes conformance/answers.json: what each mutant answers, by which a report knows it again`;

const root = fileURLToPath(new URL('..', import.meta.url));
const ANSWERS = join(root, 'conformance/answers.json');

async function main() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '*' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const mutants = (await readSpecMutants(root)).filter(({ mutant }) =>
    matchesPattern(mutant.id, values.only),
  );
  if (mutants.length === 0) throw new Error(`no spec mutant matches ${values.only}`);
  const trials = await tryMutants(root, mutants);
  const survivors = trials.filter(({ problems }) => problems.length > 0);
  for (const { mutant, problems } of survivors)
    for (const problem of problems) console.log(`${mutant.id} [${mutant.clause}]: ${problem}`);
  const questionCount = new Set(mutants.flatMap(({ questions }) => questions.map(({ vector }) => vector.id)))
    .size;
  console.log(
    `${trials.length} spec mutants, ${trials.length - survivors.length} killed by ${questionCount} vectors, ${survivors.length} not`,
  );
  const isStale = values.only === '*' && !agreesWithAnswers(trials, values.write);
  if (isStale) console.log('conformance/answers.json is stale: pnpm mutants --write');
  process.exitCode = survivors.length > 0 || isStale ? 1 : 0;
}

/**
 * @param {readonly Trial[]} trials
 * @param {boolean} write
 */
function agreesWithAnswers(trials, write) {
  const answers = Object.fromEntries(trials.map(({ mutant, wrong }) => [mutant.id, wrong]));
  const text = `${JSON.stringify(answers, null, 2)}\n`;
  if (write) writeFileSync(ANSWERS, text);
  return readFileSync(ANSWERS, 'utf8') === text;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
