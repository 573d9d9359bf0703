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
  let red = 0;
  for await (const { fault, survived } of tryFaults(root, faults)) {
    if (survived === undefined) red += 1;
    const line = survived === undefined ? 'red      ' : 'SURVIVED ';
    console.log(`${line} ${fault.id} [${fault.clause}] ${survived ?? fault.why}`);
  }
  console.log(`${faults.length} faults, ${red} red, ${faults.length - red} survived`);
  process.exitCode = red === faults.length ? 0 : 1;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.once(signal, () => process.exit(1));

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
