// @ts-check
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeLogRecords } from '../data.mjs';
import { timeOnce } from '../meter.mjs';
import { abilityOf } from '../peer-data.mjs';
import { assertContents, GROUP_LENGTH, groupsOf } from './log-records.mjs';

/** @import { Context, Workload } from '../workloads.mjs' */

/** @type {Workload} */
export const append = {
  name: 'append',
  needs: 'log',
  about: ({ syncCount, groupCount }) =>
    `records of 128 octets, durable: ${syncCount} one by one, then ${groupCount} groups of ${GROUP_LENGTH}`,
  rows: [
    {
      name: 'append, synced each',
      unit: 'records/s',
      limit: (limits) => ({
        value: limits.get('fdatasync after append') ?? Number.NaN,
        what: 'a sync after 4 KiB appended',
      }),
    },
    {
      name: `append, groups of ${GROUP_LENGTH}`,
      unit: 'records/s',
      limit: (limits) => ({
        value: GROUP_LENGTH * (limits.get('fdatasync after append') ?? Number.NaN),
        what: 'a sync a group',
      }),
    },
  ],
  phases: [
    async (context) => [
      await measure(context, 'append, synced each', context.plan.syncCount, 1),
      await measure(
        context,
        `append, groups of ${GROUP_LENGTH}`,
        GROUP_LENGTH * context.plan.groupCount,
        GROUP_LENGTH,
      ),
    ],
  ],
};

/**
 * @param {Context} context
 * @param {string} row
 * @param {number} count
 * @param {number} groupLength
 */
async function measure({ peer, folder: parent }, row, count, groupLength) {
  const folder = join(parent, `groups-of-${groupLength}`);
  mkdirSync(folder);
  const log = abilityOf(peer, 'log');
  const records = makeLogRecords(count);
  const groups = groupsOf(
    records.map((record) => log.entryOf(record)),
    groupLength,
  );
  const writer = await log.create(folder);
  const { seconds, otherCores } = await timeOnce(async () => {
    for (const group of groups) await writer.append(group);
  });
  await writer.close();
  await assertContents(peer, folder, records);
  return { row, value: count / seconds, otherCores };
}
