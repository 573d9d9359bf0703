// @ts-check
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { readMarkdown } from './markdown.mjs';

/**
 * @typedef {{ at: string, code: string }} Example
 * @typedef {{ runnable: Example[], problems: string[] }} Examples
 */

const OTHER_NAMES = /^(?:typescript|javascript|[cm][jt]s|[jt]sx)$/i;
const FENCED = /^```(\S*)[^\n]*\n([\s\S]*?)\n?```$/;

const run = promisify(execFile);

/**
 * Takes every fence of a README that holds TypeScript or JavaScript.
 * @param {string} path
 * @param {string} source
 * @returns {Examples}
 */
export function readmeExamples(path, source) {
  /** @type {Examples} */
  const found = { runnable: [], problems: [] };
  for (const { line, info, code } of readMarkdown(source).fences) {
    const [language = '', ...rest] = info.split(/\s+/);
    const runnable = language === 'ts' || language === 'js';
    if (runnable && rest.length === 0) found.runnable.push({ at: `${path}:${line}`, code });
    else if (runnable || OTHER_NAMES.test(language)) {
      found.problems.push(`${path}:${line}: fence "${info}": write "ts" or "js" alone, every example is run`);
    }
  }
  return found;
}

/**
 * Takes every `@example` of a source file, with or without a fence around it.
 * @param {string} path
 * @param {string} source
 * @returns {Examples}
 */
export function docstringExamples(path, source) {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2023, true);
  /** @type {Set<ts.JSDocTag>} */
  const tags = new Set();
  collectExampleTags(file, tags);
  /** @type {Examples} */
  const found = { runnable: [], problems: [] };
  for (const tag of tags) {
    const at = `${path}:${file.getLineAndCharacterOfPosition(tag.getStart()).line + 1}`;
    const text = (ts.getTextOfJSDocComment(tag.comment) ?? '').trim();
    const code = FENCED.exec(text)?.[2] ?? text;
    if (code === '') found.problems.push(`${at}: @example without code`);
    else found.runnable.push({ at, code });
  }
  return found;
}

/**
 * Runs each example by itself, in a folder in which the built packages and what they depend on are installed.
 * @param {string} root
 * @param {readonly string[]} packages
 * @param {readonly Example[]} examples
 * @param {{ hangMs?: number }} [options] how long one example may run
 * @returns {Promise<string[]>} one problem for each example that fails
 */
export async function runExamples(root, packages, examples, { hangMs = 60_000 } = {}) {
  if (examples.length === 0) return [];
  const folder = await mkdtemp(join(tmpdir(), 'amduat-examples-'));
  try {
    await install(root, packages, folder);
    const problems = [];
    const atOnce = availableParallelism();
    for (let start = 0; start < examples.length; start += atOnce) {
      const some = examples.slice(start, start + atOnce);
      problems.push(
        ...(await Promise.all(
          some.map((example, index) => runExample({ folder, number: start + index, hangMs }, example)),
        )),
      );
    }
    return problems.flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {ts.Node} node
 * @param {Set<ts.JSDocTag>} tags
 */
function collectExampleTags(node, tags) {
  for (const tag of ts.getJSDocTags(node)) if (tag.tagName.text === 'example') tags.add(tag);
  ts.forEachChild(node, (child) => collectExampleTags(child, tags));
}

/**
 * @param {string} root
 * @param {readonly string[]} packages
 * @param {string} folder
 */
async function install(root, packages, folder) {
  /** @type {Map<string, string>} */
  const places = new Map();
  for (const dir of packages) {
    /** @type {{ name: string, dependencies?: Record<string, string> }} */
    const manifest = JSON.parse(await readFile(join(root, dir, 'package.json'), 'utf8'));
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      places.set(name, join(root, dir, 'node_modules', name));
    }
    places.set(manifest.name, join(root, dir));
  }
  for (const [name, place] of places) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(place), link, 'junction');
  }
}

/**
 * @param {{ folder: string, number: number, hangMs: number }} place
 * @param {Example} example
 * @returns {Promise<string[]>}
 */
async function runExample({ folder, number, hangMs }, example) {
  const { outputText, diagnostics = [] } = ts.transpileModule(example.code, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  });
  if (diagnostics.length > 0) {
    return diagnostics.map(({ messageText }) => {
      return `${example.at}: example does not compile: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  }
  const file = join(folder, `example-${number}.mjs`);
  await writeFile(file, outputText);
  try {
    await run(process.execPath, [file], {
      cwd: folder,
      env: { ...process.env, NODE_OPTIONS: '' },
      timeout: hangMs,
      killSignal: 'SIGKILL',
    });
    return [];
  } catch (error) {
    return [`${example.at}: example fails: ${reasonOf(/** @type {Failure} */ (error), folder)}`];
  }
}

/** @typedef {{ killed?: boolean, signal?: string | null, code?: number | string, stderr?: string }} Failure */

/**
 * @param {Failure} failure
 * @param {string} folder
 */
function reasonOf(failure, folder) {
  if (failure.killed) return 'it does not end';
  const lines = (failure.stderr ?? '').replaceAll(folder, '').split('\n');
  const thrown =
    lines.find((line) => /^(?:\w*Error\b|Uncaught)/.test(line)) ?? lines.find((line) => line.trim() !== '');
  return thrown ?? `exit ${failure.code ?? failure.signal}`;
}
