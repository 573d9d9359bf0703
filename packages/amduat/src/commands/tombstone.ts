import { formatReference } from '@amduat/asl-core';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseReferences, parseU32 } from '../parse.js';
import { changeResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat tombstone`: decides that artifacts are inadmissible until that is lifted. */
export const registerTombstone: Register = (program, action) => {
  program
    .command('tombstone')
    .description('decide that artifacts are inadmissible, until each tombstone is lifted')
    .argument('<ref...>', 'references, present or not')
    .option('--reason <n>', 'a number for your own use', parseU32, 0)
    .action(
      action(async (run, texts: string[], options: { reason: number }) => {
        const references = parseReferences(texts);
        await withWriter(run, async (writer) => {
          for (const reference of references) {
            const logseq = await writer.tombstone(reference, options.reason);
            const ref = formatReference(reference);
            run.output.result(changeResult, { ref, logseq: logseq.toString() }, `${ref} tombstone ${logseq}`);
          }
        });
        return EXIT.done;
      }),
    );
};
