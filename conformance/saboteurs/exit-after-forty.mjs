// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({
  onRequest(asked) {
    answerHonestly(asked);
    if (asked.count === 40) process.exit(0);
  },
});
