import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startAdapter } from '../adapter-process.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { applyKnown, type KnownResult, parseKnown } from '../known.js';
import { isFailure } from '../outcome.js';
import { makeReport, type Report } from '../report.js';
import { type Case, type RunOptions, runVectors } from '../run.js';
import { type Selection, selectVectors } from '../selection.js';
import { shellLine } from '../shell.js';
import { loadSuite } from '../suite.js';
import { absoluteCommand, makeSurroundings } from '../surroundings.js';
import { colorsFor, describeFailures, describeSummary } from '../terminal.js';
import { readNamedFile } from '../usage-error.js';

/** How a process is started, as options of a command. */
export interface StartFlags {
  readonly slow: number;
  readonly env?: readonly string[];
  readonly acpFd?: boolean;
}

/** The options of `run`. */
export interface RunFlags extends StartFlags {
  readonly profile?: readonly string[];
  readonly only?: readonly string[];
  readonly isolate?: boolean;
  readonly known?: string;
  readonly json?: string;
  readonly order: number;
}

/**
 * Runs an adapter against the vectors.
 *
 * @param usage - the name that the commands are called by.
 */
export async function runCommand(
  io: Io,
  command: readonly string[],
  flags: RunFlags,
  usage: string,
): Promise<number> {
  const suite = loadSuite();
  const selection: Selection = {
    ...(flags.profile && { profiles: flags.profile }),
    ...(flags.only && { only: flags.only }),
  };
  const groups = selectVectors(suite, selection);
  // A list that cannot be read is told before anything is asked.
  const list = flags.known === undefined ? [] : parseKnown(readNamedFile(resolve(io.cwd, flags.known)));
  const result = await withStarter(io, command, flags, suite.identity, (start) =>
    runVectors({ suite, groups, start, seed: flags.order, isolate: flags.isolate === true }),
  );
  const report = makeReport(suite, selection, flags.order, result);
  if (flags.json !== undefined)
    writeFileSync(resolve(io.cwd, flags.json), `${JSON.stringify(report, null, 2)}\n`);
  const known = applyKnown(suite, list, report, io.today);
  tell();
  return exitCodeOf(report, known);

  function tell(): void {
    const colors = colorsFor(io.env, io.stderr.isTTY === true);
    const unknown = result.cases.filter(({ vector }) => !known.known.has(vector.id));
    const again = (one: Case) =>
      shellLine([...usage.split(' '), 'run', ...againWords(one, flags), '--', ...command]);
    const failures = describeFailures(suite, unknown, again, colors);
    if (failures !== '') io.stdout.write(`${failures}\n`);
    io.stdout.write(`${describeSummary(report, colors)}\n`);
    if (known.known.size > 0) io.stdout.write(`${known.known.size} failures are known\n`);
    for (const text of known.stale) io.stdout.write(`stale: ${text}\n`);
  }
}

/** More vectors than these are not named one by one. */
const NAMED_MAX = 8;

/** The options that ask one vector again; what happens only after many others needs them all. */
function againWords({ vector, judgement: { after = [] } }: Case, flags: RunFlags): string[] {
  const { slow, env = [], acpFd, profile = [], only = [], order } = flags;
  const all = after.length > NAMED_MAX;
  return [
    ...(slow === 1 ? [] : ['--slow', `${slow}`]),
    ...env.flatMap((name) => ['--env', name]),
    ...(acpFd === true ? ['--acp-fd'] : []),
    ...(all ? profile.flatMap((id) => ['--profile', id]) : []),
    ...(all ? only : [...after, vector.id]).flatMap((what) => ['--only', what]),
    ...(all && order !== 1 ? ['--order', `${order}`] : []),
  ];
}

/** Makes the surroundings of processes for as long as `body` takes. */
export async function withStarter<T>(
  { cwd, env }: Io,
  command: readonly string[],
  flags: StartFlags,
  identity: string,
  body: (start: RunOptions['start']) => Promise<T>,
): Promise<T> {
  const surroundings = makeSurroundings(env, flags.env ?? []);
  try {
    return await body((which) =>
      startAdapter({
        command: absoluteCommand(command, cwd),
        ...surroundings.of[which],
        otherFd: flags.acpFd === true,
        suite: identity,
        slow: flags.slow,
      }),
    );
  } finally {
    surroundings.remove();
  }
}

function exitCodeOf({ lines }: Report, { known, stale }: KnownResult): number {
  if (lines.some(({ outcome }) => outcome === 'not-run')) return EXIT.unusable;
  if (lines.some(({ id, outcome }) => isFailure(outcome) && !known.has(id))) return EXIT.failures;
  return stale.length > 0 ? EXIT.stale : EXIT.done;
}
