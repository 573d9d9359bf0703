// @ts-check
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tryFaults } from './faults/campaign.mjs';
import { matchesPattern, readFaults, registryProblems } from './faults/registry.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '*' } } });
  const faults = readFaults(root).filter(({ id }) => matchesPattern(id, values.only));
  if (faults.length === 0) throw new Error(`no fault matches ${values.only}`);
  const problems = registryProblems(root, faults);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  /** @type {string[]} */
  const survivors = [];
  for await (const { fault, survived } of tryFaults(root, faults)) {
    if (survived === undefined) console.log(`red       ${fault.id} [${fault.clause}] ${fault.why}`);
    else survivors.push(`SURVIVED  ${fault.id} [${fault.clause}] ${survived}`);
  }
  // Last, where a long log is looked at first.
  for (const line of survivors) console.log(line);
  const red = faults.length - survivors.length;
  console.log(`${faults.length} faults, ${red} red, ${survivors.length} survived`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
