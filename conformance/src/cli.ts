import { type Command, InvalidArgumentError } from 'commander';
import { diffCommand } from './commands/diff.js';
import { doctorCommand } from './commands/doctor.js';
import { knownCommand } from './commands/known.js';
import { listCommand } from './commands/list.js';
import { reproCommand } from './commands/repro.js';
import { type RunFlags, runCommand } from './commands/run.js';
import { verifyReportCommand } from './commands/verify-report.js';
import { AdapterUnusable } from './conversation.js';
import { EXIT } from './exit-codes.js';
import type { Io } from './io.js';
import { UsageError } from './usage-error.js';

/**
 * Adds the commands of the suite to a program or to one of its commands.
 *
 * @param parent - is given no action of its own.
 * @param io - where they run and answer.
 * @param done - told the exit status; a wrong command line is thrown, by commander.
 */
export function registerConformance(parent: Command, io: Io, done: (exitCode: number) => void): void {
  const action =
    <A extends unknown[]>(body: (io: Io, ...args: A) => number | Promise<number>) =>
    async (...all: unknown[]) => {
      // The last argument is the command itself.
      done(await guarded(io, async () => await body(io, ...(all.slice(0, -1) as A))));
    };
  const usage = fullName(parent);
  addSelection(addStartOptions(parent.command('run').description('hold an adapter to the vectors')))
    .option('--isolate', 'ask each request in a process of its own')
    .option('--known <file>', 'the failures that are known')
    .option('--json <file>', 'write the report')
    .option('--order <seed>', 'of the order in the second surroundings', wholeNumber, 1)
    .action(action((own, command: string[], flags: RunFlags) => runCommand(own, command, flags, usage)));
  addSelection(parent.command('list').description('list vectors')).action(action(listCommand));
  addStartOptions(
    parent.command('doctor').description('ask an adapter ten simple vectors and give advice'),
  ).action(action(doctorCommand));
  parent
    .command('repro')
    .description('print a line for the shell that asks an adapter one vector')
    .argument('<id>', 'of a vector')
    .argument('[command...]', 'starts the adapter')
    .action(action(reproCommand));
  parent
    .command('diff')
    .description('compare two reports')
    .argument('<old>')
    .argument('<new>')
    .action(action(diffCommand));
  parent
    .command('known')
    .description('add lines for the failures of a report to a list of known ones, to be filled in')
    .argument('<file>', 'the list')
    .argument('<report>')
    .action(action(knownCommand));
  parent
    .command('verify-report')
    .description('recompute what a report says of its lines')
    .argument('<file>')
    .action(action(verifyReportCommand));
}

/** How an adapter is started. */
function addStartOptions(command: Command): Command {
  return command
    .usage('[options] -- COMMAND…')
    .argument('<command...>', 'starts the adapter')
    .option('--slow <factor>', 'what all times are multiplied with', factor, 1)
    .option('--env <name>', 'hand on a variable; may be repeated', collected)
    .option('--acp-fd', 'answers come on the descriptor in ACP_FD');
}

/** Which vectors a command is about. */
function addSelection(command: Command): Command {
  return command
    .option('--profile <id>', 'those of a profile, which is then claimed; may be repeated', collected)
    .option(
      '--only <what>',
      'vectors by ID, with * for any text, clause or flag; may be repeated',
      collected,
    );
}

function fullName(command: Command): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function collected(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It is no whole number.');
  return Number(text);
}

function factor(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('It is no factor.');
  return value;
}

/** Whatever goes wrong has a status and is said. */
async function guarded({ stderr }: Io, body: () => Promise<number>): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof AdapterUnusable) {
      stderr.write(`the adapter cannot be used: ${error.message}\n`);
      for (const text of error.stderr.trimEnd().split('\n').slice(-20))
        if (text !== '') stderr.write(`| ${text}\n`);
      return EXIT.unusable;
    }
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n`);
      return EXIT.usage;
    }
    stderr.write(`a fault of the runner: ${error instanceof Error ? error.stack : String(error)}\n`);
    return EXIT.internal;
  }
}
