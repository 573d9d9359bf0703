// @ts-check
// Does what its requests say, for the tests of sessions.
import { closeSync, existsSync, writeFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

const limits = JSON.parse(process.argv[2] ?? '{}');
let count = 0;
let poisoned = false;
let waiting = 0;
/** @type {(() => void)[]} */
let held = [];

/** @param {unknown} value */
const write = (value) => void writeSync(1, `${JSON.stringify(value)}\n`);

/** @type {Record<string, (id: string, argument: string, length: number) => void>} */
const DOINGS = {
  '': (id) => write({ id, ok: { count: count++ } }),
  crash: () => process.exit(3),
  hang() {},
  noise(id) {
    writeSync(1, 'noise\n');
    write({ id, ok: {} });
  },
  twice(id) {
    write({ id, ok: {} });
    write({ id, ok: {} });
  },
  stranger: () => write({ id: 'stranger', ok: {} }),
  'die-after'(id) {
    write({ id, ok: {} });
    process.exit(3);
  },
  'hang-after'(id) {
    write({ id, ok: {} });
    for (;;);
  },
  'close-stdin-and-die'() {
    closeSync(0);
    process.exit(0);
  },
  'late-noise'(id) {
    write({ id, ok: {} });
    process.once('exit', () => writeSync(1, 'bye\n'));
  },
  poison(id) {
    poisoned = true;
    write({ id, ok: {} });
  },
  'crash-if-poisoned'(id) {
    if (poisoned) process.exit(3);
    write({ id, ok: {} });
  },
  'crash-once'(id) {
    if (!existsSync('crashed')) {
      writeFileSync('crashed', '');
      process.exit(3);
    }
    write({ id, ok: {} });
  },
  'complain-and-crash'() {
    writeSync(2, `${'x'.repeat(100_000)}the end\n`);
    process.exit(3);
  },
  // Answers a while later with how many were waiting.
  waiting(id) {
    waiting++;
    setTimeout(() => {
      write({ id, ok: { waiting } });
      waiting--;
    }, 20);
  },
  'after-four'(id) {
    held.push(() => write({ id, ok: {} }));
    if (held.length < 4) return;
    for (const answer of held) answer();
    held = [];
  },
  'line-length': (id, _, length) => write({ id, ok: { length } }),
  sleep: (id, milliseconds) => void setTimeout(() => write({ id, ok: {} }), Number(milliseconds)),
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const value = JSON.parse(line);
  for (const { id, op, in: given } of value.batch ?? [value]) {
    if (op === 'hello') {
      write({ id, ok: { acp: 1, impl: { name: 'scripted', version: '1' }, ops: ['do'], limits } });
    } else if (op === 'ping') write({ id, ok: {} });
    else if (op === 'reset') {
      count = 0;
      write({ id, ok: {} });
    } else {
      const [doing = '', argument = ''] = given.do.split(' ');
      DOINGS[doing]?.(id, argument, line.length);
    }
  }
});
