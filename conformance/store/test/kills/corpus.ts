import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.js';

/** Files of many sizes, in a folder, in the order of their names. */
export interface Corpus {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Most are small, some need a block or several of their own, a few are empty or there twice. */
export function makeCorpus(folder: string, count: number, random: Random): Corpus {
  mkdirSync(folder, { recursive: true });
  let last: Uint8Array = new Uint8Array();
  const paths = Array.from({ length: count }, (_, index) => {
    const path = join(folder, index.toString().padStart(5, '0'));
    if (random.below(100) > 0) last = random.bytes(lengthOf(random));
    writeFileSync(path, last);
    return path;
  });
  return { folder, paths };
}

function lengthOf(random: Random): number {
  const kind = random.below(1000);
  if (kind < 2) return 0;
  if (kind < 900) return 12 + random.below(2_000);
  if (kind < 960) return random.below(8_193);
  return 8_193 + random.below(190_000);
}
