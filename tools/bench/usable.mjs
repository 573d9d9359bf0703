// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../spawn.mjs';
import { INSTALLED, install } from './install.mjs';

/** @import { Peer } from './peers.mjs' */

const PROBE = fileURLToPath(new URL('probe.mjs', import.meta.url));

/**
 * The peers that can be measured here; what has to be installed for that is.
 *
 * @param {readonly Peer[]} peers
 * @returns {Promise<Peer[]>}
 */
export async function usablePeers(peers) {
  if (peers.some(({ installs }) => installs !== undefined)) await install();
  const usable = [];
  for (const peer of peers) {
    const reason = peer.installs === undefined ? undefined : await reasonAgainst(peer);
    if (reason === undefined) usable.push(peer);
    else console.log(`left out: ${peer.name}: ${reason} (to install it again, remove ${INSTALLED})`);
  }
  return usable;
}

/**
 * A native package that is there may still not load, or end the process that loads it.
 *
 * @param {Peer} peer
 */
async function reasonAgainst({ name }) {
  const folder = mkdtempSync(join(tmpdir(), 'amduat-bench-'));
  try {
    const { status, output } = await run(process.execPath, [PROBE, name, folder]);
    if (status === 0) return undefined;
    return /^\w*Error.*$/m.exec(output)?.[0] ?? 'it ended without a word';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
