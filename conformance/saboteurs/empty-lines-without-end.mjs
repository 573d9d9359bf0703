// @ts-check
import { serveAllBut, writeOut } from './serve.mjs';

serveAllBut('core.seal.empty', () => {
  for (;;) writeOut('\n'.repeat(4096));
});
