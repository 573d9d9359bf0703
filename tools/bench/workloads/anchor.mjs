// @ts-check
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { summarize } from '../median.mjs';
import { timeOnce } from '../meter.mjs';
import { abilityOf, assertAnswer } from '../peer-data.mjs';

/** @import { Context, Sample, Workload } from '../workloads.mjs' */

/** @typedef {'sealed' | 'published'} Shape */

const TIMES = 5;
/** @type {readonly Shape[]} */
const SHAPES = ['sealed', 'published'];
const STARTS = ['from an anchor', 'without snapshots'];

/** @type {Workload} */
export const anchor = {
  name: 'anchor',
  needs: 'anchored',
  about: ({ itemCount }) =>
    `opens a store of ${itemCount} artifacts of 16 octets and reads its log, from the last anchor or without any snapshot; sealed: by ` +
    `thousands; published: each by a record of its own besides; files warm, median of ${TIMES} in a process`,
  rows: SHAPES.flatMap((shape) =>
    STARTS.flatMap((start) => [
      { name: `anchor, ${shape}, ${start}`, unit: 'ms', isLessBetter: true },
      { name: `anchor, ${shape}, ${start}, octets read`, unit: 'octets', isLessBetter: true },
    ]),
  ),
  phases: [
    async ({ peer, plan, folder }) => {
      for (const shape of SHAPES) {
        await abilityOf(peer, 'anchored').fill(join(folder, shape), plan.itemCount, shape === 'published');
      }
      return [];
    },
    (context) => openEach(context, 'from an anchor'),
    async (context) => {
      for (const shape of SHAPES) removeSnapshots(join(context.folder, shape));
      return await openEach(context, 'without snapshots');
    },
  ],
};

/**
 * @param {Context} context
 * @param {string} start
 * @returns {Promise<Sample[]>}
 */
async function openEach({ peer, plan, folder }, start) {
  const samples = [];
  for (const shape of SHAPES) {
    const row = `anchor, ${shape}, ${start}`;
    const milliseconds = [];
    let octets = 0;
    for (let time = 0; time < TIMES; time++) {
      /** @type {{ octets: number, position: bigint } | undefined} */
      let opened;
      const { seconds } = await timeOnce(async () => {
        opened = await abilityOf(peer, 'anchored').open(join(folder, shape));
      });
      // A record for each thousand at least, one for each if they were published, and the anchor.
      const least = Math.ceil(plan.itemCount / 1000) + (shape === 'published' ? plan.itemCount : 0) + 1;
      assertAnswer(peer, `${row}: the log is read to its end`, (opened?.position ?? 0n) >= least, true);
      milliseconds.push(1000 * seconds);
      octets = opened?.octets ?? 0;
    }
    samples.push(
      { row, value: summarize(milliseconds).median },
      { row: `${row}, octets read`, value: octets },
    );
  }
  return samples;
}

/**
 * The anchors stay in the log; what they name is gone.
 *
 * @param {string} folder
 */
function removeSnapshots(folder) {
  const snapshots = join(folder, 'snapshots');
  for (const name of readdirSync(snapshots)) {
    if (name !== 'genesis') rmSync(join(snapshots, name), { recursive: true });
  }
  rmSync(join(folder, 'policies'), { recursive: true });
  rmSync(join(folder, 'derived', 'anchor'));
}
