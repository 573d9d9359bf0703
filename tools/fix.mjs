// @ts-check
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';
import * as format from './checks/format.mjs';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const MODULES = new URL('checks/', import.meta.url);

await bootstrap(root);
for (const file of readdirSync(MODULES).sort()) {
  if (!file.endsWith('.mjs')) continue;
  const { name, fix } = await import(new URL(file, MODULES).href);
  if (fix === undefined || name === format.name) continue;
  await fix(root);
}
// Last, since the others write files.
await format.fix(root);
