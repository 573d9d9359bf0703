// @ts-check
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { formatVectors } from '../conformance/schema/format-vectors.mjs';

const USAGE = 'usage: pnpm vectors fmt [--check] [FOLDER]';
const VECTORS = fileURLToPath(new URL('../conformance/vectors', import.meta.url));

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean', default: false } },
  });
  const [command, folder = VECTORS, ...more] = positionals;
  if (command !== 'fmt' || more.length > 0) throw new Error(USAGE);
  const problems = await formatVectors(folder, { check: values.check });
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
