// @ts-check
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dryRun } from './release/dry-run.mjs';

const HOW = `A release is made by the workflow .github/workflows/release.yml, never from this machine:

  npx changeset            beside each change that users of a package notice
  npx changeset version    turns these notes into versions and changelogs; commit and review them
  the workflow "release"   runs .ci/run, then changeset publish: every version that the registry lacks

To see what it would publish, installed and used:  npm run release -- --dry-run`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

try {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  if (values['dry-run']) process.exitCode = (await dryRun(root)) ? 0 : 1;
  else console.log(HOW);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
