// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';
import { load } from './install.mjs';
import { MACHINE, PEERS } from './peers.mjs';
import { WORKLOADS } from './workloads.mjs';

/** @import { Plan } from './workloads.mjs' */

/**
 * One phase of one workload with one peer.
 *
 * @typedef {object} Task
 * @property {string} workload
 * @property {number} phase
 * @property {string} peer
 * @property {Plan} plan
 * @property {string} folder
 * @property {string} scratch
 */

const [taskFile = '', samplesFile = ''] = process.argv.slice(2);
/** @type {Task} */
const task = JSON.parse(readFileSync(taskFile, 'utf8'));
const peer = [MACHINE, ...PEERS].find(({ name }) => name === task.peer);
const phase = WORKLOADS.find(({ name }) => name === task.workload)?.phases[task.phase];
if (peer === undefined || phase === undefined) throw new Error(`no ${task.workload} with ${task.peer}`);
// What loading it takes is no part of any figure.
if (peer.installs !== undefined) load(peer.installs);
const { plan, folder, scratch } = task;
writeFileSync(samplesFile, JSON.stringify(await phase({ peer, plan, folder, scratch })));
// Whatever a peer left running is not waited for.
process.exit();
