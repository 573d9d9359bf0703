// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLayers } from '../layers/model.mjs';

/** @import { LayerModel } from '../layers/model.mjs' */

export const name = 'graph';

const DOCUMENT = 'ARCHITECTURE.md';
const BEGIN = '<!-- Generated from specs/layers.json by `pnpm fix`. -->\n';
const END = '<!-- End of the generated part. -->\n';

/**
 * Compares the drawing of the layers with specs/layers.json.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const text = readFileSync(join(root, DOCUMENT), 'utf8');
  const drawn = withGraph(text, readLayers(root));
  if (drawn === undefined) return [`${DOCUMENT}: the marks of the generated part are missing`];
  return drawn === text ? [] : [`${DOCUMENT}: the graph is stale, run pnpm fix`];
}

/**
 * Draws the layers anew.
 *
 * @param {string} root
 */
export async function fix(root) {
  const text = readFileSync(join(root, DOCUMENT), 'utf8');
  const drawn = withGraph(text, readLayers(root));
  if (drawn !== undefined && drawn !== text) writeFileSync(join(root, DOCUMENT), drawn);
}

/**
 * @param {string} text
 * @param {LayerModel} model
 */
function withGraph(text, model) {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) return undefined;
  return `${text.slice(0, begin + BEGIN.length)}\n${renderGraph(model)}\n${text.slice(end)}`;
}

/** @param {LayerModel} model */
function renderGraph({ layers, packages }) {
  const id = /** @param {string} name */ (name) => name.replace(/^@amduat\//, '');
  const inUse = layers.filter((layer) => packages.some((entry) => entry.layer === layer));
  const groups = inUse.flatMap((layer, index) => [
    `  subgraph layer${index}["${layer}"]`,
    ...packages
      .filter((entry) => entry.layer === layer)
      .map((entry) => `    ${id(entry.name)}["${entry.name}"]`),
    '  end',
  ]);
  const edges = packages.flatMap((entry) =>
    entry.dependsOn.map((target) => `  ${id(entry.name)} --> ${id(target)}`),
  );
  return ['```mermaid', 'flowchart BT', ...groups, ...edges, '```', ''].join('\n');
}
