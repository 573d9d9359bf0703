// @ts-check
import { writeSync } from 'node:fs';
import { serveAllBut } from './serve.mjs';

serveAllBut('core.seal.empty', ({ id }) => {
  const fault = JSON.stringify({ id, fault: { message: '?' } });
  writeSync(1, Buffer.from(`${fault}\n`.replace('?', '\xff'), 'latin1'));
});
