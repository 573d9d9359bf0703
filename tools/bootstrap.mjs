// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, runTool } from './spawn.mjs';

/** A step of the bootstrap that did not succeed; the message is meant for people. */
export class BootstrapError extends Error {
  /** @override */
  name = 'BootstrapError';
}

/**
 * Installs what the lock file names and builds every package; does nothing that was already done.
 *
 * @param {string} root
 */
export async function bootstrap(root) {
  requireNode(root);
  await install(root);
  await build(root);
}

/** @param {string} root */
function requireNode(root) {
  const wanted = /^>=(\d+)\.(\d+)$/.exec(readManifest(root).engines.node);
  if (wanted === null) throw new BootstrapError('package.json: engines.node must be of the form >=X.Y');
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = [Number(wanted[1]), Number(wanted[2])];
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  throw new BootstrapError(
    `Node.js ${needMajor}.${needMinor} or newer is needed, this is ${process.versions.node}.`,
  );
}

/** @param {string} root */
async function install(root) {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.installed-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockHash) return;
  console.log('Installing dependencies (first run, or the lock file changed) …');
  const args = ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'];
  const { status, output } = await runPackageManager(root, args);
  if (status !== 0) throw new BootstrapError(`${output}\nThe dependencies could not be installed.`);
  writeFileSync(stamp, lockHash);
}

/**
 * The installed package manager if it is the right one, else npm fetches it.
 *
 * @param {string} root
 * @param {readonly string[]} args
 */
function runPackageManager(root, args) {
  const wanted = readManifest(root).packageManager;
  const installed = join(root, 'node_modules', 'pnpm', 'package.json');
  if (existsSync(installed) && `pnpm@${JSON.parse(readFileSync(installed, 'utf8')).version}` === wanted) {
    return runTool(root, 'pnpm', args);
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  return run(npm, ['exec', '--yes', '--', wanted, ...args], { cwd: root });
}

/** @param {string} root */
async function build(root) {
  const { status, output } = await runTool(root, 'turbo', ['run', 'build', '--output-logs=errors-only']);
  if (status !== 0) throw new BootstrapError(`${output}\nThe build failed.`);
}

/**
 * @param {string} root
 * @returns {{ packageManager: string, engines: { node: string } }}
 */
function readManifest(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
