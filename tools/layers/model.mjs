// @ts-check
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { workspacePackages } from '../workspace.mjs';

const LayersFile = z.strictObject({
  $comment: z.string(),
  layers: z.array(z.string().min(1)).min(1),
  packages: z.record(
    z.string(),
    z.strictObject({
      layer: z.string(),
      kind: z.enum(['spec', 'runtime', 'product', 'conformance']),
      dependsOn: z.array(z.string()),
      external: z.array(z.string()),
    }),
  ),
});

/**
 * @typedef {object} LayeredPackage
 * @property {string} name
 * @property {string} layer
 * @property {'spec' | 'runtime' | 'product' | 'conformance'} kind
 * @property {string[]} dependsOn packages of this repository
 * @property {string[]} external packages of others
 */

/**
 * @typedef {object} LayerModel
 * @property {string[]} layers lowest first
 * @property {LayeredPackage[]} packages
 */

/**
 * Reads specs/layers.json; throws when it does not have the shape of one.
 *
 * @param {string} root
 * @returns {LayerModel}
 */
export function readLayers(root) {
  const file = LayersFile.parse(JSON.parse(readFileSync(join(root, 'specs', 'layers.json'), 'utf8')));
  const packages = Object.entries(file.packages).map(([name, entry]) => ({ name, ...entry }));
  return { layers: file.layers, packages };
}

/**
 * The folder of every package of the workspace, by name.
 *
 * @param {string} root
 * @returns {Map<string, string>}
 */
export function packageFolders(root) {
  return new Map(workspacePackages(root).map(({ folder, manifest }) => [manifest.name, folder]));
}

/**
 * What is wrong with the declaration itself: names that do not exist, edges that point upward, cycles.
 *
 * @param {LayerModel} model
 * @param {ReadonlyMap<string, string>} folders
 * @returns {string[]}
 */
export function modelProblems(model, folders) {
  const byName = new Map(model.packages.map((entry) => [entry.name, entry]));
  return [
    ...missingPackages(byName, folders),
    ...model.packages.flatMap((entry) => entryProblems(entry, model.layers, byName)),
    ...cycles(byName),
  ];
}

/**
 * @param {ReadonlyMap<string, LayeredPackage>} byName
 * @param {ReadonlyMap<string, string>} folders
 */
function missingPackages(byName, folders) {
  const undeclared = [...folders]
    .filter(([name, folder]) => folder.startsWith('packages/') && !byName.has(name))
    .map(([name]) => `specs/layers.json: ${name} is not declared`);
  const absent = [...byName.keys()]
    .filter((name) => !folders.has(name))
    .map((name) => `specs/layers.json: ${name} is no package of the workspace`);
  return [...undeclared, ...absent];
}

/**
 * @param {LayeredPackage} entry
 * @param {readonly string[]} layers
 * @param {ReadonlyMap<string, LayeredPackage>} byName
 */
function entryProblems(entry, layers, byName) {
  const where = `specs/layers.json: ${entry.name}`;
  const rank = layers.indexOf(entry.layer);
  if (rank < 0) return [`${where}: layer "${entry.layer}" does not exist`];
  return entry.dependsOn.flatMap((name) => {
    const target = byName.get(name);
    if (target === undefined) return [`${where}: depends on ${name}, which is not declared`];
    if (layers.indexOf(target.layer) > rank) return [`${where}: depends on ${name} of a higher layer`];
    if (entry.kind === 'spec' && target.kind !== 'spec')
      return [`${where}: depends on ${name}, which is not pure`];
    if (entry.kind === 'conformance') return [`${where}: depends on an implementation, ${name}`];
    return [];
  });
}

/** @param {ReadonlyMap<string, LayeredPackage>} byName */
function cycles(byName) {
  /** @type {string[]} */
  const problems = [];
  const done = new Set();
  /**
   * @param {string} name
   * @param {readonly string[]} path
   */
  const visit = (name, path) => {
    if (path.includes(name)) {
      problems.push(`specs/layers.json: cycle ${[...path.slice(path.indexOf(name)), name].join(' → ')}`);
      return;
    }
    if (done.has(name)) return;
    for (const next of byName.get(name)?.dependsOn ?? []) visit(next, [...path, name]);
    done.add(name);
  };
  for (const name of byName.keys()) visit(name, []);
  return problems;
}
