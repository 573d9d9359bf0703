import { createWriteStream } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { ACP_VERSION, type Answer, type Hello, helloSchema } from './acp.js';
import type { Asked, Conversation, Exchange } from './conversation.js';
import { LineSplitter } from './lines.js';
import { expandRecipes } from './recipes.js';
import type { Operations } from './run-vectors.js';
import { digestOf, HEX_DIGITS_MAX, isHex } from './values.js';

/** What an adapter of functions is made of. */
export interface AdapterDefinition {
  readonly impl: { readonly name: string; readonly version: string; readonly language?: string };
  /** The optional capabilities it has, such as `blake3`. */
  readonly features?: readonly string[];
  /**
   * Operation name → what takes an `in`, with recipes spelled out, and gives its `ok`, or throws an error whose `code` is
   * that of the refusal. What the way back of a roundtrip asks for is the inverse operation.
   */
  readonly operations: Operations;
}

/** An adapter whose answers are functions; the same one may be asked in this process, or be served as another. */
export interface FunctionAdapter {
  readonly hello: Hello;
  answer(op: string, given: unknown): Answer;
}

/** Makes an adapter of functions. */
export function defineAdapter({ impl, features = [], operations }: AdapterDefinition): FunctionAdapter {
  const hello = helloSchema.parse({ acp: ACP_VERSION, impl, ops: Object.keys(operations), features });
  return { hello, answer: (op, given) => answerOf(operations, op, given) };
}

function answerOf(operations: Operations, op: string, given: unknown): Answer {
  const operation = Object.hasOwn(operations, op) ? operations[op] : undefined;
  if (operation === undefined) return { unsupported: { reason: `there is no ${op}` } };
  try {
    // By way of JSON, as another process would get it: a key whose value is undefined is not there.
    return { ok: JSON.parse(JSON.stringify(shortened(operation(expandRecipes(given) as never)))) };
  } catch (error) {
    return refusalOrFault(error);
  }
}

function refusalOrFault(error: unknown): Answer {
  const { code, message, stack } = Object(error) as Partial<NodeJS.ErrnoException>;
  const text = message ?? String(error);
  if (code !== undefined && /^[A-Z0-9_]+(\.[A-Z0-9_]+)+$/.test(code)) return { err: { code, native: text } };
  return { fault: { message: text, ...(stack !== undefined && { trace: stack }) } };
}

/** Digits of many bytes become their digest. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > HEX_DIGITS_MAX && isHex(value) ? digestOf(value) : value;
  }
  if (Array.isArray(value)) return value.map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shortened(member)]));
}

/** Asks an adapter of functions in this process; what it does to the process is not survived. */
export function converseInProcess(adapter: FunctionAdapter): Conversation {
  return {
    hello: adapter.hello,
    async ask(requests): Promise<Exchange> {
      const answers = new Map(requests.map((asked: Asked) => [asked, adapter.answer(asked.op, asked.in)]));
      return { answers, sentCount: requests.length };
    },
    control: async () => undefined,
    end: async () => ({}),
    stop: async () => {},
  };
}

/** Where an adapter is served. */
export interface ServeStreams {
  readonly input: Readable;
  readonly output: Writable;
}

/**
 * Serves an adapter of functions on standard input and output, or on the descriptor that ACP_FD names, until the input
 * ends.
 */
export async function serveStdio(adapter: FunctionAdapter, streams?: ServeStreams): Promise<void> {
  const { input, output } = streams ?? standardStreams();
  const splitter = new LineSplitter(Number.MAX_SAFE_INTEGER, {
    line: (text) => void output.write(`${JSON.stringify(served(adapter, JSON.parse(text) as ServedLine))}\n`),
    fault: (what) => {
      throw new Error(`the runner sent a line that is ${what}`);
    },
  });
  for await (const bytes of input) splitter.push(bytes as Uint8Array);
}

function standardStreams(): ServeStreams {
  const fd = process.env['ACP_FD'];
  const output = fd === undefined ? process.stdout : createWriteStream('', { fd: Number(fd) });
  return { input: process.stdin, output };
}

interface ServedRequest {
  readonly id: string;
  readonly op: string;
  readonly in: unknown;
}

type ServedLine = ServedRequest | { readonly batch: readonly ServedRequest[] };

function served(adapter: FunctionAdapter, line: ServedLine): unknown {
  if ('batch' in line) return { batch: line.batch.map((request) => served(adapter, request)) };
  return { id: line.id, ...answerTo(adapter, line) };
}

/** Functions keep nothing, so there is nothing to forget. */
function answerTo(adapter: FunctionAdapter, { op, in: given }: ServedRequest): Answer {
  if (op === 'hello') return { ok: adapter.hello };
  if (op === 'ping' || op === 'reset') return { ok: {} };
  return adapter.answer(op, given);
}
