// @ts-check
// Puts the files of a folder, from one of them on, and says what was acknowledged.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { say, tellingStorage } from './telling.mjs';

const LIMITS = {
  blockLength: 2 ** 16,
  smallLength: 2 ** 13,
  segmentRecordCount: 16,
  segmentByteCount: 2 ** 18,
};

const [folder = '', files = '', first = '0'] = process.argv.slice(2);
const store = await openStore(tellingStorage(fileSystemStorage(folder)));
const writer = await store.openWriter({ limits: LIMITS });
say({ epoch: writer.epoch.toString(), leftBehind: writer.leftBehind ?? null });
for (const [index, file] of readdirSync(files).sort().entries()) {
  if (index < Number(first)) continue;
  const options = index % 7 === 0 ? { publish: true } : {};
  const { reference, sealed } = await writer.put({ path: join(files, file) }, options);
  sealed.then(
    () => say({ file: index, ref: formatReference(reference) }),
    (error) => say({ failed: String(error) }),
  );
}
await writer.close();
