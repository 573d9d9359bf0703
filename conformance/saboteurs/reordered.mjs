// @ts-check
import { answerHonestly, serve } from './serve.mjs';

/** @type {Parameters<typeof answerHonestly>[0][]} */
let waiting = [];

serve({
  onRequest(asked) {
    if (waiting.length === 0) {
      setTimeout(() => {
        for (const one of waiting.reverse()) answerHonestly(one);
        waiting = [];
      });
    }
    waiting.push(asked);
  },
});
