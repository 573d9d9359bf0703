// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    answerHonestly(asked);
    answerHonestly({ ...asked, id: asked.id.replace(/^\d+/, (count) => `${Number(count) + 1}`) });
  },
});
