// @ts-check
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** @import { Linter } from 'eslint' */

// Of the globals of ECMAScript 2023, those whose answer depends on where or when they are asked, or that lead past
// these rules. Every other global is undefined here: no-undef names it.
const IMPURE_GLOBALS = [
  'Atomics',
  'Date',
  'FinalizationRegistry',
  'Function',
  'Intl',
  'SharedArrayBuffer',
  'WeakRef',
  'eval',
  'globalThis',
];

// The same in other shapes.
const IMPURE_SYNTAX = [
  ['ImportExpression', 'import() in a pure package'],
  ['MetaProperty[meta.name="import"]', 'import.meta in a pure package'],
  ['MemberExpression[property.name=/^(toLocale\\w*|localeCompare)$/]', 'answer depends on the locale'],
  ['MemberExpression[property.value=/^(toLocale\\w*|localeCompare)$/]', 'answer depends on the locale'],
  ['CallExpression[callee.property.name="constructor"]', 'code made at run time'],
];

/**
 * The rules every pure package keeps, beside those on its imports; no comment switches them off.
 *
 * @param {readonly string[]} folders
 * @returns {Linter.Config[]}
 */
export function purityConfig(folders) {
  if (folders.length === 0) return [];
  return [
    {
      name: 'purity',
      files: folders.map((folder) => `${folder}/src/**/*.ts`),
      languageOptions: {
        parser: /** @type {Linter.Parser} */ (tseslint.parser),
        parserOptions: { lib: ['es2023', 'esnext.disposable'] },
      },
      rules: {
        'no-undef': 'error',
        'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
        'no-restricted-properties': [
          'error',
          { object: 'Math', property: 'random', message: 'Randomness comes in as an argument.' },
        ],
        'no-restricted-syntax': [
          'error',
          ...IMPURE_SYNTAX.map(([selector, message]) => ({ selector, message })),
        ],
      },
    },
  ];
}

/**
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {Promise<string[]>}
 */
export async function purityProblems(root, folders) {
  if (folders.length === 0) return [];
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: purityConfig(folders),
    allowInlineConfig: false,
    errorOnUnmatchedPattern: false,
  });
  const results = await eslint.lintFiles(folders.map((folder) => `${folder}/src/**/*.ts`));
  return results.flatMap(({ filePath, messages }) =>
    messages.map(
      ({ line, column, message }) =>
        `${filePath.slice(root.length).replace(/^[\\/]/, '')}:${line}:${column}: ${message}`,
    ),
  );
}
