// @ts-check
import { runTool } from '../spawn.mjs';

export const name = 'knip';

/**
 * Finds files, exports and dependencies that nothing uses, and dependencies that no manifest names.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const args = ['--no-progress', '--no-config-hints', '--reporter', 'json'];
  const { status, output } = await runTool(root, 'knip', args);
  if (status === 0) return [];
  const issues = parseIssues(output);
  return issues === undefined ? [output.trim()] : issues.flatMap(describeIssue);
}

/** @typedef {{ file: string } & Record<string, { name: string }[]>} Issue */

/**
 * @param {string} output
 * @returns {Issue[] | undefined}
 */
function parseIssues(output) {
  try {
    return JSON.parse(output).issues;
  } catch {
    return undefined;
  }
}

/** @param {Issue} issue */
function describeIssue({ file, ...kinds }) {
  return Object.entries(kinds).flatMap(([kind, found]) =>
    found.map(({ name: what }) => (kind === 'files' ? `${file}: unused file` : `${file}: ${kind}: ${what}`)),
  );
}
