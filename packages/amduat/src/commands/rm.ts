import { formatReference } from '@amduat/asl-core';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseReferences } from '../parse.js';
import { changeResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat rm`: hides artifacts until they are put again. */
export const registerRm: Register = (program, action) => {
  program
    .command('rm')
    .description('hide artifacts until they are put again; refused for published ones')
    .argument('<ref...>', 'references')
    .action(
      action(async (run, texts: string[]) => {
        const references = parseReferences(texts);
        await withWriter(run, async (writer) => {
          const removals = [];
          for (const reference of references) {
            removals.push({ ref: formatReference(reference), ...(await writer.remove(reference)) });
          }
          await writer.seal();
          for (const { ref, sealed } of removals) {
            const logseq = await sealed;
            run.output.result(changeResult, { ref, logseq: logseq.toString() }, `${ref} hidden at ${logseq}`);
          }
        });
        return EXIT.done;
      }),
    );
};
