// @ts-check
import { serveAllBut } from './serve.mjs';

serveAllBut('core.seal.empty', () => {
  for (;;);
});
