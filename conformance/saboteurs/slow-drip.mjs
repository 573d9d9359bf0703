// @ts-check
import { serve, writeOut } from './serve.mjs';

const text = { left: '' };

setInterval(() => {
  writeOut(text.left.slice(0, 25));
  text.left = text.left.slice(25);
}, 5).unref();

serve({
  write(line) {
    text.left += `${line}\n`;
  },
});
