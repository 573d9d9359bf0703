// @ts-check
import { serve, writeOut } from './serve.mjs';

/** @type {string[]} */
const pieces = [];

function writeNext() {
  writeOut(pieces.shift() ?? '');
  if (pieces.length > 0) setImmediate(writeNext);
}

serve({
  write(line) {
    const third = Math.ceil(line.length / 3);
    if (pieces.length === 0) setImmediate(writeNext);
    pieces.push(line.slice(0, third), line.slice(third, 2 * third), `${line.slice(2 * third)}\n`);
  },
});
