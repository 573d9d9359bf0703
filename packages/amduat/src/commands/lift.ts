import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseU64 } from '../parse.js';
import { liftResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat lift`: ends one tombstone. */
export const registerLift: Register = (program, action) => {
  program
    .command('lift')
    .description('end one tombstone, named by its logseq')
    .argument('<logseq>', 'of the tombstone, as amduat tombstone and amduat log show it', parseU64)
    .action(
      action(async (run, tombstone: bigint) => {
        await withWriter(run, async (writer) => {
          const logseq = await writer.lift(tombstone);
          const result = { lifted: tombstone.toString(), logseq: logseq.toString() };
          run.output.result(liftResult, result, `tombstone ${tombstone} lifted at ${logseq}`);
        });
        return EXIT.done;
      }),
    );
};
