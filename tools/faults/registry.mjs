// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FaultFile = z.array(
  z.strictObject({
    id: z.string().regex(/^[a-z0-9]+([.-][a-z0-9]+)*$/),
    clause: z.string(),
    file: z.string(),
    find: z.string().min(1),
    replace: z.string(),
    why: z.string().min(1),
    killedBy: z.array(z.strictObject({ package: z.string(), test: z.string().min(1) })).min(1),
  }),
);

/** @typedef {z.infer<typeof FaultFile>[number]} Fault */

const FOLDER = 'conformance/mutants';

/**
 * Reads every registered fault, in order of their IDs; throws when a registry file does not have the shape of one.
 *
 * @param {string} root
 * @returns {Fault[]}
 */
export function readFaults(root) {
  const faults = readdirSync(join(root, FOLDER))
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => readFile(root, `${FOLDER}/${name}`));
  return faults.sort((left, right) => (left.id < right.id ? -1 : 1));
}

/**
 * @param {string} root
 * @param {string} path
 */
function readFile(root, path) {
  const parsed = FaultFile.safeParse(JSON.parse(readFileSync(join(root, path), 'utf8')));
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/**
 * Faults that cannot be planted as they are written down.
 *
 * @param {string} root
 * @param {readonly Fault[]} faults
 * @returns {string[]}
 */
export function registryProblems(root, faults) {
  const repeated = faults.filter(({ id }, index) => faults[index - 1]?.id === id);
  return [
    ...repeated.map(({ id }) => `${id}: the ID is taken twice`),
    ...faults.flatMap((fault) => placeProblems(root, fault)),
  ];
}

/**
 * @param {string} root
 * @param {Fault} fault
 */
function placeProblems(root, { id, file, find, replace, killedBy }) {
  const absent = [...new Set(killedBy.map((killer) => killer.package))]
    .filter((folder) => !existsSync(join(root, folder, 'vitest.config.ts')))
    .map((folder) => `${id}: ${folder} has no tests`);
  if (!existsSync(join(root, file))) return [...absent, `${id}: ${file} does not exist`];
  const count = readFileSync(join(root, file), 'utf8').split(find).length - 1;
  if (count !== 1) return [...absent, `${id}: the text to find occurs ${count} times in ${file}, not once`];
  return find === replace ? [...absent, `${id}: the edit changes nothing`] : absent;
}

/**
 * Whether an ID matches a pattern in which `*` stands for any text.
 *
 * @param {string} id
 * @param {string} pattern
 */
export function matchesPattern(id, pattern) {
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(id);
}
