import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rollup } from 'vite';
import shared from '../../vitest.shared.js';

const ENTRY = 'page.js';
const RUNNER = fileURLToPath(new URL('page.ts', import.meta.url));

/**
 * One module for the browser that holds the operations of some packages, from their sources, and sets the global
 * function `runGroups`.
 *
 * @param files - the modules that export `operations`.
 */
export async function bundleOperations(files: readonly string[]): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [entryOf(files), refuseBuiltins],
    resolve: shared.resolve ?? {},
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      rollupOptions: { input: ENTRY, onwarn: refuseWarning, output: { inlineDynamicImports: true } },
    },
  });
  const [chunk] = (output as Rollup.RollupOutput).output;
  return chunk.code;
}

function entryOf(files: readonly string[]): Plugin {
  const imports = files.map((file, index) => `import * as package${index} from ${JSON.stringify(file)};`);
  const adapters = files.map((_, index) => `package${index}`);
  const code = [
    `import { runGroups } from ${JSON.stringify(RUNNER)};`,
    ...imports,
    `globalThis.runGroups = (groups) => runGroups([${adapters.join(', ')}], groups);`,
  ].join('\n');
  return {
    name: 'entry',
    enforce: 'pre',
    resolveId: (source) => (source === ENTRY ? ENTRY : undefined),
    load: (id) => (id === ENTRY ? code : undefined),
  };
}

// Left alone, the bundler puts an empty module in its place.
const refuseBuiltins: Plugin = {
  name: 'refuse-builtins',
  enforce: 'pre',
  resolveId(source, importer) {
    if (isBuiltin(source)) throw new Error(`${importer} imports ${source}, which no browser has`);
  },
};

function refuseWarning({ message }: Rollup.RollupLog): never {
  throw new Error(message);
}
