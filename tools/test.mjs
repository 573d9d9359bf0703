// @ts-check
import { fileURLToPath } from 'node:url';
import { BootstrapError, bootstrap } from './bootstrap.mjs';
import { removeReports, sumReports } from './reports.mjs';
import { runTool } from './spawn.mjs';
import { workspacePackages } from './workspace.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs the tests of every package, never from the cache, and adds up their reports. */
async function testAll() {
  const folders = workspacePackages(root)
    .filter(({ manifest }) => manifest.scripts?.['test'] !== undefined)
    .map(({ folder }) => folder);
  removeReports(root, folders);
  const args = [
    'run',
    'test',
    '--force',
    '--continue=always',
    '--concurrency=2',
    '--log-order=grouped',
    '--log-prefix=none',
  ];
  const { status } = await runTool(root, 'turbo', args, { show: true });
  const totals = sumReports(root, folders);
  if (status !== 0 && totals.failed === 0) {
    totals.failed += 1;
    totals.failures.push('the test run ended with an error that no test reported');
  }
  return totals;
}

async function main() {
  await bootstrap(root);
  const { passed, failed, failures, skips } = await testAll();
  const skipsFail = process.env['AMDUAT_NO_SKIP'] === '1';
  for (const line of skips) console.log(`${skipsFail ? 'FAILED (skipped)' : 'skipped'}  ${line}`);
  for (const line of failures) console.log(`FAILED  ${line}`);
  const allFailed = failed + (skipsFail ? skips.length : 0);
  console.log(`${passed} passed, ${allFailed} failed`);
  process.exitCode = allFailed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(error.message);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
