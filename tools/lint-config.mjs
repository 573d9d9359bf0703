// @ts-check
import tseslint from 'typescript-eslint';
import { packageFolders, readLayers } from './layers/model.mjs';
import { purityConfig } from './layers/purity.mjs';

/** @import { Linter } from 'eslint' */

/**
 * What TypeScript cannot see: promises nobody waits for, cases nobody handles. Formatting is not its business.
 *
 * @param {string} root
 * @returns {Linter.Config[]}
 */
export function lintConfig(root) {
  const folders = packageFolders(root);
  const pure = readLayers(root).packages.filter(({ kind }) => kind === 'spec');
  return [
    { ignores: ['**/dist/', '**/node_modules/', '**/.*/', '**/gen/', 'tools/fixtures/'] },
    {
      files: ['**/*.ts', '**/*.mjs'],
      languageOptions: {
        parser: /** @type {Linter.Parser} */ (tseslint.parser),
        parserOptions: {
          // One program for all files, since each one made reads the same libraries again.
          project: 'tsconfig/lint.json',
          tsconfigRootDir: root,
        },
      },
      linterOptions: { reportUnusedDisableDirectives: 'error' },
      plugins: { '@typescript-eslint': /** @type {any} */ (tseslint.plugin) },
      rules: {
        '@typescript-eslint/await-thenable': 'error',
        '@typescript-eslint/no-explicit-any': 'error',
        '@typescript-eslint/no-floating-promises': 'error',
        '@typescript-eslint/no-misused-promises': 'error',
        '@typescript-eslint/only-throw-error': 'error',
        '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
        '@typescript-eslint/switch-exhaustiveness-check': [
          'error',
          { considerDefaultExhaustiveForUnions: true },
        ],
        eqeqeq: 'error',
        'no-constant-condition': ['error', { checkLoops: false }],
        'no-self-compare': 'error',
        'no-unsafe-finally': 'error',
        'no-var': 'error',
        'prefer-const': 'error',
      },
    },
    ...purityConfig(pure.map(({ name }) => folders.get(name) ?? '')),
  ];
}
