// @ts-check
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../packages/amduat/bin/amduat.mjs', import.meta.url));

/** What a command did.
 * @typedef {{ exitCode: number, stdout: string, stderr: string, seconds: number }} Outcome
 */

/**
 * Runs one `amduat` command in a process of its own, as a shell would, and shows its line.
 * @param {string} store
 * @param {readonly string[]} args
 * @param {{ exitCode?: number, shown?: string, quiet?: boolean }} [options] exitCode: the one that is expected
 * @returns {Outcome}
 */
export function amduat(store, args, { exitCode = 0, shown = args.join(' '), quiet = false } = {}) {
  console.log(`$ amduat ${shown}`);
  const begun = performance.now();
  const result = spawnSync(process.execPath, [BIN, '--store', store, ...args], {
    encoding: 'utf8',
    // What the keys of this tour have signed stays beside its stores.
    env: { ...process.env, AMDUAT_STATE: join(dirname(store), 'state') },
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', quiet ? 'pipe' : 'inherit'],
  });
  const seconds = (performance.now() - begun) / 1000;
  if (result.status !== exitCode) {
    throw new Error(
      `amduat ${shown}: expected exit code ${exitCode}, got ${result.status}\n${result.stderr ?? ''}`,
    );
  }
  return { exitCode, stdout: result.stdout, stderr: result.stderr ?? '', seconds };
}

/**
 * The lines of a command's JSON output.
 * @param {Outcome} outcome
 * @returns {any[]}
 */
export function jsonLines({ stdout }) {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
