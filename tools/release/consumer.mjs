// @ts-check
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runTool } from '../spawn.mjs';

/** @import { Outcome } from '../spawn.mjs' */
/** @import { Manifest } from '../workspace.mjs' */

/** @typedef {Manifest & { version: string, exports: object, bin?: Record<string, string> }} PublishedManifest */

const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  types: [],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/**
 * Installs one package, and nothing else, into a new folder and uses it as its users do.
 *
 * @param {string} root where the compiler is
 * @param {string} folder
 * @param {PublishedManifest} manifest
 * @returns {Promise<string>} what was done
 */
export async function consume(root, folder, manifest) {
  const { name, version } = manifest;
  const dependencies = { [name]: version };
  mkdirSync(folder, { recursive: true });
  write(folder, 'package.json', { private: true, type: 'module', dependencies });
  await step('npm install', run('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder }));
  const entries = Object.keys(manifest.exports).map((path) => name + path.slice(1));
  for (const [index, entry] of entries.entries()) {
    const lines = [
      `import * as entry from '${entry}';`,
      'if (Object.keys(entry).length === 0) throw entry;',
      '',
    ];
    for (const file of [`use${index}.js`, `use${index}.ts`])
      writeFileSync(join(folder, file), lines.join('\n'));
    await step(`import ${entry}`, run(process.execPath, [`use${index}.js`], { cwd: folder }));
  }
  const files = entries.map((_, index) => `use${index}.ts`);
  write(folder, 'tsconfig.json', { compilerOptions: COMPILER_OPTIONS, files });
  const tsc = { command: 'tsc', cwd: folder };
  await step('type check', runTool(root, 'typescript', ['-p', '.', '--pretty', 'false'], tsc));
  const commands = Object.keys(manifest.bin ?? {});
  for (const command of commands) await runCommand(folder, command);
  const others = installedNames(folder).length - 1;
  return [
    `installed with ${others} others`,
    'imported',
    'type-checked',
    ...commands.map((it) => `${it} --help`),
  ].join(', ');
}

/**
 * @param {string} folder
 * @param {string} command
 */
async function runCommand(folder, command) {
  const shown = await step(
    `${command} --help`,
    run('npx', ['--no-install', '--', command, '--help'], { cwd: folder }),
  );
  if (!shown.includes(command)) throw new Error(`${command} --help does not name itself: ${shown}`);
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function installedNames(folder) {
  const modules = join(folder, 'node_modules');
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)) : name));
}

/**
 * @param {string} folder
 * @param {string} file
 * @param {object} content
 */
function write(folder, file, content) {
  writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * @param {string} what
 * @param {Promise<Outcome>} outcome
 */
async function step(what, outcome) {
  const { status, output } = await outcome;
  if (status !== 0) throw new Error(`${what} failed: ${output.trim()}`);
  return output;
}
