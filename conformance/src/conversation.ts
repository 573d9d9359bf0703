import type { Answer, Hello } from './acp.js';

/** One thing to be asked; it is told from others by its identity. */
export interface Asked {
  readonly op: string;
  readonly in: unknown;
  /** Octets that it stands for, with recipes spelled out. */
  readonly length: number;
}

/** How a conversation ended that should have gone on. */
export interface Broken {
  readonly kind: 'crash' | 'hang' | 'protocol-error';
  readonly message: string;
  /** The end of what the process wrote on standard error. */
  readonly stderr: string;
  /** The request that was answered before and has to do with it: its `id` came once more. */
  readonly blamed?: Asked;
}

/** What came of some requests: without `broken`, every one is answered. */
export interface Exchange {
  readonly answers: ReadonlyMap<Asked, Answer>;
  /** How many of the requests were sent, in their order. */
  readonly sentCount: number;
  readonly broken?: Broken;
}

/** An adapter that has said hello; after something broke, it can only be stopped. */
export interface Conversation {
  readonly hello: Hello;
  /** Asks, as many at a time as the adapter allows. */
  ask(requests: readonly Asked[]): Promise<Exchange>;
  /** Asks an operation of the protocol that is answered with `{}`. */
  control(op: 'ping' | 'reset'): Promise<Broken | undefined>;
  /**
   * Says that nothing more is asked, and waits for the end.
   *
   * @returns what broke; `remark` is what else there is to say of how it ended.
   */
  end(): Promise<{ readonly broken?: Broken; readonly remark?: string }>;
  /** Lets go of it, whatever it is doing. */
  stop(): Promise<void>;
}

/** The adapter cannot be used: it does not start, or does not say hello. */
export class AdapterUnusable extends Error {
  override readonly name = 'AdapterUnusable';
  /** The end of what it wrote on standard error. */
  readonly stderr: string;

  constructor(message: string, stderr = '') {
    super(message);
    this.stderr = stderr;
  }
}
