import tab from '@bomb.sh/tab/commander';
import { Command, CommanderError } from 'commander';
import type { Action, Register } from './command.js';
import { registerCheck } from './commands/check.js';
import { registerDiff } from './commands/diff.js';
import { registerGet } from './commands/get.js';
import { registerHead } from './commands/head.js';
import { registerInit } from './commands/init.js';
import { registerInstall } from './commands/install.js';
import { registerLift } from './commands/lift.js';
import { registerLog } from './commands/log.js';
import { registerProve } from './commands/prove.js';
import { registerPublish, registerUnpublish } from './commands/publish.js';
import { registerPut } from './commands/put.js';
import { registerRm } from './commands/rm.js';
import { registerSnapshot } from './commands/snapshot.js';
import { registerStatus } from './commands/status.js';
import { registerTombstone } from './commands/tombstone.js';
import { registerTruncate } from './commands/truncate.js';
import { registerVerify } from './commands/verify.js';
import { UsageError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { createOutput, type Surroundings } from './output.js';

const REGISTER: readonly Register[] = [
  registerInit,
  registerPut,
  registerGet,
  registerRm,
  registerTombstone,
  registerLift,
  registerPublish,
  registerUnpublish,
  registerSnapshot,
  registerTruncate,
  registerInstall,
  registerDiff,
  registerHead,
  registerProve,
  registerCheck,
  registerLog,
  registerStatus,
  registerVerify,
];

/**
 * Runs one command line.
 *
 * @param args - what stands after the program's name.
 * @param surroundings - streams, environment, folder and the signal of Ctrl-C.
 * @returns the exit code; nothing is thrown.
 */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = createProgram(surroundings);
  const outputOf = () =>
    createOutput(surroundings, program.opts<{ json?: boolean }>().json === true || args.includes('--json'));
  const action: Action =
    (body) =>
    async (...all) => {
      const command = all.pop() as Command;
      const { store, json } = command.optsWithGlobals<{ store?: string; json?: boolean }>();
      const output = createOutput(surroundings, json === true);
      exitCode = await body({ surroundings, output, store }, ...(all as never));
    };
  for (const register of REGISTER) register(program, action);
  tab(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return surroundings.signal.aborted && exitCode === EXIT.done ? EXIT.interrupted : exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return outputOf().failure(error);
    if (error.exitCode === 0) return EXIT.done;
    return outputOf().failure(new UsageError(error.message.replace(/^error: /, ''), 'amduat help'));
  }
}

function createProgram({ stdout, stderr }: Surroundings): Command {
  return new Command('amduat')
    .description(
      'A deterministic content-addressed store: what was put in comes back as it was, or not at all.',
    )
    .option('--store <dir>', 'the store; else AMDUAT_STORE, else the nearest one upwards')
    .option('--json', 'results as JSON lines on standard output, errors as JSON on standard error')
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: () => {},
    });
}
