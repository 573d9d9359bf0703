// @ts-check
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { run, runTool } from '../spawn.mjs';
import { workspacePackages } from '../workspace.mjs';

/** @import { Manifest, WorkspacePackage } from '../workspace.mjs' */

export const name = 'pack';

// What a user's compiler is asked for.
const COMPILER_OPTIONS = {
  module: 'nodenext',
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
};

/**
 * Packs every package that is published, and uses it as its users do: from the tarball, in a folder of its own.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const packages = workspacePackages(root).filter(({ folder }) => folder.startsWith('packages/'));
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'amduat-pack-'));
  try {
    /** @type {string[]} */
    const problems = [];
    for (const entry of packages) problems.push(...(await packOne(root, entry, scratch)));
    // A package that does not pack cannot be used: that is named once.
    return problems.length > 0 ? problems : await useAll(root, packages, scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * Packs one package, looks at the tarball and unpacks it where the project finds it.
 *
 * @param {string} root
 * @param {WorkspacePackage} entry
 * @param {string} scratch
 */
async function packOne(root, { folder, manifest }, scratch) {
  const tarball = join(scratch, `${folder.replace('/', '-')}.tgz`);
  const packed = await runTool(root, 'pnpm', ['pack', '--out', tarball], { cwd: join(root, folder) });
  if (packed.status !== 0) return [`${folder}: pnpm pack failed: ${packed.output.trim()}`];
  const target = join(scratch, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  const unpacked = await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1']);
  if (unpacked.status !== 0) return [`${folder}: tar failed: ${unpacked.output.trim()}`];
  linkDependencies(root, folder, join(scratch, 'node_modules'));
  return [...contentProblems(folder, target), ...(await lintTarball(folder, target, tarball))];
}

/**
 * @param {string} folder
 * @param {string} target
 */
function contentProblems(folder, target) {
  const files = readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(target, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const missing = ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']
    .filter((file) => !files.includes(file))
    .map((file) => `${folder}: the tarball lacks ${file}`);
  const excess = files
    .filter((file) => /\.tsbuildinfo$|(^|\/)(test|node_modules)(\/|$)/.test(file))
    .map((file) => `${folder}: the tarball holds ${file}`);
  return [...missing, ...excess, ...sourceProblems(folder, target, files)];
}

/**
 * Source maps must lead to sources that are there.
 *
 * @param {string} folder
 * @param {string} target
 * @param {readonly string[]} files
 */
function sourceProblems(folder, target, files) {
  return files
    .filter((file) => file.endsWith('.map'))
    .flatMap((file) => {
      /** @type {{ sources: string[] }} */
      const { sources } = JSON.parse(readFileSync(join(target, file), 'utf8'));
      return sources
        .filter((source) => !existsSync(join(target, dirname(file), source)))
        .map((source) => `${folder}: ${file} in the tarball names ${source}, which is not there`);
    });
}

/**
 * @param {string} folder
 * @param {string} target
 * @param {string} tarball
 */
async function lintTarball(folder, target, tarball) {
  const bytes = new Uint8Array(readFileSync(tarball));
  const { messages } = await publint({ pack: { tarball: bytes.buffer }, strict: true });
  const manifest = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'));
  return messages.map(
    (message) => `${folder}: publint: ${formatMessage(message, manifest, { color: false })}`,
  );
}

/**
 * The packages of others come from where they are installed, so that no network is needed.
 *
 * @param {string} root
 * @param {string} folder
 * @param {string} modules
 */
function linkDependencies(root, folder, modules) {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    const link = join(modules, dependency);
    if (range.startsWith('workspace:') || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(join(root, folder, 'node_modules', dependency)), link, 'junction');
  }
}

/**
 * Imports every entry of every package, for the compiler and for Node.js.
 *
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 * @param {string} scratch
 */
async function useAll(root, packages, scratch) {
  const needsNode = packages.some(({ folder }) => usesNodeTypes(root, folder));
  if (needsNode) {
    mkdirSync(join(scratch, 'node_modules', '@types'), { recursive: true });
    const types = realpathSync(join(root, 'node_modules', '@types', 'node'));
    symlinkSync(types, join(scratch, 'node_modules', '@types', 'node'), 'junction');
  }
  const entries = packages.flatMap(({ manifest }) => entriesOf(manifest));
  const lines = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const uses = entries.map(
    (entry, index) => `if (Object.keys(entry${index}).length === 0) throw new Error('${entry}');`,
  );
  const program = [...lines, ...uses, ''].join('\n');
  const compilerOptions = { ...COMPILER_OPTIONS, types: needsNode ? ['node'] : [] };
  writeFileSync(join(scratch, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(scratch, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  writeFileSync(join(scratch, 'use.ts'), program);
  writeFileSync(join(scratch, 'use.js'), program);
  const tsc = { command: 'tsc', cwd: scratch };
  const compiled = await runTool(root, 'typescript', ['-p', scratch, '--pretty', 'false'], tsc);
  const loaded = await run(process.execPath, ['use.js'], { cwd: scratch });
  return [
    ...outcomeProblems('types as packed', compiled, / error TS/),
    ...outcomeProblems('code as packed', loaded, /^\w*Error/),
  ].map((problem) => problem.replaceAll(scratch, '.'));
}

/**
 * @param {string} what
 * @param {{ status: number, output: string }} outcome
 * @param {RegExp} telling the lines of the output that say what is wrong
 */
function outcomeProblems(what, { status, output }, telling) {
  if (status === 0) return [];
  const lines = output.split('\n').filter((line) => telling.test(line));
  return (lines.length > 0 ? lines : [output.trim()]).map((line) => `${what}: ${line}`);
}

/**
 * @param {string} root
 * @param {string} folder
 */
function usesNodeTypes(root, folder) {
  return readFileSync(join(root, folder, 'tsconfig.build.json'), 'utf8').includes('tsconfig/node.json');
}

/** @param {Manifest & { exports?: Record<string, unknown> }} manifest */
function entriesOf(manifest) {
  return Object.keys(manifest.exports ?? {}).map((path) => manifest.name + path.slice(1));
}
