import { join } from 'node:path';
import { copyBytes } from '@amduat/asl-core';
import { scanLog } from '@amduat/asl-log';
import { memoryStorage, type Storage, verifyStore } from '@amduat/asl-store';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { namesOf, type Objects, objectOf, withObjects, writeObjects } from './forgeries/objects.js';
import { HISTORIES, type History, makeSample } from './forgeries/sample.js';
import { type Random, startRandom } from './random.js';

/** Octets of a block or a segment that are flipped; of the others every one is. */
const FLIPS_OF_LARGE = 250;

const sampleObjects = async (history: History): Promise<Objects> =>
  (await makeSample(join(temporaryFolder(), 'store'), true, history)).objects;

function flipped(bytes: Uint8Array, offset: number, pattern: number): Uint8Array {
  const copy = copyBytes(bytes);
  copy[offset] = (copy[offset] as number) ^ pattern;
  return copy;
}

/** Any octet other than none. */
const patternOf = (random: Random) => 1 + random.below(255);

/** STO-EPO-10: what lies above the base of a higher epoch is no fault any more, whatever it is. */
function lengthInUse(objects: Objects, name: string, bytes: Uint8Array): number {
  const isLower = name.startsWith('log/') && name !== namesOf(objects, 'log/').at(-1);
  return isLower ? scanLog(bytes).end.offset : bytes.length;
}

/** STO-CUT-5: of leaves, the record_hash of the last cut's last one is what something is there to compare with. */
function isChecked(objects: Objects, name: string): boolean {
  return !name.startsWith('leaves/') || name === namesOf(objects, 'leaves/').at(-1);
}

function offsetsOf(objects: Objects, name: string, bytes: Uint8Array, random: Random): number[] {
  const length = lengthInUse(objects, name, bytes);
  if (name.startsWith('leaves/')) return Array.from({ length: 32 }, (_, index) => length - 32 + index);
  const isLarge = /^(blocks|segments)/.test(name) && length > FLIPS_OF_LARGE;
  return Array.from({ length: isLarge ? FLIPS_OF_LARGE : length }, (_, index) =>
    isLarge ? random.below(length) : index,
  );
}

/** Of a sample with a history, the objects that one without it has none of, and the log. */
const BY_HISTORY: Readonly<Record<History, { readonly names: RegExp; readonly flipsLeast: number }>> = {
  plain: { names: /./, flipsLeast: 2000 },
  anchored: { names: /^(policies|snapshots)\//, flipsLeast: 800 },
  cut: { names: /^(leaves|records|log)\//, flipsLeast: 800 },
};

async function faultyObjects(storage: Storage): Promise<string[]> {
  const objects: string[] = [];
  for await (const { object } of verifyStore(storage)) objects.push(object);
  return objects;
}

// Every octet of every object of a store of one epoch: packages/asl-store/test/verify.test.ts.
describe('one octet that is another', () => {
  it.each(HISTORIES)(
    '[STO-VFY-1] [STO-VFY-2] is found, and its object named: %s',
    async (history) => {
      const objects = await sampleObjects(history);
      const { names, flipsLeast } = BY_HISTORY[history];
      const storage = memoryStorage();
      for (const [name, bytes] of objects) await storage.createOnce(name, [bytes]);
      expect(await faultyObjects(storage)).toEqual([]);
      const random = startRandom(3);
      let flips = 0;
      for (const [name, bytes] of objects) {
        if (!names.test(name) || !isChecked(objects, name)) continue;
        for (const offset of offsetsOf(objects, name, bytes, random)) {
          const pattern = patternOf(random);
          await storage.delete(name);
          await storage.createOnce(name, [flipped(bytes, offset, pattern)]);
          const found = await faultyObjects(storage);
          if (!found.includes(name)) expect({ name, offset, pattern, found }).toBe('found');
          flips++;
        }
        await storage.delete(name);
        await storage.createOnce(name, [bytes]);
      }
      console.log(`${flips} flips in ${objects.size} objects`);
      expect(flips).toBeGreaterThan(flipsLeast);
    },
    300_000,
  );

  it('[STO-VFY-2] makes the command name the object and end with 1', async () => {
    const objects = await sampleObjects('cut');
    const random = startRandom(5);
    const folders = ['blocks/', 'segments/', 'log/', 'writer/', 'policies/', 'snapshots/', 'records/'];
    for (const folder of folders) {
      const name = namesOf(objects, folder).at(-1) as string;
      const bytes = objectOf(objects, name);
      const changed = flipped(bytes, random.below(lengthInUse(objects, name, bytes)), patternOf(random));
      const store = join(temporaryFolder(), 'store');
      writeObjects(withObjects(objects, { [name]: changed }), store);
      const { exitCode, results } = amduat(['--store', store, 'verify']);
      expect(exitCode).toBe(EXIT.negative);
      expect(results).toContainEqual(expect.objectContaining({ object: name }));
    }
  });
});
