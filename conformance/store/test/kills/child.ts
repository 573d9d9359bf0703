import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What is being written when a process is killed. */
export const PHASES = ['W', 'B', 'S', 'L', 'D'] as const;
export type Phase = (typeof PHASES)[number];

/** What operations are done for: a snapshot, a cut, an install. */
export const DEEDS = ['N', 'C', 'I'] as const;
export type Deed = (typeof DEEDS)[number];

/** When a process is to be killed: as the operation of this number begins, of all or within deeds, or after some time. */
export type KillPlan =
  | { readonly phase: Phase; readonly number: number }
  | { readonly within: Deed; readonly number: number }
  | { readonly afterMs: number };

/** One line of what a writer says. */
export interface Acknowledged {
  readonly file: number;
  readonly ref: string;
}

/** How a process ended. */
interface Killed {
  readonly killed: boolean;
  /** What had begun and not ended: letters of operations and deeds. */
  readonly inFlight: readonly string[];
  /** The whole lines of JSON it has written. */
  readonly lines: readonly unknown[];
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

const INGEST = fileURLToPath(new URL('ingest.mjs', import.meta.url));

/** Runs a writer until it has put everything, or was killed as planned. */
export async function runAndKill(args: readonly string[], plan: KillPlan): Promise<Ended> {
  const { killed, inFlight, lines } = await runScript(INGEST, args, plan);
  const [hello, ...acknowledged] = lines as [Ended['hello'], ...(Acknowledged | { failed: string })[]];
  for (const line of acknowledged) if ('failed' in line) throw new Error(line.failed);
  return {
    killed,
    inFlight: PHASES.filter((phase) => inFlight.includes(phase)),
    hello,
    acknowledged: acknowledged as Acknowledged[],
  };
}

/** Runs a script until it ends, or was killed as planned. */
export async function runScript(script: string, args: readonly string[], plan: KillPlan): Promise<Killed> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
  const operations = child.stdio[3] as Readable;
  const letters = new Letters();
  operations.on('data', (piece: Buffer) => {
    for (const letter of piece.toString('latin1')) {
      letters.add(letter);
      if (letters.isDue(letter, plan)) child.kill('SIGKILL');
    }
  });
  const timer = 'afterMs' in plan ? setTimeout(() => child.kill('SIGKILL'), plan.afterMs) : undefined;
  const said: Buffer[] = [];
  (child.stdout as Readable).on('data', (piece: Buffer) => said.push(piece));
  // Everything that was written before the end has been read by then.
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(timer);
  if (signal !== 'SIGKILL' && exitCode !== 0) throw new Error(`${script} ended with ${exitCode ?? signal}`);
  // A line that was cut off said nothing.
  const lines = Buffer.concat(said).toString().split('\n').slice(0, -1);
  return {
    killed: signal === 'SIGKILL',
    inFlight: letters.inFlight(),
    lines: lines.map((line): unknown => JSON.parse(line)),
  };
}

/** What a process has told on its descriptor 3. */
class Letters {
  readonly #counts = new Map<string, number>();
  /** How many operations began within each deed. */
  readonly #within = new Map<string, number>();

  add(letter: string): void {
    this.#counts.set(letter, this.#count(letter) + 1);
    if (letter !== letter.toUpperCase() || (DEEDS as readonly string[]).includes(letter)) return;
    for (const deed of DEEDS)
      if (this.#isInFlight(deed)) this.#within.set(deed, (this.#within.get(deed) ?? 0) + 1);
  }

  /** Whether it is with this letter that the process is to be killed. */
  isDue(letter: string, plan: KillPlan): boolean {
    if ('afterMs' in plan) return false;
    if ('phase' in plan) return letter === plan.phase && this.#count(letter) === plan.number;
    return letter === letter.toUpperCase() && this.#within.get(plan.within) === plan.number;
  }

  inFlight(): string[] {
    return [...this.#counts.keys()].filter(
      (letter) => letter === letter.toUpperCase() && this.#isInFlight(letter),
    );
  }

  #isInFlight(letter: string): boolean {
    return this.#count(letter) > this.#count(letter.toLowerCase());
  }

  #count(letter: string): number {
    return this.#counts.get(letter) ?? 0;
  }
}
