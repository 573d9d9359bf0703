// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { workspacePackages } from '../workspace.mjs';

/** @import { Manifest, WorkspacePackage } from '../workspace.mjs' */

export const name = 'manifests';

const PRODUCT = 'amduat';

// The same in every package that is published.
const FIXED = {
  license: 'Apache-2.0',
  type: 'module',
  sideEffects: false,
  engines: { node: '>=20.19' },
};

// Sources are published for the source maps; the compiler's memory of the last build is not.
const FILES = ['dist', '!dist/.tsbuildinfo', 'src', 'CHANGELOG.md'];

/**
 * Holds every manifest to the shape of the house.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const all = workspacePackages(root);
  const ours = new Set(all.map(({ manifest }) => manifest.name));
  const published = all.filter(({ folder }) => folder.startsWith('packages/'));
  const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [
    ...published.flatMap((entry) => publishedProblems(entry)),
    ...published.flatMap((entry) => referenceProblems(root, entry, all)),
    ...all.flatMap((entry) => dependencyProblems(entry, ours)),
    ...dependencyProblems({ folder: '.', manifest: rootManifest }, ours),
    ...catalogProblems([{ folder: '.', manifest: rootManifest }, ...all], ours),
  ];
}

/** @param {WorkspacePackage} entry */
function publishedProblems({ folder, manifest }) {
  const where = `${folder}/package.json`;
  /** @type {Record<string, unknown>} */
  const found = { ...manifest };
  const expectedName = basename(folder) === PRODUCT ? PRODUCT : `@amduat/${basename(folder)}`;
  const problems = Object.entries({ ...FIXED, name: expectedName })
    .filter(([key, value]) => !isDeepStrictEqual(found[key], value))
    .map(([key, value]) => `${where}: ${key} must be ${JSON.stringify(value)}`);
  for (const key of ['version', 'description']) {
    if (typeof found[key] !== 'string' || found[key] === '') problems.push(`${where}: ${key} is missing`);
  }
  if (found['private'] !== undefined) problems.push(`${where}: a package of this folder is published`);
  if (found['peerDependencies'] !== undefined) problems.push(`${where}: peerDependencies are not used here`);
  for (const script of ['build', 'test']) {
    if (manifest.scripts?.[script] === undefined) problems.push(`${where}: script "${script}" is missing`);
  }
  return [...problems, ...filesProblems(where, found['files']), ...exportsProblems(where, found['exports'])];
}

/**
 * @param {string} where
 * @param {unknown} files
 */
function filesProblems(where, files) {
  const list = Array.isArray(files) ? files : [];
  const missing = FILES.filter((file) => !list.includes(file));
  return missing.map((file) => `${where}: files must name ${JSON.stringify(file)}`);
}

/**
 * @param {string} where
 * @param {unknown} exported
 */
function exportsProblems(where, exported) {
  const entries = Object.entries(/** @type {Record<string, unknown>} */ (exported ?? {}));
  if (!entries.some(([path]) => path === '.')) return [`${where}: exports must have "."`];
  return entries.flatMap(([path, target]) => {
    const keys = Object.entries(/** @type {Record<string, string>} */ (target));
    const inDist = keys.every(([, file]) => typeof file === 'string' && file.startsWith('./dist/'));
    if (
      inDist &&
      isDeepStrictEqual(
        keys.map(([key]) => key),
        ['types', 'default'],
      )
    )
      return [];
    return [`${where}: exports "${path}" must be { types, default }, in this order, below ./dist`];
  });
}

/**
 * TypeScript builds in the order of its references, so they are the dependencies.
 *
 * @param {string} root
 * @param {WorkspacePackage} entry
 * @param {readonly WorkspacePackage[]} all
 */
function referenceProblems(root, { folder, manifest }, all) {
  const where = `${folder}/tsconfig.build.json`;
  if (!existsSync(join(root, where))) return [`${where}: missing`];
  /** @type {{ references?: { path: string }[] }} */
  const config = JSON.parse(readFileSync(join(root, where), 'utf8'));
  const references = (config.references ?? []).map(({ path }) => posix.join(folder, dirname(path)));
  const wanted = all
    .filter((other) => manifest.dependencies?.[other.manifest.name] !== undefined)
    .map((other) => other.folder);
  return [
    ...wanted.filter((path) => !references.includes(path)).map((path) => `${where}: no reference to ${path}`),
    ...references
      .filter((path) => !wanted.includes(path))
      .map((path) => `${where}: ${path} is no dependency`),
  ];
}

/**
 * @param {WorkspacePackage} entry
 * @param {ReadonlySet<string>} ours
 */
function dependencyProblems({ folder, manifest }, ours) {
  return dependenciesOf(manifest).flatMap(([kind, dependency, range]) => {
    const where = `${posix.join(folder, 'package.json')}: ${dependency}`;
    if (!ours.has(dependency)) {
      return /^(catalog:|\d+\.\d+\.\d+)$/.test(range) ? [] : [`${where}: "${range}" is not an exact version`];
    }
    const wanted = kind === 'dependencies' ? 'workspace:^' : 'workspace:*';
    return range === wanted ? [] : [`${where}: must be "${wanted}" in ${kind}`];
  });
}

/**
 * A package that several manifests name has its one version in the catalog.
 *
 * @param {readonly WorkspacePackage[]} all
 * @param {ReadonlySet<string>} ours
 */
function catalogProblems(all, ours) {
  /** @type {Map<string, string[]>} */
  const ranges = new Map();
  for (const { manifest } of all) {
    for (const [, dependency, range] of dependenciesOf(manifest)) {
      if (!ours.has(dependency)) ranges.set(dependency, [...(ranges.get(dependency) ?? []), range]);
    }
  }
  return [...ranges]
    .filter(([, list]) => list.length > 1 && list.some((range) => range !== 'catalog:'))
    .map(
      ([dependency]) => `pnpm-workspace.yaml: ${dependency} is used more than once, put it into the catalog`,
    );
}

/**
 * @param {Manifest} manifest
 * @returns {[kind: string, dependency: string, range: string][]}
 */
function dependenciesOf(manifest) {
  return /** @type {const} */ (['dependencies', 'devDependencies', 'optionalDependencies']).flatMap((kind) =>
    Object.entries(manifest[kind] ?? {}).map(
      /** @returns {[string, string, string]} */ ([dependency, range]) => [kind, dependency, range],
    ),
  );
}
