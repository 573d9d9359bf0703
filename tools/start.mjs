// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BootstrapError, bootstrap } from './bootstrap.mjs';
import { run } from './spawn.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  await bootstrap(root);
  const example = join(root, 'examples', 'tour', 'index.mjs');
  const args = [example, ...process.argv.slice(2)];
  process.exitCode = (await run(process.execPath, args, { show: true })).status;
} catch (error) {
  if (!(error instanceof BootstrapError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
