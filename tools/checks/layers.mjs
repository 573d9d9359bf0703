// @ts-check
import { importProblems } from '../layers/imports.mjs';
import { modelProblems, packageFolders, readLayers } from '../layers/model.mjs';
import { purityProblems } from '../layers/purity.mjs';
import { workspacePackages } from '../workspace.mjs';

/** @import { LayerModel } from '../layers/model.mjs' */

export const name = 'layers';

/**
 * Holds the packages to the edges of specs/layers.json, and the pure ones to purity.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const model = readLayers(root);
  const folders = packageFolders(root);
  const declared = modelProblems(model, folders);
  if (declared.length > 0) return declared;
  const pure = model.packages.filter(({ kind }) => kind === 'spec');
  return [
    ...manifestProblems(root, model),
    ...(await importProblems(root, model, folders)),
    ...(await purityProblems(
      root,
      pure.map((entry) => folders.get(entry.name) ?? ''),
    )),
  ];
}

/**
 * Dependencies of a manifest that layers.json does not declare.
 *
 * @param {string} root
 * @param {LayerModel} model
 */
function manifestProblems(root, model) {
  const byName = new Map(model.packages.map((entry) => [entry.name, entry]));
  return workspacePackages(root).flatMap(({ folder, manifest }) => {
    const entry = byName.get(manifest.name);
    if (entry === undefined) return [];
    const allowed = [...entry.dependsOn, ...entry.external];
    return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
      .filter((dependency) => !allowed.includes(dependency))
      .map((dependency) => `${folder}/package.json: layers.json does not declare ${dependency}`);
  });
}
