// @ts-check
import { answerHonestly, serve } from './serve.mjs';

let poisoned = false;

serve({
  onRequest(asked) {
    if (asked.vectors.includes('core.stream-refused.length-greatest')) poisoned = true;
    if (poisoned && asked.vectors.includes('core.order.equal')) process.exit(7);
    answerHonestly(asked);
  },
});
