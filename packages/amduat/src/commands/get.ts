import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatReference, parseReference } from '@amduat/asl-core';
import type { View } from '@amduat/asl-store';
import type { Register, Run } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { parseRange, parseU64, type Range } from '../parse.js';
import { startProgress } from '../progress.js';
import { getResult } from '../schemas.js';
import { withStore } from '../session.js';

interface GetOptions {
  readonly at?: bigint;
  readonly range?: Range;
  readonly output?: string;
}

/** `amduat get`: gives an artifact back, verified. */
export const registerGet: Register = (program, action) => {
  program
    .command('get')
    .description('write an artifact, verified, to standard output or to a file')
    .argument('<ref>', 'reference')
    .option('--at <position>', 'as it was at a position of the log', parseU64)
    .option('--range <first-last>', 'only these bytes, both included, counted from 0', parseRange)
    .option('-o, --output <file>', 'write to a file, which is there whole or not at all')
    .action(
      action(async (run, text: string, options: GetOptions) => {
        if (run.output.json && options.output === undefined) {
          throw new UsageError('--json needs --output FILE: the artifact itself goes to standard output');
        }
        const reference = parseReference(text);
        return await withStore(run, async (store) => {
          const view = await store.at(options.at);
          const { verdict, record } = await view.stat(reference);
          const pieces = record && (await piecesOf(view, text, options.range));
          if (pieces === undefined) {
            run.output.note(`${text} is ${verdict} at ${view.state.position}`);
            return EXIT.negative;
          }
          const length = await write(run, pieces, options.output, Number(record?.length ?? 0n));
          if (options.output !== undefined) {
            const result = {
              ref: formatReference(reference),
              path: options.output,
              length: length.toString(),
            };
            run.output.result(getResult, result, '');
          }
          return EXIT.done;
        });
      }),
    );
};

async function piecesOf(
  view: View,
  text: string,
  range: Range | undefined,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const reference = parseReference(text);
  if (range === undefined) return await view.stream(reference);
  const bytes = await view.getRange(reference, range.first, range.last + 1n);
  return bytes && Readable.from([bytes]);
}

/** Writes pieces to standard output, or to a file that takes its name when it is whole; gives the number of octets. */
async function write(
  run: Run,
  pieces: AsyncIterable<Uint8Array>,
  file: string | undefined,
  total: number,
): Promise<bigint> {
  const progress = startProgress(run, 'get', total);
  let length = 0n;
  async function* counted() {
    for await (const piece of pieces) {
      run.surroundings.signal.throwIfAborted();
      length += BigInt(piece.length);
      progress.update(Number(length));
      yield piece;
    }
  }
  try {
    if (file === undefined) for await (const piece of counted()) await run.output.bytes(piece);
    else await writeFile(resolve(run.surroundings.cwd, file), counted());
  } finally {
    progress.stop();
  }
  return length;
}

async function writeFile(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), createWriteStream(partial, { flags: 'wx' }));
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
