// @ts-check
import { fileURLToPath } from 'node:url';
import { acknowledge } from './spec/acknowledged.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const clauses = process.argv.slice(2);

try {
  if (clauses.length === 0) throw new Error('usage: pnpm acknowledge CLAUSE…');
  await acknowledge(root, clauses);
  console.log(`${clauses.length} acknowledged`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
