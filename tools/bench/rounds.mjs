// @ts-check
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../spawn.mjs';
import { MACHINE } from './peers.mjs';

/** @import { Task } from './child.mjs' */
/** @import { Peer } from './peers.mjs' */
/** @import { Plan, Sample, Workload } from './workloads.mjs' */

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
/** An index of ten million records is encoded from objects; a bound, of which the others use little. */
const HEAP = '--max-old-space-size=16384';

/** @typedef {Sample & { peer: string }} PeerSample */

/**
 * Measures every peer in every workload, one process after another. The peers take turns, and each round begins with
 * another one, so that what else happens on the machine meets all of them.
 *
 * @param {readonly Workload[]} workloads
 * @param {readonly Peer[]} peers
 * @param {Plan} plan
 * @param {number} rounds
 * @param {(line: string) => void} tell
 * @returns {Promise<PeerSample[]>}
 */
export async function measureRounds(workloads, peers, plan, rounds, tell) {
  /** @type {PeerSample[]} */
  const samples = [];
  for (let round = 0; round < rounds; round++) {
    for (const workload of workloads) {
      const names = participants(workload, peers);
      const first = round % Math.max(1, names.length);
      for (const peer of [...names.slice(first), ...names.slice(0, first)]) {
        tell(`round ${round + 1} of ${rounds}: ${workload.name}, ${peer}`);
        samples.push(...(await measureOne(workload, peer, plan)));
      }
    }
  }
  return samples;
}

/**
 * @param {Workload} workload
 * @param {readonly Peer[]} peers
 */
function participants({ name, needs }, peers) {
  if (needs === 'machine') return [MACHINE.name];
  const able = peers.filter((peer) => peer[needs] !== undefined && peer.lacks?.[name] === undefined);
  return able.map((peer) => peer.name);
}

/**
 * @param {Workload} workload
 * @param {string} peer
 * @param {Plan} plan
 * @returns {Promise<PeerSample[]>}
 */
async function measureOne(workload, peer, plan) {
  const scratch = mkdtempSync(join(tmpdir(), 'amduat-bench-'));
  try {
    const folder = join(scratch, 'data');
    mkdirSync(folder);
    /** @type {PeerSample[]} */
    const samples = [];
    for (const phase of workload.phases.keys()) {
      const measured = await runPhase({ workload: workload.name, phase, peer, plan, folder, scratch });
      samples.push(...measured.map((sample) => ({ ...sample, peer })));
    }
    return samples;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {Task} task
 * @returns {Promise<Sample[]>}
 */
async function runPhase(task) {
  const [taskFile, samplesFile] = [join(task.scratch, 'task.json'), join(task.scratch, 'samples.json')];
  writeFileSync(taskFile, JSON.stringify(task));
  const { status, output } = await run(process.execPath, [HEAP, CHILD, taskFile, samplesFile]);
  if (status !== 0) throw new Error(`${task.workload}, ${task.peer}: ${output.trim()}`);
  return JSON.parse(readFileSync(samplesFile, 'utf8'));
}
