// @ts-check
import { makeLogRecords } from '../data.mjs';
import { rateOf } from '../meter.mjs';
import { abilityOf, assertAnswer } from '../peer-data.mjs';
import { assertContents, GROUP_LENGTH, groupsOf } from './log-records.mjs';

/** @import { Plan, Workload } from '../workloads.mjs' */

/** @type {Workload} */
export const replay = {
  name: 'replay',
  needs: 'log',
  about: (plan) =>
    `opens a log of ${countOf(plan)} records and reads all of it in order (amduat: verified, up to the state it gives)`,
  rows: [
    {
      name: 'replay',
      unit: 'records/s',
      limit: (limits) => ({
        value: limits.get('sha256 of 128 octets') ?? Number.NaN,
        what: 'one core hashing each record once',
      }),
    },
  ],
  phases: [
    async ({ peer, plan, folder }) => {
      const log = abilityOf(peer, 'log');
      const entries = makeLogRecords(countOf(plan)).map((record) => log.entryOf(record));
      const writer = await log.create(folder);
      for (const group of groupsOf(entries, GROUP_LENGTH)) await writer.append(group);
      await writer.close();
      return [];
    },
    async ({ peer, plan, folder }) => {
      const log = abilityOf(peer, 'log');
      const count = countOf(plan);
      await assertContents(peer, folder, makeLogRecords(count));
      const rate = await rateOf(plan, count, async () => {
        assertAnswer(peer, 'records replayed', await log.replay(folder), count);
      });
      return [{ row: 'replay', ...rate }];
    },
  ],
};

/** @param {Plan} plan */
function countOf({ groupCount }) {
  return GROUP_LENGTH * groupCount;
}
