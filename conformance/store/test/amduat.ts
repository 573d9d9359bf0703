import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is installed. */
export const AMDUAT = fileURLToPath(new URL('../node_modules/amduat/bin/amduat.mjs', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  /** Lines of JSON. */
  readonly results: readonly Line[];
  /** Errors, as they stand in JSON on standard error. */
  readonly errors: readonly ErrorLine[];
}

export type Line = Readonly<Record<string, unknown>>;

export interface ErrorLine {
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What a command is given beside its arguments. */
export interface Given {
  readonly input?: string;
  readonly uid?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command with --json and waits for its end. */
export function amduat(args: readonly string[], options: Given = {}): Ended {
  const { input, uid, cwd, env } = options;
  const { status, stdout, stderr } = spawnSync(process.execPath, [AMDUAT, ...args, '--json'], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...environment(), ...env },
    ...(cwd !== undefined && { cwd }),
    ...(uid !== undefined && { uid, gid: uid }),
  });
  return { exitCode: status, results: linesOf(stdout), errors: errorsOf(stderr) };
}

/** Starts the command. */
export function startAmduat(args: readonly string[], stdio: SpawnOptions['stdio']): ReturnType<typeof spawn> {
  return spawn(process.execPath, [AMDUAT, ...args], { stdio, env: environment() });
}

/** The objects of those lines that are whole. */
export function linesOf(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Between errors, standard error may tell of progress. */
function errorsOf(text: string): ErrorLine[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{"error"'));
  return lines.map((line) => (JSON.parse(line) as { error: ErrorLine }).error);
}

/** Nothing but what a test says names a store. */
function environment(): NodeJS.ProcessEnv {
  const { AMDUAT_STORE: _, ...rest } = process.env;
  return rest;
}
