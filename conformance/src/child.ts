import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { ANSWER_LINE_MAX } from './acp.js';
import { type LineFault, LineSplitter } from './lines.js';

/** The file descriptor that answers come on where standard output is not theirs. */
const OTHER_FD = 3;
const STDERR_KEPT = 2 ** 16;
/** How long an end that shows on one side may take to show on the other. */
const GRACE_MS = 1000;

/** How a process is started. */
export interface ChildOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether answers come on the descriptor in ACP_FD; standard output is then read and dropped. */
  readonly otherFd: boolean;
}

/** What a process does, told as it happens; nothing is told after `ended`, or after it was stopped. */
export interface ChildSink {
  line(text: string): void;
  fault(what: LineFault): void;
  /** The process, or its output, has ended; everything that it wrote has been told. */
  ended(how: string): void;
}

const living = new Set<Child>();

process.on('exit', () => {
  for (const child of living) child.kill();
});

/** A process of an adapter, with all that it starts: the group is killed together. */
export class Child {
  readonly #process: ChildProcess;
  readonly #sink: ChildSink;
  readonly #exited: Promise<void>;
  #stderr: Buffer = Buffer.alloc(0);
  #exit: string | undefined;
  #outputEnded = false;
  #silent = false;
  #graceTimer: NodeJS.Timeout | undefined;

  constructor({ command, cwd, env, otherFd }: ChildOptions, sink: ChildSink) {
    this.#sink = sink;
    const [program = '', ...args] = command;
    const posix = process.platform !== 'win32';
    this.#process = spawn(program, args, {
      cwd,
      env: otherFd ? { ...env, ACP_FD: `${OTHER_FD}` } : env,
      // A group of its own, so that kill reaches what it has started.
      detached: posix,
      windowsHide: true,
      stdio: otherFd ? ['pipe', 'pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe'],
    });
    living.add(this);
    this.#exited = new Promise((resolve) => {
      this.#process.once('exit', (status, signal) => {
        this.#noteExit(signal === null ? `ended with status ${status}` : `ended by ${signal}`);
        resolve();
      });
      this.#process.once('error', (error) => {
        this.#noteExit(`could not be started: ${error.message}`);
        resolve();
      });
    });
    this.#listen(otherFd);
  }

  /** The last 64 KiB that the process wrote on standard error. */
  get stderr(): string {
    return this.#stderr.toString('utf8');
  }

  /** How the process ended, if it has. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** Writes one line; if nobody reads it, that is told as the end of the process or not at all. */
  send(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }

  closeInput(): void {
    this.#process.stdin?.end();
  }

  /** Kills the process and all that it has started and left in its group. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    if (process.platform === 'win32') {
      spawnSync('taskkill', ['/pid', `${pid}`, '/T', '/F'], { stdio: 'ignore', windowsHide: true });
      return;
    }
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      // The group is empty, or what is left of it is not ours to kill.
      if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }

  /** Kills, lets go of the pipes, and waits until the process is gone; nothing is told any more. */
  async stop(): Promise<void> {
    this.#silent = true;
    clearTimeout(this.#graceTimer);
    this.kill();
    for (const stream of this.#process.stdio) stream?.destroy();
    await this.#exited;
    living.delete(this);
  }

  #listen(otherFd: boolean): void {
    const { stdin, stdout, stderr, stdio } = this.#process;
    const answers = otherFd ? (stdio[OTHER_FD] as Readable | null) : stdout;
    const splitter = new LineSplitter(ANSWER_LINE_MAX, {
      line: (text) => {
        if (!this.#silent) this.#sink.line(text);
      },
      fault: (what) => {
        if (!this.#silent) this.#sink.fault(what);
      },
    });
    // EPIPE: the process has closed its input, or is gone.
    stdin?.on('error', () => {});
    answers?.on('error', () => {});
    answers?.on('data', (bytes: Buffer) => splitter.push(bytes));
    answers?.once('close', () => {
      splitter.end();
      this.#noteOutputEnd();
    });
    if (otherFd) stdout?.resume();
    stderr?.on('error', () => {});
    stderr?.on('data', (bytes: Buffer) => {
      this.#stderr = Buffer.concat([this.#stderr, bytes]).subarray(-STDERR_KEPT);
    });
  }

  #noteExit(how: string): void {
    if (this.#exit !== undefined) return;
    this.#exit = how;
    // What stands in the pipe is still read, though not for as long as somebody left behind holds it.
    if (this.#outputEnded) this.#tellEnd(how);
    else this.#graceTimer = setTimeout(() => this.#tellEnd(how), GRACE_MS);
  }

  #noteOutputEnd(): void {
    this.#outputEnded = true;
    if (this.#exit !== undefined) this.#tellEnd(this.#exit);
    else this.#graceTimer = setTimeout(() => this.#tellEnd('closed its output and went on'), GRACE_MS);
  }

  #tellEnd(how: string): void {
    clearTimeout(this.#graceTimer);
    if (this.#silent) return;
    this.#silent = true;
    this.#sink.ended(how);
  }
}
