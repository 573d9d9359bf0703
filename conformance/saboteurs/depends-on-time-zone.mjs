// @ts-check
import { answerHonestly, serve } from './serve.mjs';

const lies = process.env['TZ'] !== 'UTC';

serve({
  onRequest(asked) {
    answerHonestly(
      lies && asked.op === 'core.compareReferences' ? { ...asked, answer: { ok: { order: 0 } } } : asked,
    );
  },
});
