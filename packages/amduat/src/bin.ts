import { EXIT } from './exit-codes.js';
import { main } from './main.js';

const controller = new AbortController();
let outputClosed = false;

// The first Ctrl-C lets a command end what it has begun; the second does not wait. A store is sound after either.
process.once('SIGINT', () => {
  controller.abort();
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
});

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  outputClosed = true;
  controller.abort();
});

const exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: controller.signal,
});

if (outputClosed) process.stderr.write('amduat: PIPE: the reader of the output has gone away\n');
process.exitCode = outputClosed ? EXIT.storage : exitCode;
