// @ts-check
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { clausesById, readSpecs } from '../spec/clauses.mjs';
import { readText } from '../spec/files.mjs';

/** @import { Spec } from '../spec/clauses.mjs' */

export const name = 'clauses';

/**
 * Holds every SPEC.md to the clause rules, and its clauses.json to the text.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const specs = await readSpecs(root);
  const problems = specs.flatMap((spec) => spec.problems);
  problems.push(...repeatedIds(specs), ...unknownReferences(specs));
  for (const spec of specs) {
    const written = await readWritten(root, spec);
    problems.push(...vanished(spec, written.ids));
    if (written.text !== render(spec)) problems.push(`${spec.dir}/clauses.json: stale, run pnpm fix`);
  }
  return problems;
}

/**
 * Writes clauses.json beside each SPEC.md that lost no clause without retiring it.
 * @param {string} root
 */
export async function fix(root) {
  for (const spec of await readSpecs(root)) {
    const written = await readWritten(root, spec);
    if (vanished(spec, written.ids).length > 0 || written.text === render(spec)) continue;
    await writeFile(join(root, spec.dir, 'clauses.json'), render(spec));
  }
}

/** @param {Spec} spec */
function render(spec) {
  const rows = spec.clauses.map(({ id, keyword, text, sha256 }) => ({ id, keyword, text, sha256 }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/**
 * @param {string} root
 * @param {Spec} spec
 * @returns {Promise<{ text: string | undefined, ids: string[] }>}
 */
async function readWritten(root, spec) {
  const text = await readText(root, `${spec.dir}/clauses.json`);
  const ids = [...(text ?? '').matchAll(/^ {4}"id": "([^"]+)"/gm)].map((match) => match[1] ?? '');
  return { text, ids };
}

/**
 * @param {Spec} spec
 * @param {readonly string[]} writtenIds
 */
function vanished(spec, writtenIds) {
  const kept = new Set([
    ...spec.clauses.map((clause) => clause.id),
    ...spec.retired.map((entry) => entry.name),
  ]);
  return writtenIds
    .filter((id) => !kept.has(id))
    .map((id) => `${spec.path}: [${id}] is gone: list it in the section "Retired clauses"`);
}

/** @param {readonly Spec[]} specs */
function repeatedIds(specs) {
  /** @type {Map<string, string>} */
  const first = new Map();
  const uses = specs.flatMap((spec) => [
    ...spec.clauses.map((clause) => ({ id: clause.id, at: `${spec.path}:${clause.line}` })),
    ...spec.retired.map((entry) => ({ id: entry.name, at: `${spec.path}:${entry.line}` })),
  ]);
  const problems = [];
  for (const { id, at } of uses) {
    const earlier = first.get(id);
    if (earlier) problems.push(`${at}: [${id}] is already taken at ${earlier}`);
    else first.set(id, at);
  }
  return problems;
}

/** @param {readonly Spec[]} specs */
function unknownReferences(specs) {
  const known = clausesById(specs);
  return specs.flatMap((spec) =>
    spec.references
      .filter((reference) => !known.has(reference.name))
      .map((reference) => `${spec.path}:${reference.line}: [${reference.name}] is not a live clause`),
  );
}
