import { Command, CommanderError } from 'commander';
import { registerConformance } from './cli.js';
import { EXIT } from './exit-codes.js';
import type { Io } from './io.js';

/**
 * Runs one command line.
 *
 * @param args - what stands after the program's name.
 * @returns the exit status; nothing is thrown.
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('amduat-conformance')
    .description('Holds an implementation of the Amduat specifications, in any language, to their vectors.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    });
  registerConformance(program, io, (status) => {
    exitCode = status;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    throw error;
  }
}
