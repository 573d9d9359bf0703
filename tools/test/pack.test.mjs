// @ts-check
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as pack from '../checks/pack.mjs';
import { runTool } from '../spawn.mjs';
import { describeFixtures } from './fixtures.mjs';
import { linkInstalled } from './install.mjs';

describeFixtures(pack, buildBoth);

/**
 * Installs and builds the two packages of the fixture, and puts a helper where only the first finds it.
 *
 * @param {string} root
 */
async function buildBoth(root) {
  await linkInstalled(root);
  const modules = join(root, 'packages', 'two', 'node_modules', '@amduat');
  await mkdir(modules, { recursive: true });
  await symlink(join(root, 'packages', 'one'), join(modules, 'one'), 'junction');
  const helper = join(root, 'packages', 'one', 'node_modules', 'helper');
  await mkdir(helper, { recursive: true });
  await writeFile(join(helper, 'package.json'), '{ "name": "helper", "version": "1.0.0", "type": "module" }');
  await writeFile(join(helper, 'index.js'), 'export const help = 1;\n');
  await writeFile(join(helper, 'index.d.ts'), 'export declare const help: unique symbol;\n');
  const build = join(root, 'packages', 'two', 'tsconfig.build.json');
  const { status, output } = await runTool(root, 'typescript', ['-b', build], { command: 'tsc' });
  if (status !== 0) throw new Error(output);
}
