// @ts-check
import { spawn } from 'node:child_process';
import { serveAllBut } from './serve.mjs';

// In a session of its own, where no kill of the group reaches it.
serveAllBut('core.seal.empty', () => {
  const grandchild = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'], {
    detached: true,
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  grandchild.once('spawn', () => process.exit(1));
});
