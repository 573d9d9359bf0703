// @ts-check
import { serveAllBut, writeOut } from './serve.mjs';

serveAllBut('core.seal.empty', ({ id }) => {
  writeOut(`{"id":${JSON.stringify(id)},"ok":{"id":"`);
  for (let megabytes = 0; megabytes < 100; megabytes++) writeOut('0'.repeat(1_000_000));
  writeOut('"}}\n');
});
