// @ts-check
// Goes on with the small history in a folder, or installs the last snapshot of one folder in another.
import { fileSystemStorage, installSnapshot } from '@amduat/asl-store';
import { goOn, openDemo } from './history.mjs';
import { say, telling, tellingStorage } from './telling.mjs';

/** @type {Readonly<Record<string, string>>} */
const DEEDS = { snapshot: 'N', cut: 'C' };

const [folder = '', from] = process.argv.slice(2);
const storage = tellingStorage(fileSystemStorage(folder));
if (from === undefined) {
  await goOn(await openDemo(storage), {
    within: (kind, work) => (kind in DEEDS ? telling(DEEDS[kind] ?? '', work) : work()),
    tell: ({ position, base }) => say({ position: position.toString(), base: base.toString() }),
  });
} else {
  await telling('I', () => installSnapshot(fileSystemStorage(from), storage));
}
