import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closing } from './backends.js';

/** A process that has a store open; it works with the built package. */
export interface Child {
  /** Gives the command's result, or throws its error's code. */
  ask(command: 'open' | 'put' | 'seal' | 'close' | 'refresh', text?: string): Promise<string>;
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends the process with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export function startChild(folder: string): Child {
  const script = fileURLToPath(new URL('child.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return closing({
    async ask(command, text = '') {
      child.stdin.write(`${JSON.stringify([command, text])}\n`);
      const { value, done } = await answers.next();
      if (done) throw new Error('the process ended');
      const answer: { ok?: string; error?: string } = JSON.parse(value);
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.ok ?? '';
    },
    signal: (signal) => void child.kill(signal),
    kill,
    close: kill,
  });
}
