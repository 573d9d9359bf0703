// @ts-check
import { writeSync } from 'node:fs';
import { serve, writeOut } from './serve.mjs';

const fd = Number(process.env['ACP_FD']);

serve({
  write(line) {
    writeOut('printed by a library\n');
    writeSync(fd, `${line}\n`);
  },
});
