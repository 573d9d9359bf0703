import { resolve } from 'node:path';
import { formatReference, isAslError } from '@amduat/asl-core';
import type { PutOptions, PutResult, PutSource, Writer } from '@amduat/asl-store';
import type { Register, Run } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { type Input, walkInputs } from '../inputs.js';
import { parseU32 } from '../parse.js';
import { formatBytes, type Progress, startProgress } from '../progress.js';
import { putResult } from '../schemas.js';
import { withWriter } from '../session.js';

/** `amduat put`: stores files, folders or standard input. */
export const registerPut: Register = (program, action) => {
  program
    .command('put')
    .description('store files, folders with all files below them, or standard input')
    .argument('<path...>', 'files and folders; - for standard input')
    .option('--publish', 'publish what is put')
    .option('--type-tag <n>', 'type tag of the artifacts', parseU32)
    .action(
      action((run, paths: string[], options: PutOptions) =>
        withWriter(run, (writer) => new Putting(run, writer, options).all(paths)),
      ),
    );
};

/** Puts of one command line; each is announced in its turn, once it is durable and never before. */
class Putting {
  readonly #run: Run;
  readonly #writer: Writer;
  readonly #options: PutOptions;
  #progress: Progress | undefined;
  #announced: Promise<void> = Promise.resolve();
  #count = 0;
  #length = 0n;
  #exitCode: number = EXIT.done;

  constructor(run: Run, writer: Writer, options: PutOptions) {
    this.#run = run;
    this.#writer = writer;
    this.#options = options;
  }

  async all(paths: readonly string[]): Promise<number> {
    const { signal } = this.#run.surroundings;
    const inputs: Input[] = [];
    for await (const input of this.#inputs(paths)) inputs.push(input);
    const total = inputs.reduce((sum, input) => sum + ('length' in input ? input.length : 0), 0);
    this.#progress = startProgress(this.#run, 'put', total);
    try {
      for (const input of inputs) {
        if (signal.aborted) break;
        await this.#one(input);
      }
      // Ctrl-C too seals what was put: it is announced, and the store is sound.
      await this.#writer.seal();
      await this.#announced;
    } finally {
      this.#progress.stop();
    }
    this.#run.output.note(`${this.#count} artifacts, ${formatBytes(Number(this.#length))}`);
    return signal.aborted ? EXIT.interrupted : this.#exitCode;
  }

  async *#inputs(paths: readonly string[]): AsyncGenerator<Input> {
    for (const path of paths) {
      if (path === '-') yield { path, length: 0 };
      else yield* walkInputs(path, this.#run.surroundings.cwd);
    }
  }

  async #one(input: Input): Promise<void> {
    if ('error' in input) {
      this.#fail(input.path, input.error);
      return;
    }
    try {
      this.#announce(input.path, await this.#writer.put(this.#sourceOf(input.path), this.#options));
    } catch (error) {
      // One file that cannot be put does not keep the others out; a writer that has stopped does, and for no fault of
      // the file that comes next.
      if (isAslError(error) && STOPPING.has(error.code)) throw error;
      this.#fail(input.path, error);
    }
  }

  #sourceOf(path: string): PutSource {
    const { stdin, cwd } = this.#run.surroundings;
    return path === '-' ? (stdin as AsyncIterable<Uint8Array>) : { path: resolve(cwd, path) };
  }

  #announce(path: string, { reference, length, sealed }: PutResult): void {
    this.#count++;
    this.#length += length;
    this.#progress?.update(Number(this.#length));
    const ref = formatReference(reference);
    const before = this.#announced;
    this.#announced = sealed.then(async (logseq) => {
      await before;
      this.#run.output.result(putResult, { path, ref, logseq: logseq.toString() }, `${ref} ${path}`);
    });
    this.#announced.catch(() => {});
  }

  #fail(path: string, error: unknown): void {
    this.#exitCode = this.#run.output.failure(error, { path });
  }
}

/** After these nothing more can be put. */
const STOPPING: ReadonlySet<string> = new Set(['STORE.WRITER_STOPPED', 'STORE.FENCED']);
