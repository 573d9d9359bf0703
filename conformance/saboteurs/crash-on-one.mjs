// @ts-check
import { serveAllBut } from './serve.mjs';

serveAllBut('core.seal.empty', () => process.kill(process.pid, 'SIGKILL'));
