// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { allExtensions, cruise } from 'dependency-cruiser';

/** @import { ICruiseResult, IForbiddenRuleType, IRegularForbiddenRuleType, IResolveOptions } from 'dependency-cruiser' */
/** @import { LayeredPackage, LayerModel } from './model.mjs' */

/**
 * Follows every import of every package, type-only ones too, and names each that layers.json does not allow.
 *
 * @param {string} root
 * @param {LayerModel} model
 * @param {ReadonlyMap<string, string>} folders
 * @returns {Promise<string[]>}
 */
export async function importProblems(root, model, folders) {
  if (!allExtensions.some(({ extension, available }) => extension === '.ts' && available)) {
    throw new Error('dependency-cruiser does not find TypeScript, so it would see no import');
  }
  const sources = model.packages
    .map(({ name }) => `${folders.get(name)}/src`)
    .filter((folder) => existsSync(join(root, folder)));
  if (sources.length === 0) return [];
  const result = await cruise(
    sources,
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules(model, folders) },
      tsPreCompilationDeps: true,
      moduleSystems: ['es6', 'cjs', 'tsd'],
      doNotFollow: { path: '(^|/)node_modules/' },
    },
    resolution(root, model, folders),
  );
  const { summary } = /** @type {ICruiseResult} */ (result.output);
  return summary.violations.map(({ rule, from, to, cycle }) => {
    const path = cycle === undefined ? to : cycle.map(({ name }) => name).join(' → ');
    return `${from}: ${rule.name}: ${path}`;
  });
}

/**
 * Packages of the repository resolve to their sources, so that no build is needed and every edge is seen as a file.
 *
 * @param {string} root
 * @param {LayerModel} model
 * @param {ReadonlyMap<string, string>} folders
 * @returns {Partial<IResolveOptions>}
 */
function resolution(root, model, folders) {
  const alias = model.packages.flatMap(({ name }) => {
    const source = join(root, folders.get(name) ?? '', 'src');
    return [
      { name, onlyModule: true, alias: join(source, 'index.ts') },
      { name: `${name}/conformance`, onlyModule: true, alias: join(source, 'conformance.ts') },
    ];
  });
  return {
    alias,
    exportsFields: ['exports'],
    conditionNames: ['import', 'types', 'default'],
    bustTheCache: true,
  };
}

/**
 * @param {LayerModel} model
 * @param {ReadonlyMap<string, string>} folders
 * @returns {IForbiddenRuleType[]}
 */
function rules(model, folders) {
  return [
    forbid('cycle', {}, { circular: true }),
    forbid('import that does not resolve', {}, { couldNotResolve: true, dependencyTypesNot: ['core'] }),
    ...model.packages.flatMap((entry) => packageRules(entry, folders)),
  ];
}

/**
 * @param {LayeredPackage} entry
 * @param {ReadonlyMap<string, string>} folders
 * @returns {IForbiddenRuleType[]}
 */
function packageRules(entry, folders) {
  const folder = escape(folders.get(entry.name) ?? '');
  const allowed = entry.dependsOn.map((name) => escape(folders.get(name) ?? ''));
  const from = { path: `^${folder}/src/` };
  const ours = '^(packages|conformance|tools|examples)/';
  const external = entry.external.map((name) => `(^|/)node_modules/${escape(name)}/`);
  const list = [
    forbid('import of own files outside src', from, { path: `^${folder}/`, pathNot: `^${folder}/src/` }),
    forbid('edge that layers.json does not declare', from, {
      path: ours,
      pathNot: [folder, ...allowed].map((path) => `^${path}/`),
    }),
    forbid('import past the entry of a package', from, {
      path: ours,
      pathNot: [`^${folder}/`, `^packages/[^/]+/src/(index|conformance)\\.ts$`],
    }),
    // What answers the conformance suite is for the suite alone.
    forbid(
      'import of answers to the conformance suite',
      { path: `^${folder}/src/`, pathNot: `^${folder}/src/conformance[./]` },
      { path: `/src/conformance\\.ts$` },
    ),
    forbid('relative import of another package', from, {
      path: ours,
      pathNot: `^${folder}/`,
      dependencyTypes: ['local'],
    }),
    forbid('dependency that layers.json does not declare', from, {
      path: '(^|/)node_modules/',
      pathNot: external,
    }),
  ];
  if (entry.kind !== 'spec') return list;
  return [
    ...list,
    forbid('Node.js built-in in a pure package', from, { dependencyTypes: ['core'] }),
    forbid('import at run time in a pure package', from, { dynamic: true }),
  ];
}

/**
 * @param {string} name
 * @param {IRegularForbiddenRuleType['from']} from
 * @param {IRegularForbiddenRuleType['to']} to
 * @returns {IForbiddenRuleType}
 */
function forbid(name, from, to) {
  return { name, severity: 'error', from, to };
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
