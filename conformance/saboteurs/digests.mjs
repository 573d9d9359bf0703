// @ts-check
import { createHash } from 'node:crypto';
import { answerHonestly, serve } from './serve.mjs';

const BYTES = ['bytes', 'id', 'reference'];

serve({
  onRequest(asked) {
    const { ok } = /** @type {{ ok?: Record<string, unknown> }} */ (asked.answer);
    if (ok === undefined) return answerHonestly(asked);
    const digested = Object.entries(ok).map(([key, value]) => [
      key,
      BYTES.includes(key) && typeof value === 'string' ? digestOf(Buffer.from(value, 'hex')) : value,
    ]);
    answerHonestly({ ...asked, answer: { ok: Object.fromEntries(digested) } });
  },
});

/** @param {Buffer} bytes */
function digestOf(bytes) {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), length: `${bytes.length}` };
}
