// @ts-check
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from '../bootstrap.mjs';
import { run, runTool } from '../spawn.mjs';
import { workspacePackages } from '../workspace.mjs';
import { consume } from './consumer.mjs';
import { installedExternals } from './externals.mjs';
import { startRegistry } from './registry.mjs';
import { step } from './step.mjs';

/** @import { WorkspacePackage } from '../workspace.mjs' */

/**
 * Publishes every public package to a registry on loopback, with the command that a release uses, and then installs
 * and uses each one alone.
 *
 * @param {string} root
 * @returns {Promise<boolean>} whether all of it went well
 */
export async function dryRun(root) {
  await bootstrap(root);
  const packages = workspacePackages(root).filter(({ manifest }) => manifest.private !== true);
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'amduat-release-'));
  try {
    mkdirSync(join(scratch, 'storage'));
    const registry = await startRegistry(root, join(scratch, 'storage'));
    try {
      useOnly(registry.url, scratch);
      await publishExternals(root, packages, scratch);
      await publishOurs(root);
      return await consumeAll(root, packages, scratch);
    } finally {
      await registry.close();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * From here on no package manager knows another registry, or a key to one.
 *
 * @param {string} url
 * @param {string} scratch
 */
function useOnly(url, scratch) {
  for (const name of Object.keys(process.env)) {
    if (/^npm_config_/i.test(name)) delete process.env[name];
  }
  // Clients refuse to publish without a token, though nobody looks at this one.
  const config = [`registry=${url}`, `${url.replace(/^http:/, '')}:_authToken=none`, ''].join('\n');
  writeFileSync(join(scratch, 'npmrc'), config);
  Object.assign(process.env, {
    npm_config_userconfig: join(scratch, 'npmrc'),
    npm_config_globalconfig: join(scratch, 'none'),
    npm_config_registry: url,
    npm_config_cache: join(scratch, 'cache'),
    npm_config_provenance: 'false',
    npm_config_update_notifier: 'false',
  });
}

/**
 * What our packages need comes from where it is installed, so that no other registry is asked.
 *
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 * @param {string} scratch
 */
async function publishExternals(root, packages, scratch) {
  // A manifest may name a registry of its own; options come before it.
  const options = ['--registry', process.env['npm_config_registry'] ?? '', '--provenance=false'];
  for (const [index, folder] of installedExternals(root, packages).entries()) {
    // The installer makes hard links of equal files, which the packers trip over.
    const copy = join(scratch, 'externals', `${index}`);
    cpSync(folder, copy, { recursive: true, filter: (source) => source !== join(folder, 'node_modules') });
    const args = ['publish', copy, '--ignore-scripts', '--tag=copy', ...options];
    await step(`publishing ${folder}`, run('npm', args));
  }
}

/** @param {string} root */
async function publishOurs(root) {
  const args = ['publish', '--no-git-tag'];
  await step('changeset publish', runTool(root, '@changesets/cli', args, { command: 'changeset' }));
}

/**
 * @param {string} root
 * @param {readonly WorkspacePackage[]} packages
 * @param {string} scratch
 */
async function consumeAll(root, packages, scratch) {
  let succeeded = 0;
  for (const { folder, manifest } of packages) {
    try {
      const done = await consume(root, { folder, manifest }, join(scratch, folder));
      console.log(`${manifest.name.padEnd(28)} ${done}`);
      succeeded += 1;
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      console.log(`${manifest.name.padEnd(28)} FAILED: ${problem.replaceAll('\n', '\n  ')}`);
    }
  }
  console.log(`${packages.length} packages, ${succeeded} installed alone and imported`);
  return succeeded === packages.length;
}
