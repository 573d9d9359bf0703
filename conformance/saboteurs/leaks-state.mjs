// @ts-check
import { answerHonestly, serve } from './serve.mjs';

let first = '';

serve({
  onRequest(asked) {
    first ||= asked.op;
    const leaks = asked.op === 'core.sealBlock' && first !== asked.op;
    answerHonestly(leaks ? { ...asked, answer: { ok: { id: '00'.repeat(32) } } } : asked);
  },
});
