// @ts-check
import { dirname } from 'node:path';
import { readText } from './files.mjs';
import { inlineCode, readMarkdown } from './markdown.mjs';

const SHELL = new Set(['', 'sh', 'bash', 'shell', 'console', 'text']);
const BUILT_IN = new Set(
  'add audit ci config create dlx exec i init install link login outdated pack publish remove root rm update version view why'.split(
    ' ',
  ),
);

/**
 * Names every command of a document that runs a script or a file which is not there. Commands are those of the root;
 * `pnpm --filter` is not read, since it names a package.
 * @param {string} root
 * @param {string} path
 * @param {string} source
 * @returns {Promise<string[]>}
 */
export async function commandProblems(root, path, source) {
  const scripts = new Set([...(await scriptsOf(root, '.')), ...(await scriptsOf(root, dirname(path)))]);
  const problems = [];
  for (const { command, line } of commandsOf(source)) {
    const script = scriptOf(command);
    if (script && !scripts.has(script)) problems.push(`${path}:${line}: "${command}": no script "${script}"`);
    const file = /^(?:node|python3?)\s+([\w.-]+\/[\w./-]+\.(?:m?js|py))\b/.exec(command)?.[1];
    if (file && (await readText(root, file)) === undefined) {
      problems.push(`${path}:${line}: "${command}": no file ${file}`);
    }
  }
  return problems;
}

/**
 * @param {string} source
 * @returns {{ command: string, line: number }[]}
 */
function commandsOf(source) {
  const { blocks, fences } = readMarkdown(source);
  const inFences = fences
    .filter((fence) => SHELL.has(fence.info))
    .flatMap((fence) =>
      fence.code.split('\n').map((text, index) => ({ text, line: fence.line + 1 + index })),
    );
  const inText = blocks.flatMap((block) =>
    inlineCode(block.text).map((text) => ({ text, line: block.line })),
  );
  return [...inFences, ...inText].flatMap(({ text, line }) =>
    text.split(/&&|;|\s#/).map((part) => ({ command: part.replace(/^\s*\$?\s*/, '').trim(), line })),
  );
}

/** @param {string} command */
function scriptOf(command) {
  const [program, ...words] = command.split(/\s+/);
  if (program !== 'npm' && program !== 'pnpm') return undefined;
  const [first, second] = words;
  if (!first || first.startsWith('-') || !/^[a-z]/.test(first)) return undefined;
  if (first === 'run') return second;
  return BUILT_IN.has(first) ? undefined : first;
}

/**
 * @param {string} root
 * @param {string} dir
 */
async function scriptsOf(root, dir) {
  const manifest = JSON.parse((await readText(root, `${dir}/package.json`)) ?? '{}');
  return Object.keys(manifest.scripts ?? {});
}
