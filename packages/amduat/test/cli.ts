import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/amduat.mjs', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  /** Runs it as a user without root's rights, who can read everything that is readable for all. */
  readonly unprivileged?: boolean;
}

const NOBODY = 65534;

function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { AMDUAT_STORE: _, ...rest } = process.env;
  return { ...rest, ...env };
}

/** Runs the built command in a process of its own. */
export function amduat(args: readonly string[], { cwd, env, input, unprivileged }: CliOptions = {}): Ended {
  const asNobody = unprivileged === true && process.getuid?.() === 0;
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    input,
    env: environment(env),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    ...(asNobody && { uid: NOBODY, gid: NOBODY }),
  });
  return { exitCode: status, stdout, stderr };
}

/** Starts the built command, with pipes. */
export function startAmduat(args: readonly string[], { cwd, env }: CliOptions = {}) {
  return spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** The objects of JSON lines. */
export function lines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const folders: string[] = [];

/** A folder that goes when the test has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'amduat-cli-'));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
