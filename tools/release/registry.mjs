// @ts-check
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runTool } from '../spawn.mjs';
import { step } from './step.mjs';

/** @import { Server } from 'node:http' */
/** @import { AddressInfo } from 'node:net' */

/**
 * @typedef {object} Registry
 * @property {string} url ends in a slash
 * @property {() => Promise<void>} close
 */

/**
 * Starts an empty package registry on loopback, which asks no other and takes packages from anyone.
 *
 * @param {string} root
 * @param {string} storage
 * @returns {Promise<Registry>}
 */
export async function startRegistry(root, storage) {
  const { runServer } = await installServer(root);
  const server = await runServer({
    storage,
    configPath: join(storage, 'config.yaml'),
    auth: { htpasswd: { file: join(storage, 'htpasswd') } },
    uplinks: {},
    packages: { '**': { access: '$all', publish: '$all' } },
    publish: { allow_offline: true },
    max_body_size: '100mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'fatal' },
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {AddressInfo} */ (server.address());
  const close = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
    );
  return { url: `http://127.0.0.1:${port}/`, close };
}

/**
 * The server is large and nobody else needs it, so it is no dependency of the workspace.
 *
 * @param {string} root
 * @returns {Promise<{ runServer: (config: object) => Promise<Server> }>}
 */
async function installServer(root) {
  const folder = join(root, 'node_modules', '.cache', 'release-registry');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'pnpm-lock.yaml']) {
    copyFileSync(join(root, 'tools', 'release', 'registry', file), join(folder, file));
  }
  const args = ['install', '--ignore-workspace', '--frozen-lockfile', '--ignore-scripts', '--prod'];
  await step('installing the registry', runTool(root, 'pnpm', args, { cwd: folder }));
  return createRequire(join(folder, 'package.json'))('verdaccio');
}
