import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What is being written when a process is killed. */
export const PHASES = ['W', 'B', 'S', 'L', 'D'] as const;
export type Phase = (typeof PHASES)[number];

/** When a process is to be killed: as the operation of this number begins, or after some time. */
export type KillPlan = { readonly phase: Phase; readonly number: number } | { readonly afterMs: number };

/** One line of what a writer says. */
export interface Acknowledged {
  readonly file: number;
  readonly ref: string;
}

export interface Ended {
  readonly killed: boolean;
  /** What had begun and not ended. */
  readonly inFlight: readonly Phase[];
  /** What the writer said first; undefined if it did not come so far. */
  readonly hello: { readonly epoch: string; readonly leftBehind: LeftBehind | null } | undefined;
  readonly acknowledged: readonly Acknowledged[];
}

export interface LeftBehind {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

const SCRIPT = fileURLToPath(new URL('ingest.mjs', import.meta.url));

/** Runs a writer until it has put everything, or was killed as planned. */
export async function runAndKill(args: readonly string[], plan: KillPlan): Promise<Ended> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const operations = child.stdio[3] as Readable;
  const counts = new Map<string, number>();
  operations.on('data', (letters: Buffer) => {
    for (const letter of letters.toString('latin1')) {
      const count = (counts.get(letter) ?? 0) + 1;
      counts.set(letter, count);
      if ('phase' in plan && letter === plan.phase && count === plan.number) child.kill('SIGKILL');
    }
  });
  const timer = 'afterMs' in plan ? setTimeout(() => child.kill('SIGKILL'), plan.afterMs) : undefined;
  const said: Buffer[] = [];
  (child.stdout as Readable).on('data', (piece: Buffer) => said.push(piece));
  // Everything that was written before the end has been read by then.
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(`the writer ended with ${exitCode ?? signal}`);
  const isInFlight = (phase: Phase) => (counts.get(phase) ?? 0) > (counts.get(phase.toLowerCase()) ?? 0);
  return {
    killed: signal === 'SIGKILL',
    inFlight: PHASES.filter(isInFlight),
    ...readLines(Buffer.concat(said)),
  };
}

function readLines(said: Buffer): Pick<Ended, 'hello' | 'acknowledged'> {
  // A line that was cut off said nothing.
  const [first, ...rest] = said
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  for (const line of rest) if ('failed' in line) throw new Error(line.failed);
  return { hello: first, acknowledged: rest };
}
