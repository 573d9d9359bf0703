// @ts-check
import { existsSync, readFileSync } from 'node:fs';

/** @import { Plan } from './workloads.mjs' */

const STAT = '/proc/stat';
const TICKS_PER_SECOND = 100;

/**
 * @typedef {object} Metered
 * @property {number} seconds
 * @property {number} otherCores how many processors other programs kept busy meanwhile; 0 where that cannot be told
 */

/**
 * Begins to measure time, and how much of the processors goes elsewhere.
 *
 * @returns {() => Metered}
 */
function startMeter() {
  const busyBefore = busySeconds();
  const ownBefore = ownSeconds();
  const start = performance.now();
  return () => {
    const seconds = (performance.now() - start) / 1000;
    const others = busySeconds() - busyBefore - (ownSeconds() - ownBefore);
    return { seconds, otherCores: Math.max(0, others / seconds) };
  };
}

/** Processor time that all programs took since the machine started. */
function busySeconds() {
  if (!existsSync(STAT)) return 0;
  const fields = readFileSync(STAT, 'utf8').split('\n', 1)[0]?.split(/ +/).slice(1).map(Number) ?? [];
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, softInterrupts = 0, stolen = 0] = fields;
  return (user + nice + system + interrupts + softInterrupts + stolen) / TICKS_PER_SECOND;
}

function ownSeconds() {
  const { user, system } = process.cpuUsage();
  return existsSync(STAT) ? (user + system) / 1e6 : 0;
}

/**
 * Measures one piece of work, done once.
 *
 * @param {() => unknown} work
 * @returns {Promise<Metered>}
 */
export async function timeOnce(work) {
  const stop = startMeter();
  await work();
  return stop();
}

/**
 * Measures work on `count` things, done again until it took long enough.
 *
 * @param {Plan} plan
 * @param {number} count
 * @param {() => unknown} pass
 * @returns {Promise<{ value: number, otherCores: number }>} things a second
 */
export async function rateOf({ leastSeconds }, count, pass) {
  const stop = startMeter();
  let done = 0;
  let metered;
  do {
    await pass();
    done += count;
    metered = stop();
  } while (metered.seconds < leastSeconds);
  return { value: done / metered.seconds, otherCores: metered.otherCores };
}
