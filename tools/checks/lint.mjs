// @ts-check
import { relative } from 'node:path';
import { ESLint } from 'eslint';
import { lintConfig } from '../lint-config.mjs';

export const name = 'lint';

/**
 * Runs ESLint, with type information, over every file of the repository.
 *
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: lintConfig(root) });
  const results = await eslint.lintFiles(['.']);
  return results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, column, message, ruleId }) =>
        `${relative(root, filePath)}:${line}:${column}: ${message.split('\n')[0]} (${ruleId ?? 'parser'})`,
    ),
  );
}
