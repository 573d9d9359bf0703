// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    if (asked.vectors.includes('core.seal.empty')) {
      answerHonestly({ ...asked, answer: { ...asked.answer, err: { code: 'CORE.DIGEST' } } });
    } else if (asked.vectors.includes('core.seal.abc')) {
      answerHonestly({ ...asked, answer: { ok: null } });
    } else answerHonestly(asked);
  },
});
