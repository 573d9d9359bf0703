// @ts-check
import { mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runTool } from '../spawn.mjs';
import { step } from './step.mjs';

/** @import { Manifest, WorkspacePackage } from '../workspace.mjs' */

/** @typedef {Manifest & { version: string, exports: object, bin?: Record<string, string> }} PublishedManifest */

const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/**
 * Installs one package, and nothing else, into a new folder and uses it as its users do.
 *
 * @param {string} root where the compiler is
 * @param {WorkspacePackage} entry
 * @param {string} place
 * @returns {Promise<string>} what was done
 */
export async function consume(root, { folder, manifest }, place) {
  const { name, version, exports, bin = {} } = /** @type {PublishedManifest} */ (manifest);
  mkdirSync(place, { recursive: true });
  write(place, 'package.json', { private: true, type: 'module', dependencies: { [name]: version } });
  await step('npm install', run('npm', ['install', '--no-audit', '--no-fund'], { cwd: place }));
  const count = installedCount(place);
  await useEntries(
    root,
    place,
    Object.keys(exports).map((path) => name + path.slice(1)),
    usesNodeTypes(root, folder),
  );
  for (const command of Object.keys(bin)) await useCommand(place, command);
  const helped = Object.keys(bin).map((command) => `${command} --help`);
  return [`installed with ${count - 1} others`, 'imported', 'type-checked', ...helped].join(', ');
}

/**
 * @param {string} root
 * @param {string} place
 * @param {readonly string[]} entries
 * @param {boolean} needsNode its users on Node.js have the types of Node.js
 */
async function useEntries(root, place, entries, needsNode) {
  const files = entries.map((_, index) => `use${index}`);
  for (const [index, entry] of entries.entries()) {
    const lines = [`import * as entry from '${entry}';`, 'if (Object.keys(entry).length === 0) throw entry;'];
    for (const kind of ['js', 'ts'])
      writeFileSync(join(place, `${files[index]}.${kind}`), `${lines.join('\n')}\n`);
    await step(`import ${entry}`, run(process.execPath, [`${files[index]}.js`], { cwd: place }));
  }
  if (needsNode) linkNodeTypes(root, place);
  const compilerOptions = { ...COMPILER_OPTIONS, types: needsNode ? ['node'] : [] };
  write(place, 'tsconfig.json', { compilerOptions, files: files.map((file) => `${file}.ts`) });
  const args = ['-p', '.', '--pretty', 'false'];
  await step('type check', runTool(root, 'typescript', args, { command: 'tsc', cwd: place }));
}

/**
 * @param {string} place
 * @param {string} command
 */
async function useCommand(place, command) {
  const args = ['--no-install', '--', command, '--help'];
  const shown = await step(`${command} --help`, run('npx', args, { cwd: place }));
  if (!shown.includes(command)) throw new Error(`${command} --help does not name itself: ${shown}`);
}

/**
 * @param {string} root
 * @param {string} folder
 */
function usesNodeTypes(root, folder) {
  return readFileSync(join(root, folder, 'tsconfig.build.json'), 'utf8').includes('tsconfig/node.json');
}

/**
 * @param {string} root
 * @param {string} place
 */
function linkNodeTypes(root, place) {
  mkdirSync(join(place, 'node_modules', '@types'), { recursive: true });
  const types = realpathSync(join(root, 'node_modules', '@types', 'node'));
  symlinkSync(types, join(place, 'node_modules', '@types', 'node'), 'junction');
}

/** @param {string} place */
function installedCount(place) {
  const modules = join(place, 'node_modules');
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) => (name.startsWith('@') ? readdirSync(join(modules, name)) : name)).length;
}

/**
 * @param {string} folder
 * @param {string} file
 * @param {object} content
 */
function write(folder, file, content) {
  writeFileSync(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
}
