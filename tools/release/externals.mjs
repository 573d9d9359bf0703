// @ts-check
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @import { WorkspacePackage } from '../workspace.mjs' */

/**
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/**
 * The installed folders of every package of others that users of ours get, each version once.
 *
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 * @returns {string[]}
 */
export function installedExternals(root, packages) {
  const ours = new Set(packages.map(({ manifest }) => manifest.name));
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @param {string} folder */
  const visit = (folder) => {
    for (const [name, required] of dependenciesOf(readManifest(folder))) {
      if (ours.has(name)) continue;
      const installed = findInstalled(folder, name);
      if (installed === undefined && required) throw new Error(`${folder}: ${name} is not installed`);
      if (installed === undefined) continue;
      const id = `${name}@${readManifest(installed).version}`;
      if (found.has(id)) continue;
      found.set(id, installed);
      visit(installed);
    }
  };
  for (const { folder } of packages) visit(join(root, folder));
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, folder]) => folder);
}

/**
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/**
 * @param {Manifest} manifest
 * @returns {[name: string, required: boolean][]}
 */
function dependenciesOf(manifest) {
  const optional = Object.keys(manifest.optionalDependencies ?? {});
  const peers = Object.keys(manifest.peerDependencies ?? {});
  return [
    ...Object.keys(manifest.dependencies ?? {}).map(required),
    ...peers.filter((name) => manifest.peerDependenciesMeta?.[name]?.optional !== true).map(required),
    ...optional.map(/** @returns {[string, boolean]} */ (name) => [name, false]),
  ];
}

/**
 * @param {string} name
 * @returns {[string, boolean]}
 */
function required(name) {
  return [name, true];
}

/**
 * Where Node.js looks: in the node_modules of the folder and of each above it.
 *
 * @param {string} folder
 * @param {string} name
 * @returns {string | undefined}
 */
function findInstalled(folder, name) {
  const candidate = join(folder, 'node_modules', name);
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
  const parent = dirname(folder);
  return parent === folder ? undefined : findInstalled(parent, name);
}
