// @ts-check
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const INSTALLED = fileURLToPath(new URL('../../node_modules', import.meta.url));

/**
 * Lets a fixture use what is installed at the root of this repository.
 *
 * @param {string} root
 */
export async function linkInstalled(root) {
  await symlink(INSTALLED, join(root, 'node_modules'), 'junction');
}
