import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatReference, parseReference, type Reference } from '@amduat/asl-core';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';

import { type Proof, proveArtifact } from '../prove.js';
import { proveResult } from '../schemas.js';
import { headMemoryOf, withAuthority, withWriter } from '../session.js';

interface Options {
  readonly output: string;
  readonly referenceOnly?: boolean;
  readonly disclose?: boolean;
  readonly snapshot?: boolean;
}

/** `amduat prove`: writes the one file that shows what the domain says of an artifact. */
export const registerProve: Register = (program, action) => {
  program
    .command('prove')
    .description('write one file that proves, offline, what the domain says of an artifact')
    .argument('<ref>', 'a published artifact; an internal one with --disclose')
    .requiredOption('-o, --output <file>', 'where to write the proof')
    .option('--reference-only', 'leave the bytes out')
    .option('--disclose', 'prove an internal artifact; the file then carries the blind of the state')
    .option('--snapshot', 'anchor the store first')
    .action(
      action(async (run, text: string, options: Options) => {
        const reference = parseReference(text);
        if (options.snapshot === true) await withWriter(run, (writer) => writer.snapshot());
        return await withAuthority(run, async (store, authority) => {
          const proof = await proveArtifact(store, reference, {
            ...authority,
            memory: headMemoryOf(run.surroundings),
            referenceOnly: options.referenceOnly === true,
            disclose: options.disclose === true,
          });
          const path = resolve(run.surroundings.cwd, options.output);
          await writeFile(path, proof.file);
          const result = resultOf(path, reference, proof);
          if (proof.discloses) {
            run.output.note(
              `this proof carries the blind of position ${result.position}: with it, whoever knows the rest of an entry can ` +
                'find out whether it stands there',
            );
          }
          run.output.result(
            proveResult,
            result,
            `${path}: ${result.bytes} bytes prove ${result.ref} at position ${result.position}, under a head of ${result.size} records`,
          );
          return EXIT.done;
        });
      }),
    );
};

function resultOf(path: string, reference: Reference, { file, anchor, signed, discloses }: Proof) {
  return {
    path,
    ref: formatReference(reference),
    position: anchor.snapshotLogseq.toString(),
    anchor: anchor.logseq.toString(),
    size: signed.head.size.toString(),
    bytes: file.length,
    discloses,
  };
}
