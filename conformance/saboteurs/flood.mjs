// @ts-check
import { serveAllBut, writeOut } from './serve.mjs';

serveAllBut('core.seal.empty', () => {
  for (;;) writeOut('{"id":"x","ok":{}}\n'.repeat(1000));
});
