// @ts-check
import { anchor } from './workloads/anchor.mjs';
import { append } from './workloads/append.mjs';
import { get } from './workloads/get.mjs';
import { index } from './workloads/index.mjs';
import { ingest } from './workloads/ingest.mjs';
import { limits } from './workloads/limits.mjs';
import { lookup } from './workloads/lookup.mjs';
import { proof } from './workloads/proof.mjs';
import { reopen } from './workloads/reopen.mjs';
import { replay } from './workloads/replay.mjs';
import { scan } from './workloads/scan.mjs';

/** @import { Peer } from './peers.mjs' */

/**
 * How much is measured.
 *
 * @typedef {object} Plan
 * @property {number} leastSeconds that a rate is measured for
 * @property {number} itemCount of a store
 * @property {number} syncCount appends to a log that are synced one by one
 * @property {number} groupCount groups of appends that are synced together
 * @property {number} indexCount entries of an index
 */

/**
 * @typedef {object} Context
 * @property {Peer} peer
 * @property {Plan} plan
 * @property {string} folder where the peer keeps its data
 * @property {string} scratch where a phase leaves what the next one needs
 */

/**
 * One figure.
 *
 * @typedef {object} Sample
 * @property {string} row
 * @property {number} value
 * @property {number} [otherCores] processors that other programs kept busy meanwhile
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {boolean} [isLessBetter]
 * @property {(limits: ReadonlyMap<string, number>, plan: Plan) => Limit} [limit]
 */

/** @typedef {{ value: number, what: string }} Limit what the machine allows, and why */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {'store' | 'log' | 'index' | 'anchored' | 'proof' | 'machine'} needs
 * @property {(plan: Plan) => string} about
 * @property {readonly Row[]} rows
 * @property {readonly ((context: Context) => Promise<Sample[]>)[]} phases each in a process of its own
 */

/** @type {readonly Workload[]} */
export const WORKLOADS = [limits, ingest, lookup, get, scan, reopen, anchor, append, replay, index, proof];
