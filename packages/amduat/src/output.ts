import type { Writable } from 'node:stream';
import pc from 'picocolors';
import type { z } from 'zod';
import { describeFailure } from './errors.js';

/** Where a command says what it has to say: results on standard output, everything else on standard error. */
export interface Output {
  /** Whether results are JSON lines. */
  readonly json: boolean;
  /** One result: a JSON line that its schema has checked, or `text`, which may be empty. */
  result<T>(schema: z.ZodType<T>, value: T, text: string): void;
  /** Bytes of an artifact, on standard output; resolves when more can be taken. */
  bytes(bytes: Uint8Array): Promise<void>;
  /** A remark for people; left out where results are JSON. */
  note(text: string): void;
  /** A failure; gives its exit code. */
  failure(error: unknown, context?: Readonly<Record<string, string>>): number;
}

/** The streams and the environment a command runs in. */
export interface Surroundings {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by Ctrl-C, and when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

/** Makes an {@link Output} for one run. Colours follow NO_COLOR, FORCE_COLOR and whether a terminal is there. */
export function createOutput(surroundings: Surroundings, json: boolean): Output {
  const { stdout, stderr, env } = surroundings;
  const colors = pc.createColors(
    env['NO_COLOR'] === undefined && (env['FORCE_COLOR'] !== undefined || stderr.isTTY === true),
  );
  return {
    json,
    result(schema, value, text) {
      const line = json ? JSON.stringify(schema.parse(value)) : text;
      if (line !== '') stdout.write(`${line}\n`);
    },
    bytes: (bytes) =>
      new Promise((resolve, reject) => {
        stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    note(text) {
      if (!json) stderr.write(`${colors.dim(text)}\n`);
    },
    failure(error, context = {}) {
      const failure = describeFailure(error);
      if (json) stderr.write(`${JSON.stringify({ error: { ...failure.json, ...context } })}\n`);
      else {
        const where = Object.values(context).map((value) => `${value}: `);
        stderr.write(`${colors.red('amduat:')} ${where.join('')}${failure.text}\n`);
        if (failure.hint !== undefined) stderr.write(`  ${failure.hint}\n`);
      }
      return failure.exitCode;
    },
  };
}
