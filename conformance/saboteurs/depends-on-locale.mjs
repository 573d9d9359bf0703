// @ts-check
import { answerHonestly, serve } from './serve.mjs';

const turkish = process.env['LANG']?.startsWith('tr') === true;

serve({
  onRequest(asked) {
    const lies = turkish && asked.vectors.includes('core.text.scheme-one-capital');
    answerHonestly(lies ? { ...asked, answer: { err: { code: 'CORE.TEXT.HASH' } } } : asked);
  },
});
