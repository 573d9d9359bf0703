import { randomBytes } from 'node:crypto';
import { ACP_VERSION, type Answer, type Hello, NoAnswer, quote, readAnswers, readHello } from './acp.js';
import { Child, type ChildOptions } from './child.js';
import {
  AdapterUnusable,
  type Asked,
  type Broken,
  type Conversation,
  type Exchange,
} from './conversation.js';
import type { LineFault } from './lines.js';

const MEBIBYTE = 2 ** 20;
const HELLO_MS = 30_000;
const REQUEST_MS = 5000;
const MEBIBYTE_MS = 1000;
const END_MS = 5000;

const FAULTS: Readonly<Record<LineFault, string>> = {
  'too-long': 'a line of more than 16 MiB',
  'not-utf8': 'a line that is not UTF-8',
  'no-line-feed': 'its output ended inside a line',
};

/** How an adapter is started and how patient the runner is. */
export interface ProcessOptions extends ChildOptions {
  /** The identity of the suite, for `hello`. */
  readonly suite: string;
  /** What all times are multiplied with. */
  readonly slow: number;
}

/**
 * Starts an adapter and asks it `hello`.
 *
 * @throws AdapterUnusable when it gives no proper answer.
 */
export async function startAdapter(options: ProcessOptions): Promise<Conversation> {
  const adapter = new AdapterProcess(options);
  try {
    await adapter.greet(options.suite);
    return adapter;
  } catch (error) {
    await adapter.stop();
    throw error;
  }
}

const NO_HELLO: Hello = {
  acp: ACP_VERSION,
  impl: { name: '?', version: '?' },
  ops: [],
  features: [],
  limits: { line: MEBIBYTE, window: 1, batch: 1 },
};

/** One process that speaks ACP/1. */
class AdapterProcess implements Conversation {
  readonly #child: Child;
  readonly #slow: number;
  readonly #answered = new Map<string, Asked>();
  #unanswered = new Map<string, Asked>();
  #answers = new Map<Asked, Answer>();
  #hello = NO_HELLO;
  #idCount = 0;
  #broken: Broken | undefined;
  #ended: string | undefined;
  #closing = false;
  #cut = '';
  #wake = () => {};

  constructor(options: ProcessOptions) {
    this.#slow = options.slow;
    this.#child = new Child(options, {
      line: (text) => this.#takeLine(text),
      fault: (what) => this.#takeFault(what),
      ended: (how) => this.#takeEnd(how),
    });
  }

  get hello(): Hello {
    return this.#hello;
  }

  async greet(suite: string): Promise<void> {
    const asked: Asked = { op: 'hello', in: { acp: ACP_VERSION, suite }, length: 0 };
    const { answers, broken } = await this.#exchange([asked], HELLO_MS);
    if (broken !== undefined) throw new AdapterUnusable(`hello: ${broken.message}`, broken.stderr);
    const hello = readHello(answers.get(asked) as Answer);
    if (typeof hello === 'string') throw new AdapterUnusable(hello, this.#child.stderr);
    this.#hello = hello;
  }

  async ask(requests: readonly Asked[]): Promise<Exchange> {
    return await this.#exchange(requests, REQUEST_MS);
  }

  async control(op: 'ping' | 'reset'): Promise<Broken | undefined> {
    const asked: Asked = { op, in: {}, length: 0 };
    const { answers, broken } = await this.#exchange([asked], REQUEST_MS);
    if (broken !== undefined) return broken;
    const answer = answers.get(asked) as Answer;
    if ('ok' in answer && Object.keys(answer.ok).length === 0) return undefined;
    return this.#break('protocol-error', `${op} was answered with ${quote(JSON.stringify(answer))}`);
  }

  async end(): Promise<{ broken?: Broken; remark?: string }> {
    this.#closing = true;
    this.#child.closeInput();
    const deadline = Date.now() + END_MS * this.#slow;
    while (this.#ended === undefined && this.#broken === undefined && Date.now() < deadline) {
      await this.#event(deadline);
    }
    await this.stop();
    if (this.#broken !== undefined) return { broken: this.#broken };
    if (this.#ended === undefined) return { remark: 'did not end when its input did, and was killed' };
    return this.#ended === 'ended with status 0' ? {} : { remark: `${this.#ended} when its input did` };
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }

  async #exchange(requests: readonly Asked[], patienceMs: number): Promise<Exchange> {
    this.#answers = new Map();
    const lines = packed(requests, this.#hello.limits);
    let sentCount = 0;
    let answeredCount = -1;
    let deadline = 0;
    while (this.#broken === undefined) {
      for (let next = lines[0]; next !== undefined && this.#hasRoom(next.length); next = lines[0]) {
        lines.shift();
        this.#send(next);
        sentCount += next.length;
        // Whatever was sent last is given its time.
        answeredCount = -1;
      }
      if (this.#unanswered.size === 0) break;
      if (this.#ended !== undefined) this.#break('crash', `${this.#ended} and had not answered${this.#cut}`);
      else if (this.#answers.size !== answeredCount) {
        answeredCount = this.#answers.size;
        deadline = Date.now() + this.#patience(patienceMs);
      } else if (Date.now() >= deadline) this.#break('hang', 'no answer in time');
      if (this.#broken === undefined) await this.#event(deadline);
    }
    this.#unanswered = new Map();
    const answers = this.#answers;
    return { answers, sentCount, ...(this.#broken !== undefined && { broken: this.#broken }) };
  }

  /** Each unanswered request may be the one that is worked on, or stand behind all others. */
  #patience(baseMs: number): number {
    let length = 0;
    for (const asked of this.#unanswered.values()) length += asked.length;
    return (baseMs + (length / MEBIBYTE) * MEBIBYTE_MS) * this.#slow;
  }

  #hasRoom(count: number): boolean {
    return this.#unanswered.size + count <= this.#hello.limits.window;
  }

  #send(requests: readonly Asked[]): void {
    const messages = requests.map((asked) => {
      // Not to be foreseen, so that no answer comes before its request.
      const id = `${++this.#idCount}-${randomBytes(4).toString('hex')}`;
      this.#unanswered.set(id, asked);
      return { id, op: asked.op, in: asked.in };
    });
    this.#child.send(JSON.stringify(messages.length === 1 ? messages[0] : { batch: messages }));
  }

  #takeLine(text: string): void {
    try {
      for (const { id, answer } of readAnswers(text)) this.#takeAnswer(id, answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#break('protocol-error', error.message);
    }
    this.#wake();
  }

  #takeAnswer(id: string, answer: Answer): void {
    // Whoever has talked nonsense is not believed any more.
    if (this.#broken !== undefined) return;
    const asked = this.#unanswered.get(id);
    if (asked === undefined) {
      const earlier = this.#answered.get(id);
      const what =
        earlier === undefined ? 'an answer that nobody asked for' : 'a second answer to one request';
      this.#break('protocol-error', what, earlier);
      return;
    }
    this.#unanswered.delete(id);
    this.#answered.set(id, asked);
    this.#answers.set(asked, answer);
  }

  #takeFault(what: LineFault): void {
    // Half a line says nothing, unless nothing is left to be said.
    if (what !== 'no-line-feed' || this.#closing) this.#break('protocol-error', FAULTS[what]);
    else this.#cut = `; ${FAULTS[what]}`;
  }

  #takeEnd(how: string): void {
    this.#ended = how;
    this.#wake();
  }

  /** The first fault is the one that is told; the process is of no use after it. */
  #break(kind: Broken['kind'], message: string, blamed?: Asked): Broken {
    if (this.#broken === undefined) {
      const { stderr } = this.#child;
      this.#broken = { kind, message, stderr, ...(blamed !== undefined && { blamed }) };
      this.#child.kill();
    }
    this.#wake();
    return this.#broken;
  }

  /** Waits until something came, or until the deadline. */
  async #event(deadline: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadline - Date.now()));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

/** The requests that stand in one line each, as the adapter's limits allow. */
function packed(requests: readonly Asked[], { batch, window, line }: Hello['limits']): Asked[][] {
  const lines: Asked[][] = [];
  let length = 0;
  for (const asked of requests) {
    const last = lines.at(-1);
    const own = requestLength(asked, batch);
    if (last !== undefined && last.length < Math.min(batch, window) && length + own <= line) {
      last.push(asked);
      length += own;
    } else {
      lines.push([asked]);
      length = own;
    }
  }
  return lines;
}

/** Room for the id, the keys and the brackets around. */
const REQUEST_OVERHEAD = 64;

function requestLength({ op, in: given }: Asked, batch: number): number {
  if (batch === 1) return 0;
  return Buffer.byteLength(JSON.stringify(given)) + op.length + REQUEST_OVERHEAD;
}
