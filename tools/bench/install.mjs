// @ts-check
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTool } from '../spawn.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const SOURCE = join(ROOT, 'tools', 'bench', 'peers');
const LOCK = 'pnpm-lock.yaml';

/** Where they are; to be removed by whoever wants them installed again. */
export const INSTALLED = join(ROOT, 'node_modules', '.cache', 'bench-peers');

const STAMP = join(INSTALLED, '.installed-lock');

/**
 * Loads a package that was installed for the benchmark.
 *
 * @param {string} name
 */
export function load(name) {
  return createRequire(join(INSTALLED, 'package.json'))(name);
}

/** Installs what no other command needs, as the lock file names it, unless that was done. */
export async function install() {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === readFileSync(join(SOURCE, LOCK), 'utf8')) return;
  console.log('Installing what Amduat is measured beside (once; some of it is compiled) …');
  rmSync(INSTALLED, { recursive: true, force: true });
  mkdirSync(INSTALLED, { recursive: true });
  for (const file of ['package.json', LOCK]) copyFileSync(join(SOURCE, file), join(INSTALLED, file));
  // Each is optional in the manifest, so that one that cannot be compiled does not keep the others out.
  const args = ['install', '--ignore-workspace', '--frozen-lockfile', '--prod', '--reporter=append-only'];
  const { status, output } = await runTool(ROOT, 'pnpm', args, { cwd: INSTALLED });
  const log = join(INSTALLED, 'install.log');
  writeFileSync(log, output);
  if (status === 0) copyFileSync(join(SOURCE, LOCK), STAMP);
  else console.log(`The installation failed; what it printed is in ${log}`);
}
