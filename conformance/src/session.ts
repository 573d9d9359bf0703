import type { Answer, Hello } from './acp.js';
import { AdapterUnusable, type Asked, type Broken, type Conversation } from './conversation.js';

/** After so many in one group, the rest of the group is not asked. */
const GROUP_CULPRITS_MAX = 5;
/** After so many, nothing more is asked. */
const CULPRITS_MAX = 50;

/** A request that brought its process down, or made it talk nonsense. */
export interface Culprit {
  readonly broken: Broken;
  /** `stateful`: only after others. `unrepeated`: not again. Without it, alone in a new process as well. */
  readonly how?: 'stateful' | 'unrepeated';
  /** Of a stateful one, the requests of the shortest run before it. */
  readonly after?: readonly Asked[];
}

/** What became of a request. */
export type Reply = { readonly answer: Answer } | { readonly culprit: Culprit } | 'not-run';

/** How a session asks. */
export interface SessionOptions {
  /** Each request alone in a process of its own. */
  readonly isolate: boolean;
}

type Step = Asked | 'reset';

interface Break {
  readonly broken: Broken;
  /** Those that are most likely to blame, and those that may be as well. */
  readonly likely: readonly Asked[];
  readonly others: readonly Asked[];
}

/**
 * Asks groups of requests and finds out who is to blame when a process breaks, so that no request is the worse for
 * another.
 */
export class Session {
  readonly #start: () => Promise<Conversation>;
  readonly #isolate: boolean;
  readonly #replies = new Map<Asked, Reply>();
  readonly #remarks = new Set<string>();
  #conversation: Conversation | undefined;
  /** What the process that is running was asked. */
  #history: Step[] = [];
  #culpritCount = 0;

  constructor(start: () => Promise<Conversation>, { isolate }: SessionOptions) {
    this.#start = start;
    this.#isolate = isolate;
  }

  /** What became of every request so far. */
  get replies(): ReadonlyMap<Asked, Reply> {
    return this.#replies;
  }

  /** How processes ended that were not asked to end so. */
  get remarks(): ReadonlySet<string> {
    return this.#remarks;
  }

  /**
   * What the adapter says of itself.
   *
   * @throws AdapterUnusable when it does not.
   */
  async greet(): Promise<Hello> {
    return (await this.#current()).hello;
  }

  /**
   * Asks a group, after all that was asked before is forgotten.
   *
   * @throws AdapterUnusable when a process does not start any more; what was not asked then has no reply.
   */
  async askGroup(requests: readonly Asked[]): Promise<void> {
    if (this.#isolate) return await this.#askEachAlone(requests);
    let rest = requests;
    let culpritCount = 0;
    await this.#reset();
    while (rest.length > 0) {
      if (culpritCount >= GROUP_CULPRITS_MAX || this.#culpritCount >= CULPRITS_MAX) {
        for (const asked of rest) this.#replies.set(asked, 'not-run');
        return;
      }
      const found = await this.#ask(rest);
      if (found !== undefined) {
        culpritCount++;
        await this.#blame(found);
      }
      rest = rest.filter((asked) => !this.#replies.has(asked));
    }
  }

  /** Says that nothing more is asked. */
  async end(): Promise<void> {
    const conversation = this.#conversation;
    this.#conversation = undefined;
    if (conversation === undefined) return;
    const { broken, remark } = await conversation.end();
    if (remark !== undefined) this.#remarks.add(remark);
    if (broken !== undefined) await this.#blame(this.#breakOf(broken, []));
  }

  /** Lets go of the process, whatever it is doing. */
  async stop(): Promise<void> {
    await this.#conversation?.stop();
    this.#conversation = undefined;
  }

  async #ask(requests: readonly Asked[]): Promise<Break | undefined> {
    const conversation = await this.#current();
    const { answers, sentCount, broken } = await conversation.ask(requests);
    for (const [asked, answer] of answers) this.#replies.set(asked, { answer });
    const sent = requests.slice(0, sentCount);
    const unanswered = sent.filter((asked) => !answers.has(asked));
    this.#history.push(...sent);
    if (broken === undefined) return undefined;
    return this.#breakOf(broken, unanswered);
  }

  /** A break between two groups is the doing of a request before it. */
  async #reset(): Promise<void> {
    if (this.#history.length === 0) return;
    const conversation = await this.#current();
    const broken = await conversation.control('reset');
    this.#history.push('reset');
    if (broken !== undefined) await this.#blame(this.#breakOf(broken, []));
  }

  async #current(): Promise<Conversation> {
    if (this.#conversation === undefined) {
      this.#conversation = await this.#start();
      this.#history = [];
    }
    return this.#conversation;
  }

  /**
   * Likely are: whose second answer came; the first without an answer; the last with one, which may have died of it, or
   * have said more than its answer.
   */
  #breakOf(broken: Broken, unanswered: readonly Asked[]): Break {
    const { kind, blamed } = broken;
    const waiting = new Set(unanswered);
    const answered = this.#history.filter((step): step is Asked => step !== 'reset' && !waiting.has(step));
    const [first, last] = [unanswered.slice(0, 1), answered.slice(-1)];
    const likely = kind === 'protocol-error' ? [...last, ...first] : [...first, ...last];
    return {
      broken,
      likely: [...new Set([...(blamed ? [blamed] : []), ...likely])],
      others: unanswered.slice(1),
    };
  }

  async #blame(found: Break): Promise<void> {
    await this.stop();
    this.#culpritCount++;
    const [asked, culprit] = await this.#culpritOf(found);
    this.#replies.set(asked, { culprit });
    this.#history = [];
  }

  /** The likeliest alone; then all in their order, which tells where it breaks; then, if nothing did, the others alone. */
  async #culpritOf({ broken, likely, others }: Break): Promise<[Asked, Culprit]> {
    const culprit =
      (await this.#firstAlone(likely)) ??
      (await this.#shortestRun(this.#history)) ??
      (await this.#firstAlone(others));
    if (culprit !== undefined) return culprit;
    const [first] = likely;
    if (first === undefined)
      throw new AdapterUnusable(`before any request: ${broken.message}`, broken.stderr);
    return [first, { broken, how: 'unrepeated' }];
  }

  /** The first of some that breaks a new process without any other. */
  async #firstAlone(suspects: readonly Asked[]): Promise<[Asked, Culprit] | undefined> {
    for (const suspect of suspects) {
      const again = await this.#askAlone(suspect);
      if ('broken' in again) return [suspect, { broken: again.broken }];
    }
    return undefined;
  }

  async #askEachAlone(requests: readonly Asked[]): Promise<void> {
    for (const asked of requests) {
      if (this.#culpritCount >= CULPRITS_MAX) {
        this.#replies.set(asked, 'not-run');
        continue;
      }
      const reply = await this.#askAlone(asked);
      if ('broken' in reply) this.#culpritCount++;
      this.#replies.set(asked, 'broken' in reply ? { culprit: { broken: reply.broken } } : reply);
    }
  }

  /** One request in a new process, which has to be alive after it and to end in peace. */
  async #askAlone(asked: Asked): Promise<{ answer: Answer } | { broken: Broken }> {
    const conversation = await this.#start();
    try {
      const { answers, broken } = await conversation.ask([asked]);
      const late = broken ?? (await conversation.control('ping')) ?? (await this.#endOf(conversation));
      return late === undefined ? { answer: answers.get(asked) as Answer } : { broken: late };
    } finally {
      await conversation.stop();
    }
  }

  async #endOf(conversation: Conversation): Promise<Broken | undefined> {
    const { broken, remark } = await conversation.end();
    if (remark !== undefined) this.#remarks.add(remark);
    return broken;
  }

  /** Halves the requests before a break for as long as it still happens. */
  async #shortestRun(steps: readonly Step[]): Promise<[Asked, Culprit] | undefined> {
    const whole = await this.#replay(steps);
    if (whole === undefined) return undefined;
    let run = await this.#upToBlamed(whole);
    let good = run.steps.length;
    let bad = 0;
    while (good - bad > 1) {
      const middle = (bad + good) >> 1;
      const shorter: Run | undefined = await this.#replay(run.steps.slice(middle));
      if (shorter === undefined) good = middle;
      else {
        run = { broken: shorter.broken, steps: run.steps.slice(0, middle + shorter.steps.length) };
        bad = middle;
        good = Math.min(good, run.steps.length);
      }
    }
    const requests = run.steps.slice(bad).filter((step): step is Asked => step !== 'reset');
    const last = requests.pop();
    if (last === undefined) throw new AdapterUnusable(`reset: ${run.broken.message}`, run.broken.stderr);
    if (requests.length === 0) return [last, { broken: run.broken }];
    return [last, { broken: run.broken, how: 'stateful', after: requests }];
  }

  /** A second answer is the fault of the request that was answered twice, if it comes without others after it. */
  async #upToBlamed(run: Run): Promise<Run> {
    const { blamed } = run.broken;
    if (blamed === undefined) return run;
    return (await this.#replay(run.steps.slice(0, run.steps.lastIndexOf(blamed) + 1))) ?? run;
  }

  /** Takes the steps one by one in a new process, up to and with the one that breaks it. */
  async #replay(steps: readonly Step[]): Promise<Run | undefined> {
    const conversation = await this.#start();
    try {
      for (const [index, step] of steps.entries()) {
        const broken =
          step === 'reset' ? await conversation.control('reset') : (await conversation.ask([step])).broken;
        if (broken !== undefined) return { steps: steps.slice(0, index + 1), broken };
      }
      const late = (await conversation.control('ping')) ?? (await conversation.end()).broken;
      return late && { steps, broken: late };
    } finally {
      await conversation.stop();
    }
  }
}

interface Run {
  readonly steps: readonly Step[];
  readonly broken: Broken;
}
