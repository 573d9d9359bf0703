// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    answerHonestly('err' in asked.answer ? { ...asked, answer: { err: { code: 'CORE.REFUSED' } } } : asked);
  },
});
