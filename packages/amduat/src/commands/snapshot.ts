import { formatHex } from '@amduat/asl-core';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { snapshotResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat snapshot`: sums the store up in roots and anchors that in its log. */
export const registerSnapshot: Register = (program, action) => {
  program
    .command('snapshot')
    .description('sum the store up in roots, and anchor them in its log')
    .action(
      action(async (run) => {
        await withWriter(run, async (writer) => {
          const { state, anchor, roots, manifestHash, added } = await writer.snapshot();
          const result = {
            snapshotId: formatHex(state.snapshotId),
            position: state.position.toString(),
            anchor: anchor.toString(),
            added,
            stateRoot: formatHex(roots.stateRoot),
            publicRoot: formatHex(roots.publicRoot),
            contentRoot: formatHex(roots.contentRoot),
            manifest: formatHex(manifestHash),
          };
          run.output.result(
            snapshotResult,
            result,
            [
              `position     ${result.position}, ${added ? 'anchored' : 'anchored before'} at ${result.anchor}`,
              `snapshot     ${result.snapshotId}`,
              `StateRoot    ${result.stateRoot}`,
              `PublicRoot   ${result.publicRoot}`,
              `ContentRoot  ${result.contentRoot}`,
            ].join('\n'),
          );
        });
        return EXIT.done;
      }),
    );
};
