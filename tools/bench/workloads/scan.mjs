// @ts-check
import { startDigestCheck } from '../digest-check.mjs';
import { rateOf } from '../meter.mjs';
import { abilityOf, assertAnswer, fillStore, itemsFor } from '../peer-data.mjs';

/** @import { Workload } from '../workloads.mjs' */

const ENTRY_LENGTH = 64;

/** @type {Workload} */
export const scan = {
  name: 'scan',
  needs: 'store',
  about: ({ itemCount }) =>
    `the digests of ${itemCount} items in ascending order (amduat: with everything the state says of each)`,
  rows: [
    {
      name: 'scan',
      unit: 'entries/s',
      limit: (limits) => ({
        value: (1e6 * (limits.get('memcpy') ?? Number.NaN)) / ENTRY_LENGTH,
        what: `a copy of ${ENTRY_LENGTH} octets an entry`,
      }),
    },
  ],
  phases: [
    async (context) => {
      await fillStore(context, itemsFor(context));
      return [];
    },
    async (context) => {
      const { peer, plan, folder } = context;
      const { digestOf, open } = abilityOf(peer, 'store');
      const digests = itemsFor(context).map((item) => digestOf(item));
      const expected = startDigestCheck();
      for (const digest of digests.sort(Buffer.compare)) expected.visit(digest);
      const reader = await open(folder);
      const pass = async () => {
        const check = startDigestCheck();
        await reader.scan?.(check.visit);
        assertAnswer(peer, 'scan', check.result(), expected.result());
      };
      await pass();
      const rate = await rateOf(plan, digests.length, pass);
      await reader.close();
      return [{ row: 'scan', ...rate }];
    },
  ],
};
