// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    if (asked.count === 100) process.abort();
    answerHonestly(asked);
  },
});
