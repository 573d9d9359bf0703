// @ts-check
import { serve, writeOut } from './serve.mjs';

/** @type {unknown[]} */
let waiting = [];

serve({
  hello: (own) => ({ ...own, limits: { line: 4096, window: 32, batch: 8 } }),
  write(line) {
    if (waiting.length === 0) {
      setImmediate(() => {
        writeOut(`${JSON.stringify({ batch: waiting })}\n`);
        waiting = [];
      });
    }
    waiting.push(JSON.parse(line));
  },
});
