import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The two in which everything is asked. */
export type Which = 'first' | 'second';

const VARIABLES: Readonly<Record<Which, Readonly<Record<string, string>>>> = {
  first: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', TZ: 'UTC', PYTHONHASHSEED: '1' },
  second: { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati', PYTHONHASHSEED: '2' },
};

// Without these, Windows starts no process.
const SYSTEM = ['PATH', 'SystemRoot', 'COMSPEC', 'PATHEXT'];

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty folder and an environment for processes. */
export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes both surroundings, and folders that `remove` takes away. */
export function makeSurroundings(
  environment: Environment,
  handedOn: readonly string[],
): { readonly of: Readonly<Record<Which, Surroundings>>; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), 'acp-'));
  const folders: Record<Which, string> = {
    first: mkdtempSync(join(root, 'a-')),
    second: mkdtempSync(join(root, 'second-')),
  };
  const make = (which: Which): Surroundings => {
    const cwd = folders[which];
    const own = { HOME: cwd, TMPDIR: cwd, TEMP: cwd, TMP: cwd, ...VARIABLES[which] };
    return { cwd, env: { ...picked(environment, SYSTEM), ...own, ...picked(environment, handedOn) } };
  };
  return {
    of: { first: make('first'), second: make('second') },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function picked(environment: Environment, names: readonly string[]): Record<string, string> {
  const entries = names.map((name) => [name, environment[name]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The words of a command, with those that name a file from `cwd` made absolute: a process starts elsewhere. */
export function absoluteCommand(command: readonly string[], cwd: string): string[] {
  return command.map((word, index) => {
    // A program without a slash is looked for in PATH.
    if (index === 0 && !/[\\/]/.test(word)) return word;
    const path = resolve(cwd, word);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : word;
  });
}
