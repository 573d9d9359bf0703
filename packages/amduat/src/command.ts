import type { Command } from 'commander';
import type { Output, Surroundings } from './output.js';

/** What a command is given: where it runs, where it answers, and the options that all commands share. */
export interface Run {
  readonly surroundings: Surroundings;
  readonly output: Output;
  /** `--store`, if it was given. */
  readonly store: string | undefined;
}

/** Adds one command to the program; what it returns is the exit code. */
export type Register = (program: Command, action: Action) => void;

/** Wraps what a command does, so that every command ends the same way. */
export type Action = <A extends unknown[]>(
  body: (run: Run, ...args: A) => Promise<number>,
) => (...args: [...A, Command]) => Promise<void>;
