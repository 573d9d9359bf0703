import { formatHex } from '@amduat/asl-core';
import type { SnapshotAnchor } from '@amduat/asl-log';
import type { View } from '@amduat/asl-store';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseU64 } from '../parse.js';
import { statusResult } from '../schemas.js';
import { withStore } from '../session.js';

/** `amduat status`: says where a store stands. */
export const registerStatus: Register = (program, action) => {
  program
    .command('status')
    .description('position, SnapshotID and what is in the store')
    .option('--at <position>', 'as it was at a position of the log', parseU64)
    .action(
      action(async (run, options: { at?: bigint }) =>
        withStore(run, async (store, folder) => {
          const view = await store.at(options.at);
          const { name, open } = store.genesis;
          const result = {
            store: folder,
            domainId: formatHex(store.domainId),
            name,
            open,
            position: view.state.position.toString(),
            snapshotId: formatHex(view.state.snapshotId),
            anchored: anchoredAt(await store.anchors(), view.state.position),
            keys: await countKeys(view),
          };
          const { internal, published, inadmissible } = result.keys;
          run.output.result(
            statusResult,
            result,
            [
              `store       ${folder}`,
              `domain      ${result.domainId} (${name}, ${open ? 'open' : 'closed'})`,
              `position    ${result.position}`,
              `snapshot    ${result.snapshotId}`,
              `anchored    ${result.anchored === null ? 'never' : `${result.anchored.position}, at ${result.anchored.logseq}`}`,
              `artifacts   ${internal + published} (${published} published)`,
              `tombstones  ${inadmissible} inadmissible keys`,
            ].join('\n'),
          );
          return EXIT.done;
        }),
      ),
    );
};

/** The last anchor of a position. */
function anchoredAt(anchors: readonly SnapshotAnchor[], position: bigint) {
  const last = anchors.findLast(({ logseq }) => logseq <= position);
  if (last === undefined) return null;
  return {
    position: last.snapshotLogseq.toString(),
    logseq: last.logseq.toString(),
    stateRoot: formatHex(last.stateRoot),
    publicRoot: formatHex(last.publicRoot),
  };
}

async function countKeys(view: View): Promise<{ internal: number; published: number; inadmissible: number }> {
  const counts = { internal: 0, published: 0, inadmissible: 0, absent: 0 };
  for await (const { verdict } of view.entries()) counts[verdict]++;
  const { internal, published, inadmissible } = counts;
  return { internal, published, inadmissible };
}
