import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach } from 'vitest';
import { main } from '../src/main.js';
import { type Report, reportSchema } from '../src/report.js';

/** How a command ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly today?: string;
}

/** Runs a command in this process. */
export async function conformance(
  args: readonly string[],
  { env = process.env, cwd = process.cwd(), today = '2031-05-17' }: CommandOptions = {},
): Promise<Ended> {
  const [stdout, stderr] = [collector(), collector()];
  const exitCode = await main(args, { stdout: stdout.stream, stderr: stderr.stream, env, cwd, today });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collector() {
  const pieces: string[] = [];
  const stream = new Writable({
    write(piece: Buffer, _, done) {
      pieces.push(piece.toString());
      done();
    },
  });
  return { stream, text: () => pieces.join('') };
}

/** Runs `run`, with a report. */
export async function runWithReport(
  flags: readonly string[],
  command: readonly string[],
  options?: CommandOptions,
): Promise<Ended & { readonly file: string; readonly report: Report }> {
  const file = join(temporaryFolder(), 'report.json');
  const ended = await conformance(['run', ...flags, '--json', file, '--', ...command], options);
  return { ...ended, file, report: reportSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) };
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'amduat-conformance-'));
  folders.push(folder);
  return folder;
}

/** A process that has ended and that nobody has waited for is not running. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}
