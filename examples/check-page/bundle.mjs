// @ts-check
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** @import { Plugin, Rollup, UserConfig } from 'vite' */

const PAGE = new URL('page.mjs', import.meta.url);
const STYLE = new URL('page.css', import.meta.url);
const FRAME = new URL('index.html', import.meta.url);

/**
 * The page in one file that needs no other, and that is let have no other: its policy allows the script and the style
 * in it by their hashes, and nothing else.
 *
 * @param {NonNullable<UserConfig['resolve']>} [resolve] where packages are, if not where they are installed
 * @returns {Promise<string>}
 */
export async function bundlePage(resolve = {}) {
  const script = `\n${(await bundleScript(resolve)).trim()}\n`;
  const style = `\n${readFileSync(STYLE, 'utf8').trim()}\n`;
  if (/<\/script|<!--/i.test(script)) throw new Error('the script has text that ends a script in HTML');
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const html = readFileSync(FRAME, 'utf8');
  return [
    [
      '<meta charset="utf-8">',
      `<meta charset="utf-8">\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`,
    ],
    ['<link rel="stylesheet" href="page.css">', `<style>${style}</style>`],
    ['<script type="module" src="page.mjs"></script>', `<script type="module">${script}</script>`],
  ].reduce((text, [from = '', to = '']) => replaceOnce(text, from, to), html);
}

/** @param {NonNullable<UserConfig['resolve']>} resolve */
async function bundleScript(resolve) {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [refuseBuiltins],
    resolve,
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: {
        input: fileURLToPath(PAGE),
        onwarn: refuseWarning,
        output: { inlineDynamicImports: true },
      },
    },
  });
  const [chunk] = /** @type {Rollup.RollupOutput} */ (output).output;
  return chunk.code;
}

/** @type {Plugin} left alone, the bundler puts an empty module in its place. */
const refuseBuiltins = {
  name: 'refuse-builtins',
  enforce: 'pre',
  resolveId(source, importer) {
    if (isBuiltin(source)) throw new Error(`${importer} imports ${source}, which no browser has`);
  },
};

/**
 * @param {Rollup.RollupLog} log
 * @returns {never}
 */
function refuseWarning({ message }) {
  throw new Error(message);
}

/** @param {string} text */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * @param {string} text
 * @param {string} from
 * @param {string} to
 */
function replaceOnce(text, from, to) {
  const [before, after, ...more] = text.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`index.html: expected once: ${from}`);
  }
  return `${before}${to}${after}`;
}
