// @ts-check
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

// They are made from what the others write: vectors, then what is said of them, then the form of all files.
const LAST = ['vectors', 'suite', 'coverage', 'acknowledged', 'format'];

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const MODULES = new URL('checks/', import.meta.url);

await bootstrap(root);
const files = readdirSync(MODULES).filter((file) => file.endsWith('.mjs'));
/** @type {{ name: string, fix?: (root: string) => Promise<void> }[]} */
const modules = await Promise.all(files.sort().map((file) => import(new URL(file, MODULES).href)));
const first = modules.filter(({ name }) => !LAST.includes(name));
const last = LAST.flatMap((name) => modules.find((module) => module.name === name) ?? []);
for (const { fix } of [...first, ...last]) await fix?.(root);
