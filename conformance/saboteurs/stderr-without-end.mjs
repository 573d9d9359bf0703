// @ts-check
import { serve } from './serve.mjs';

const garbage = Buffer.alloc(65_536, 0x2e);

function pour() {
  process.stderr.write(garbage, () => setImmediate(pour));
}

pour();
serve();
process.stdin.once('end', () => process.exit(0));
