// @ts-check
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import { coverageOf, coverageTable } from './spec/cover.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

try {
  await bootstrap(root);
  const report = await coverageOf(root);
  process.stdout.write(coverageTable(report));
  for (const line of report.uncovered) console.log(`uncovered  ${line}`);
  process.exitCode = report.uncovered.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
