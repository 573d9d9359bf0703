// @ts-check
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as layers from '../checks/layers.mjs';
import { describeFixtures } from './fixtures.mjs';

describeFixtures(layers, installLeftPad);

/**
 * Puts a package where every import finds it, whether a manifest names it or not.
 *
 * @param {string} root
 */
async function installLeftPad(root) {
  const folder = join(root, 'node_modules', 'left-pad');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "left-pad", "version": "1.3.0", "main": "index.js" }',
  );
  await writeFile(join(folder, 'index.js'), 'exports.pad = (text) => text;\n');
}
