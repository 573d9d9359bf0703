import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Rollup } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import shared from '../../vitest.shared.js';
import { operationModules } from '../browser/packages.js';
import type { Answer } from '../src/acp.js';
import { defineAdapter, type FunctionAdapter } from '../src/in-process.js';
import { verifyReport } from '../src/report.js';
import type { Adapter } from '../src/run-vectors.js';
import { loadSuite } from '../src/suite.js';
import { readVectorGroups } from '../src/vector-files.js';
import { conformance, runWithReport, temporaryFolder } from './commands.js';
import { runInProcess } from './in-process.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const PYTHON = join(HERE, 'python');
const hasPython = spawnSync('python3', ['--version']).status === 0;
const suite = loadSuite();
const { pure, other } = operationModules();
const modules = [...pure, ...other];

const DEFINITION = {
  impl: { name: 'amduat', version: '0.0.0', language: 'TypeScript' },
  features: ['blake3', 'ed25519'],
};

/** The packages of the workspace as one adapter. */
async function packagesAdapter(): Promise<FunctionAdapter> {
  const adapters = await Promise.all(modules.map((file) => import(file) as Promise<Adapter>));
  return defineAdapter({
    ...DEFINITION,
    operations: Object.assign({}, ...adapters.map(({ operations }) => operations)),
  });
}

/** The same as one file that Node.js runs. */
async function servedPackages(): Promise<string> {
  const imports = modules.map((file, index) => `import * as package${index} from ${JSON.stringify(file)};`);
  const operations = modules.map((_, index) => `...package${index}.operations`);
  const code = [
    `import { defineAdapter, serveStdio } from ${JSON.stringify(join(HERE, 'src/in-process.ts'))};`,
    ...imports,
    `const adapter = { ...${JSON.stringify(DEFINITION)}, operations: { ${operations.join(', ')} } };`,
    'await serveStdio(defineAdapter(adapter));',
  ].join('\n');
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId: (id) => (id === 'entry' ? id : undefined),
        load: (id) => (id === 'entry' ? code : undefined),
      },
    ],
    resolve: shared.resolve ?? {},
    ssr: { noExternal: true },
    build: { write: false, ssr: true, target: 'node20', rollupOptions: { input: 'entry' } },
  });
  const [chunk] = (output as Rollup.RollupOutput).output;
  const file = join(temporaryFolder(), 'adapter.mjs');
  writeFileSync(file, chunk.code);
  return file;
}

/** The same answers, each worked out once: 64 MiB take seconds. */
function remembering(adapter: FunctionAdapter): FunctionAdapter {
  const answers = new Map<unknown, Answer>();
  const answer = (op: string, given: unknown) => {
    const known = answers.get(given) ?? adapter.answer(op, given);
    answers.set(given, known);
    return known;
  };
  return { ...adapter, answer };
}

/** Profile → how many vectors its documents have, counted in their files. */
const ALL = Object.fromEntries(
  suite.profiles.map(({ id, documents }) => {
    const folders = documents.map((name) => name.toLowerCase().replaceAll('/', '-'));
    const vectors = folders.flatMap(readVectorGroups).flatMap((group) => group.vectors);
    return [id, vectors.length];
  }),
);

describe('the packages', () => {
  it('conform, and no less as a process of their own', async () => {
    const { report } = await runInProcess(suite, remembering(await packagesAdapter()));
    expect(report.lines.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    const counts = Object.entries(report.verdicts).map(([id, { verdict, vectors }]) => [
      id,
      `${verdict} ${vectors}`,
    ]);
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(Object.entries(ALL).map(([id, count]) => [id, `conformant ${count}`])),
    );
    const served = await runWithReport([], [process.execPath, await servedPackages()]);
    expect(served.exitCode).toBe(0);
    expect(readFileSync(served.file, 'utf8')).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  it('may answer on another descriptor', async () => {
    const { exitCode } = await conformance([
      'run',
      '--acp-fd',
      '--profile',
      'core',
      '--',
      process.execPath,
      await servedPackages(),
    ]);
    expect(exitCode).toBe(0);
  });
});

describe.skipIf(!hasPython)('the Python implementation', () => {
  const command = ['python3', '-B', join(PYTHON, 'adapter.py')];

  it('conforms in every profile', async () => {
    const { exitCode, report } = await runWithReport([], command);
    expect(report.lines.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
    expect(Object.values(report.verdicts).map(({ verdict }) => verdict)).toEqual(
      Object.keys(ALL).map(() => 'conformant'),
    );
    expect(report.remarks).toEqual([]);
    expect(exitCode).toBe(0);
    expect(verifyReport(suite, report)).toEqual([]);
  });

  it('names the vectors for which it makes or checks a signature as the profiles do', () => {
    const { stdout } = spawnSync('python3', ['-B', 'needs_ed25519.py'], { cwd: PYTHON, encoding: 'utf8' });
    expect(suite.features.find(({ id }) => id === 'ed25519')?.vectors).toEqual(JSON.parse(stdout));
  });
});

describe('an adapter of functions', () => {
  let adapter: FunctionAdapter;

  beforeAll(() => {
    adapter = defineAdapter({
      ...DEFINITION,
      operations: {
        long: () => ({
          bytes: 'ab'.repeat(5000),
          list: ['ab'.repeat(5000)],
          text: 'x'.repeat(10_000),
          none: undefined,
        }),
        refuses: () => {
          throw Object.assign(new Error('no'), { code: 'CORE.DIGEST' });
        },
        fails: () => {
          throw Object.assign(new Error('no file'), { code: 'ENOENT' });
        },
        echo: (given: unknown) => ({ given }),
      },
    });
  });

  it('answers in short', () => {
    const digest = { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), length: '5000' };
    expect(adapter.answer('long', {})).toEqual({
      ok: { bytes: digest, list: [digest], text: 'x'.repeat(10_000) },
    });
  });

  it('tells a refusal from a fault', () => {
    expect(adapter.answer('refuses', {})).toEqual({ err: { code: 'CORE.DIGEST', native: 'no' } });
    expect(adapter.answer('fails', {})).toMatchObject({ fault: { message: 'no file' } });
    expect(adapter.answer('toString', {})).toMatchObject({ unsupported: {} });
  });

  it('is given recipes spelled out', () => {
    const given = { bytes: { gen: 'splitmix64', seed: '7', length: '2' } };
    expect(adapter.answer('echo', given)).toEqual({ ok: { given: { bytes: 'd70d' } } });
  });
});
