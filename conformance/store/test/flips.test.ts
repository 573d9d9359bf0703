import { join } from 'node:path';
import { copyBytes } from '@amduat/asl-core';
import { scanLog } from '@amduat/asl-log';
import { memoryStorage, type Storage, verifyStore } from '@amduat/asl-store';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { logName, namesOf, type Objects, objectOf, withObjects, writeObjects } from './forgeries/objects.js';
import { makeSample } from './forgeries/sample.js';
import { type Random, startRandom } from './random.js';

/** Octets of a block or a segment that are flipped; of the others every one is. */
const FLIPS_OF_LARGE = 250;

const sampleObjects = async (): Promise<Objects> =>
  (await makeSample(join(temporaryFolder(), 'store'), true)).objects;

function flipped(bytes: Uint8Array, offset: number, pattern: number): Uint8Array {
  const copy = copyBytes(bytes);
  copy[offset] = (copy[offset] as number) ^ pattern;
  return copy;
}

/** Any octet other than none. */
const patternOf = (random: Random) => 1 + random.below(255);

/** STO-EPO-10: what lies above the base of a higher epoch is no fault any more, whatever it is. */
function lengthInUse(name: string, bytes: Uint8Array): number {
  return name === logName(1) ? scanLog(bytes).end.offset : bytes.length;
}

function offsetsOf(name: string, bytes: Uint8Array, random: Random): number[] {
  const length = lengthInUse(name, bytes);
  const isLarge = /^(blocks|segments)/.test(name) && length > FLIPS_OF_LARGE;
  return Array.from({ length: isLarge ? FLIPS_OF_LARGE : length }, (_, index) =>
    isLarge ? random.below(length) : index,
  );
}

async function faultyObjects(storage: Storage): Promise<string[]> {
  const objects: string[] = [];
  for await (const { object } of verifyStore(storage)) objects.push(object);
  return objects;
}

// Every octet of every object of a store of one epoch: packages/asl-store/test/verify.test.ts.
describe('one octet that is another', () => {
  it('[STO-VFY-1] [STO-VFY-2] is found in a store of two epochs, and its object named', async () => {
    const objects = await sampleObjects();
    const storage = memoryStorage();
    for (const [name, bytes] of objects) await storage.createOnce(name, [bytes]);
    expect(await faultyObjects(storage)).toEqual([]);
    const random = startRandom(3);
    let flips = 0;
    for (const [name, bytes] of objects) {
      for (const offset of offsetsOf(name, bytes, random)) {
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
    expect(flips).toBeGreaterThan(2_000);
  }, 300_000);

  it('[STO-VFY-2] makes the command name the object and end with 1', async () => {
    const objects = await sampleObjects();
    const random = startRandom(5);
    for (const folder of ['blocks/', 'segments/', 'log/', 'writer/', 'snapshots/']) {
      const name = namesOf(objects, folder).at(-1) as string;
      const bytes = objectOf(objects, name);
      const changed = flipped(bytes, random.below(lengthInUse(name, bytes)), patternOf(random));
      const store = join(temporaryFolder(), 'store');
      writeObjects(withObjects(objects, { [name]: changed }), store);
      const { exitCode, results } = amduat(['--store', store, 'verify']);
      expect(exitCode).toBe(EXIT.negative);
      expect(results).toContainEqual(expect.objectContaining({ object: name }));
    }
  });
});
