// @ts-check
import { serveAllBut, writeOut } from './serve.mjs';

serveAllBut('core.seal.empty', ({ id, answer }) => {
  const { ok } = /** @type {{ ok: unknown }} */ (answer);
  writeOut(`{"id":${JSON.stringify(id)},"ok":{},"ok":${JSON.stringify(ok)}}\n`);
});
