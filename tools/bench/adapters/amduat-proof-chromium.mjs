// @ts-check
import { fileURLToPath } from 'node:url';

/** @import { Rollup } from 'vite' */
/** @import { Peer } from '../peers.mjs' */

const CHECKER = fileURLToPath(new URL('../../../packages/asl-proof/dist/index.js', import.meta.url));
const CHROMIUM = fileURLToPath(new URL('../../../conformance/browser/chromium.ts', import.meta.url));

/** Sets the global `proofs`, what the package exports. */
async function bundleChecker() {
  const { build } = await import('vite');
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry: CHECKER, formats: ['iife'], name: 'proofs' },
    },
  });
  const [chunk] = /** @type {[Rollup.RollupOutput]} */ (output)[0].output;
  return chunk.code;
}

/** The module is TypeScript, which a script cannot import. */
async function launch() {
  const { runnerImport } = await import('vite');
  /** @type {{ module: typeof import('../../../conformance/browser/chromium.js') }} */
  const { module } = await runnerImport(CHROMIUM, { configFile: false, logLevel: 'silent' });
  return await module.launchChromium();
}

/** @type {Peer} */
export const amduatInChromium = {
  name: 'amduat, browser',
  notes: ['a check in a headless Chromium hashes with JavaScript, one in Node.js with the platform'],
  proof: {
    async check(file, times) {
      const launched = await launch();
      if ('reason' in launched) return undefined;
      try {
        const page = await launched.browser.newPage();
        await page.addScriptTag({ content: await bundleChecker() });
        return await page.evaluate(
          ({ octets, count }) => {
            const { checkProof } = /** @type {any} */ (globalThis).proofs;
            const bytes = new Uint8Array(octets);
            const milliseconds = [];
            let holds = true;
            for (let time = 0; time < count; time++) {
              const start = performance.now();
              const { proven } = checkProof(bytes);
              milliseconds.push(performance.now() - start);
              holds &&= proven !== undefined;
            }
            return { milliseconds, holds };
          },
          { octets: [...file], count: times },
        );
      } finally {
        await launched.browser.close();
      }
    },
  },
};
