import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseU64 } from '../parse.js';
import { truncateResult } from '../schemas.js';
import { withStore } from '../session.js';

/** `amduat truncate`: drops the records of the log up to an anchored position. */
export const registerTruncate: Register = (program, action) => {
  program
    .command('truncate')
    .description(
      'drop the records of the log up to an anchored position; what is asked from there on stays as it is',
    )
    .option('--at <position>', 'the position; the last one that is anchored by default', parseU64)
    .action(
      action(async (run, options: { at?: bigint }) =>
        withStore(run, async (store) => {
          const base = await store.cut(options.at);
          run.output.result(truncateResult, { base: base.toString() }, `the log begins after ${base}`);
          return EXIT.done;
        }),
      ),
    );
};
