import { formatReference } from '@amduat/asl-core';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseReferences } from '../parse.js';
import { changeResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat publish`: shows artifacts to other domains from here on. */
export const registerPublish: Register = registerChange(
  'publish',
  'show artifacts to other domains, from here on',
);

/** `amduat unpublish`: ends that from here on; what was published before stays so at the positions before. */
export const registerUnpublish: Register = registerChange(
  'unpublish',
  'show artifacts to other domains no longer, from here on',
);

function registerChange(name: 'publish' | 'unpublish', description: string): Register {
  return (program, action) => {
    program
      .command(name)
      .description(description)
      .argument('<ref...>', 'references, present or not')
      .action(
        action(async (run, texts: string[]) => {
          const references = parseReferences(texts);
          await withWriter(run, async (writer) => {
            const logseq = await writer[name](references);
            for (const reference of references) {
              const ref = formatReference(reference);
              run.output.result(
                changeResult,
                { ref, logseq: logseq.toString() },
                `${ref} ${name}ed at ${logseq}`,
              );
            }
          });
          return EXIT.done;
        }),
      );
  };
}
