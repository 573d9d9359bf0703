// @ts-check
import { answerHonestly, serve } from './serve.mjs';

let first = '';

serve({
  onRequest(asked) {
    if (asked.count === 1) first = asked.id;
    const taken = asked.vectors.includes('core.seal.empty') ? first : asked.id;
    answerHonestly({ ...asked, id: taken });
  },
});
