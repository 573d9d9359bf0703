// @ts-check
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Outcome
 * @property {number} status exit code; 1 when the process was ended by a signal or could not start
 * @property {string} output standard output and standard error as they came; empty when `show` is set
 */

/**
 * @typedef {object} SpawnOptions
 * @property {boolean} [show] pass the output through instead of returning it
 * @property {string} [cwd]
 * @property {Record<string, string>} [env] added to the present environment
 */

/**
 * Runs one program to its end, without a shell and without input.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {SpawnOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function run(program, args, options = {}) {
  const out = options.show === true ? 'inherit' : 'pipe';
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', out, out],
  });
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ status: 1, output: `${program}: ${message}\n` }));
    child.on('close', (code) => resolve({ status: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}

/**
 * The JavaScript entry file of a command that an installed package provides.
 *
 * @param {string} root
 * @param {string} packageName
 * @param {string} command
 */
function entryOf(root, packageName, command) {
  const folder = join(root, 'node_modules', packageName);
  const bin = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).bin;
  return join(folder, typeof bin === 'string' ? bin : bin[command]);
}

/**
 * Environment of every tool: the installed commands come first, nothing is reported to anyone.
 *
 * @param {string} root
 * @returns {Record<string, string>}
 */
function toolEnvironment(root) {
  return {
    PATH: join(root, 'node_modules', '.bin') + delimiter + (process.env['PATH'] ?? ''),
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
    DO_NOT_TRACK: '1',
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
  };
}

/**
 * Runs a command of an installed package with this Node.js, at the root unless told otherwise.
 *
 * @param {string} root
 * @param {string} packageName
 * @param {readonly string[]} args
 * @param {SpawnOptions & { command?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function runTool(root, packageName, args, options = {}) {
  const command = options.command ?? packageName;
  return run(process.execPath, [entryOf(root, packageName, command), ...args], {
    cwd: root,
    ...options,
    env: { ...toolEnvironment(root), ...options.env },
  });
}
