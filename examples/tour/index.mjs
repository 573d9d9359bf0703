#!/usr/bin/env node
// @ts-check
// Usage: node index.mjs [STORE [FOLDER]]: makes STORE (a new temporary folder by default) and puts FOLDER into it (the
// installed dependency tree of this repository by default).
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tour } from './tour.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const [store = join(mkdtempSync(join(tmpdir(), 'amduat-')), 'store'), folder = join(root, 'node_modules')] =
  process.argv.slice(2);

await tour(store, folder);
console.log(`
The store is ${store}. What to type next:
  export AMDUAT_STORE=${store}
  npx amduat put README.md
  npx amduat log
  npx amduat status
  npx amduat snapshot
  npx amduat verify
  npx amduat help`);
