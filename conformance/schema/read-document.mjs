// @ts-check
import { readStrictJson } from './strict-json.mjs';

/**
 * @template T
 * @typedef {{ path: string, source: string, value: T | undefined, problems: string[] }} Document value is undefined
 *   if there are problems
 */
/** @typedef {{ safeParse: (value: unknown) => { success: boolean, data?: any, error?: any } }} Schema */

/**
 * Reads a document by its schema, as strictly as `readStrictJson`.
 * @param {string} path
 * @param {string} source
 * @param {Schema} schema
 * @returns {Document<any>}
 */
export function readDocument(path, source, schema) {
  const json = readStrictJson(source);
  if (json.problems.length > 0) return failed(path, source, json.problems);
  const parsed = schema.safeParse(json.value);
  if (!parsed.success) return failed(path, source, parsed.error.issues.flatMap(describeIssue));
  return { path, source, value: parsed.data, problems: [] };
}

/**
 * @param {string} path
 * @param {string} source
 * @param {readonly string[]} problems
 */
const failed = (path, source, problems) => ({
  path,
  source,
  value: undefined,
  problems: problems.map((problem) => `${path}: ${problem}`),
});

/** @param {{ path: PropertyKey[], message: string }} issue */
const describeIssue = (issue) =>
  issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
