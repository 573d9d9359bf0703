// @ts-check
import { answerHonestly, serve, writeOut } from './serve.mjs';

serve({
  onRequest(asked) {
    writeOut(`debug: ${asked.op}\n`);
    answerHonestly(asked);
  },
});
