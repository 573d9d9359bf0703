// @ts-check
import { runTool } from '../spawn.mjs';

export const name = 'format';

/**
 * Compares every file with the form Biome would give it.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const args = ['check', '--max-diagnostics=none', '--colors=off'];
  const { status, output } = await runTool(root, '@biomejs/biome', args, { command: 'biome' });
  if (status === 0) return [];
  const files = [...output.matchAll(/^(\S+?)(?::\d+:\d+)? (format|parse|assist\/\S+) /gm)];
  if (files.length === 0) return [output.trim()];
  return [...new Set(files.map(([, file, rule]) => `${file}: ${rule}`))];
}

/**
 * Gives every file its form.
 *
 * @param {string} root
 */
export async function fix(root) {
  await runTool(root, '@biomejs/biome', ['check', '--write'], { command: 'biome' });
}
