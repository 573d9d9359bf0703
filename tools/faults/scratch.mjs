// @ts-check
import { cpSync, existsSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../spawn.mjs';
import { workspacePackages } from '../workspace.mjs';

/**
 * Copies the working tree (what version control would take) into a new folder. Installed packages are linked, and
 * packages of the workspace find each other inside the copy.
 *
 * @param {string} root
 * @returns {Promise<string>}
 */
export async function makeScratchCopy(root) {
  const scratch = mkdtempSync(join(tmpdir(), 'amduat-faults-'));
  for (const file of await workingTree(root)) {
    mkdirSync(dirname(join(scratch, file)), { recursive: true });
    cpSync(join(root, file), join(scratch, file), { verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'), 'junction');
  for (const { folder } of workspacePackages(root)) {
    const installed = join(root, folder, 'node_modules');
    if (!existsSync(installed)) continue;
    // Its links are relative: those to packages of the workspace lead to the copy.
    cpSync(installed, join(scratch, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  return scratch;
}

/** @param {string} root */
async function workingTree(root) {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, output } = await run('git', args, { cwd: root });
  if (status !== 0) throw new Error(`git ls-files failed: ${output}`);
  return output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}
