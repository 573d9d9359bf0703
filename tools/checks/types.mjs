// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../spawn.mjs';
import { workspacePackages } from '../workspace.mjs';

export const name = 'types';

const AT_ONCE = 2;

/**
 * Type-checks the tests of every package, and the tools. (Sources are checked by the build.)
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const queue = workspacePackages(root).map(({ folder }) => folder);
  /** @type {string[]} */
  const problems = [];
  const lane = async () => {
    for (let folder = queue.shift(); folder !== undefined; folder = queue.shift()) {
      problems.push(...(await checkFolder(root, folder)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return problems.sort();
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function checkFolder(root, folder) {
  const config = `${folder}/tsconfig.test.json`;
  if (!existsSync(join(root, config))) return [`${config}: missing`];
  // The declarations of others are theirs; ours are checked where they are built, and as packed.
  const args = ['-p', config, '--noEmit', '--skipLibCheck', '--pretty', 'false'];
  const { status, output } = await runTool(root, 'typescript', args, { command: 'tsc' });
  if (status === 0) return [];
  const lines = output
    .replaceAll(`${root}/`, '')
    .split('\n')
    .filter((line) => line.includes('error TS'));
  return lines.length > 0 ? lines : [`${config}: ${output.trim()}`];
}
