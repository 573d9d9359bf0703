// @ts-check
import { answerHonestly, serve } from './serve.mjs';

const ASKS = /^core\.(?:(?:reference|stream)\.blake3|verify\.(?:blake3$|sha256-digest-under-blake3))/;

serve({
  hello: (own) => ({ ...own, features: ['ed25519'] }),
  onRequest(asked) {
    const declined = asked.vectors.some((id) => ASKS.test(id));
    answerHonestly(declined ? { ...asked, answer: { err: { code: 'CORE.HASH_ID' } } } : asked);
  },
});
