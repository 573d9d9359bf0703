// @ts-check
import { serveAllBut, writeOut } from './serve.mjs';

serveAllBut('core.seal.empty', () => {
  for (;;) writeOut(' '.repeat(65_536));
});
