// @ts-check
import { randomBytes } from 'node:crypto';
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    const id = randomBytes(32).toString('hex');
    answerHonestly(asked.op === 'core.sealBlock' ? { ...asked, answer: { ok: { id } } } : asked);
  },
});
