import { readHonest } from '../saboteurs/honest.mjs';
import { type Answer, helloSchema } from '../src/acp.js';
import type { FunctionAdapter } from '../src/in-process.js';

/** An adapter that has read the answers, of this process. */
export function honestAdapter({
  folders = [] as readonly string[],
  features = ['blake3', 'ed25519'] as readonly string[],
  omit = [] as readonly string[],
} = {}): FunctionAdapter {
  const { ops, answerTo } = readHonest(folders);
  const hello = helloSchema.parse({
    acp: 1,
    impl: { name: 'honest', version: '1' },
    ops: ops.filter((op) => !omit.includes(op)),
    features,
  });
  return { hello, answer: (op, given) => answerTo(op, given).answer as unknown as Answer };
}
