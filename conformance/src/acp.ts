/**
 * The messages of ACP/1 (PROTOCOL.md).
 *
 * @module
 */

import { z } from 'zod';
import { parseStrictJson } from './strict-json.js';

/** The version of the protocol. */
export const ACP_VERSION = 1;

/** Octets of a line from an adapter. */
export const ANSWER_LINE_MAX: number = 16 * 2 ** 20;

const json = z.record(z.string(), z.unknown());
const code = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)+$/, 'expected an error code such as CORE.DIGEST');

const answers = {
  ok: json,
  err: z.strictObject({ code, native: z.string().optional() }),
  unsupported: z.strictObject({ reason: z.string(), issue: z.string().optional() }),
  fault: z.strictObject({ message: z.string(), trace: z.string().optional() }),
};

/**
 * What a request was answered. `wrong` is not sent: it stands for a line that has the id of a request and is no answer
 * otherwise, and says why.
 */
export type Answer =
  | { readonly ok: Readonly<Record<string, unknown>> }
  | { readonly err: z.infer<typeof answers.err> }
  | { readonly unsupported: z.infer<typeof answers.unsupported> }
  | { readonly fault: z.infer<typeof answers.fault> }
  | { readonly wrong: string };

/** An answer and the request it is for. */
export interface Message {
  readonly id: string;
  readonly answer: Answer;
}

/** A line, or a part of it, of which nobody can say which request it belongs to. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/**
 * Reads one line of an adapter.
 *
 * @returns its answers; of an object that has an id, what else is wrong with it is an answer `wrong`.
 * @throws NoAnswer when it is no JSON, no object, or an object without an id.
 */
export function readAnswers(line: string): Message[] {
  const value = parseLine(line);
  if ('batch' in value) {
    if (Object.keys(value).length > 1 || !Array.isArray(value['batch'])) throw new NoAnswer('no batch');
    return value['batch'].map((item) => readAnswer(item, line));
  }
  return [readAnswer(value, line)];
}

function parseLine(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseStrictJson(line);
  } catch (error) {
    throw new NoAnswer(`no JSON: ${(error as Error).message}: ${quote(line)}`);
  }
  if (!isObject(value)) throw new NoAnswer(`no object: ${quote(line)}`);
  return value;
}

function readAnswer(value: unknown, line: string): Message {
  if (!isObject(value) || typeof value['id'] !== 'string') throw new NoAnswer(`no id: ${quote(line)}`);
  const { id, ...rest } = value;
  const [key, ...others] = Object.keys(rest);
  if (key === undefined || others.length > 0 || !Object.hasOwn(answers, key)) {
    const wrong = `not exactly one of ok, err, unsupported, fault: ${quote(JSON.stringify(rest))}`;
    return { id, answer: { wrong } };
  }
  const parsed = answers[key as keyof typeof answers].safeParse(rest[key]);
  if (!parsed.success) return { id, answer: { wrong: firstIssue(parsed.error, key) } };
  return { id, answer: { [key]: parsed.data } as Answer };
}

const helloSchema = z.strictObject({
  acp: z.literal(ACP_VERSION),
  impl: z.strictObject({
    name: z.string().min(1),
    version: z.string().min(1),
    language: z.string().optional(),
    source: z.string().optional(),
  }),
  ops: z.array(z.string()).refine((ops) => new Set(ops).size === ops.length, 'an operation stands twice'),
  features: z.array(z.string()).default([]),
  limits: z
    .strictObject({
      line: z.int().min(1).default(1_048_576),
      window: z.int().min(1).max(1024).default(64),
      batch: z.int().min(1).default(1),
    })
    .default({ line: 1_048_576, window: 64, batch: 1 }),
});

/** What an adapter says of itself, with what it left out filled in. */
export type Hello = z.infer<typeof helloSchema>;

/** The same as a schema, for reports. */
export { helloSchema };

/** Reads the answer to `hello`; a text says what is wrong with it. */
export function readHello(answer: Answer): Hello | string {
  if (!('ok' in answer)) return `hello was answered with ${quote(JSON.stringify(answer))}`;
  const parsed = helloSchema.safeParse(answer.ok);
  return parsed.success ? parsed.data : `the answer to hello: ${firstIssue(parsed.error, 'ok')}`;
}

/** The first thing that a schema found wrong, with its path below `root`. */
export function firstIssue(error: z.ZodError, root: string): string {
  const issue = error.issues[0] as z.core.$ZodIssue;
  return `${[root, ...issue.path].join('.')}: ${issue.message}`;
}

const SHOWN_LENGTH = 120;

/** A text cut to what fits in a message. */
export function quote(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}… (${text.length} characters)` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
