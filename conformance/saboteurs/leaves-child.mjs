// @ts-check
import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { serve } from './serve.mjs';

const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600_000)'], { stdio: 'ignore' });
child.unref();
if (process.env['CHILDREN'] !== undefined) appendFileSync(process.env['CHILDREN'], `${child.pid}\n`);

serve();
