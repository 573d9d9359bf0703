// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {boolean} [private]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */

/**
 * @typedef {object} WorkspacePackage
 * @property {string} folder path below the root, with forward slashes
 * @property {Manifest} manifest
 */

/**
 * The folders of pnpm-workspace.yaml that hold a package, in byte order.
 *
 * @param {string} root
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages(root) {
  return workspacePatterns(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))
    .flatMap((pattern) => foldersOf(root, pattern))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }));
}

/** @param {string} yaml */
function workspacePatterns(yaml) {
  const block = /^packages:\n((?:[ ]+- .+\n)+)/m.exec(yaml)?.[1];
  if (block === undefined) throw new Error('pnpm-workspace.yaml: no list "packages"');
  return block
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^ +- /, ''));
}

/**
 * @param {string} root
 * @param {string} pattern a folder, or every folder of a folder
 */
function foldersOf(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent)).map((name) => `${parent}/${name}`);
}
