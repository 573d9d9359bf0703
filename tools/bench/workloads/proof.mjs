// @ts-check
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatReference, referenceOf } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { makeItems } from '../data.mjs';
import { summarize } from '../median.mjs';
import { abilityOf, assertAnswer } from '../peer-data.mjs';

/** @import { Context, Sample, Workload } from '../workloads.mjs' */

const BIN = fileURLToPath(new URL('../../../packages/amduat/bin/amduat.mjs', import.meta.url));
const COMMIT_LENGTH = 1000;
const TIMES = 201;
const SHAPES = ['all published', 'one published'];

/** @type {Workload} */
export const proof = {
  name: 'proof',
  needs: 'proof',
  about: ({ itemCount }) =>
    `proofs of one of ${itemCount} items of 256 to 4095 octets, all of them published or that one, sealed by thousands; a check: median of ${TIMES}`,
  rows: SHAPES.flatMap((shape) => [
    { name: `proof, ${shape}, beyond its bytes`, unit: 'octets', isLessBetter: true },
    { name: `proof, ${shape}, one check`, unit: 'ms', isLessBetter: true },
  ]),
  phases: [
    async (context) => {
      for (const shape of SHAPES) await makeProof(context, shape);
      return [];
    },
    async ({ peer, plan, folder }) => {
      /** @type {Sample[]} */
      const samples = [];
      const length = chosenOf(makeItems(plan.itemCount)).length;
      for (const shape of SHAPES) {
        const file = readFileSync(join(folder, `${shape}.proof`));
        const checked = await abilityOf(peer, 'proof').check(file, TIMES);
        if (checked === undefined) continue;
        assertAnswer(peer, `${shape}: the proof holds`, checked.holds, true);
        samples.push(
          { row: `proof, ${shape}, beyond its bytes`, value: file.length - length },
          { row: `proof, ${shape}, one check`, value: summarize(checked.milliseconds).median },
        );
      }
      return samples;
    },
  ],
};

/** @param {readonly Buffer[]} items */
function chosenOf(items) {
  return /** @type {Buffer} */ (items[items.length >> 1]);
}

/**
 * @param {Context} context
 * @param {string} shape
 */
async function makeProof({ plan, folder, scratch }, shape) {
  const path = join(folder, shape);
  const amduat = (/** @type {string[]} */ ...args) => {
    const env = { ...process.env, AMDUAT_STATE: join(scratch, 'state') };
    const { status, stderr } = spawnSync(process.execPath, [BIN, '--store', path, ...args], { env });
    if (status !== 0) throw new Error(`amduat ${args.join(' ')}: ${stderr}`);
  };
  const items = makeItems(plan.itemCount);
  const chosen = chosenOf(items);
  amduat('init', path, '--domain', 'bench', '--open');
  const store = await openStore(fileSystemStorage(path));
  const writer = await store.openWriter();
  for (let from = 0; from < items.length; from += COMMIT_LENGTH) {
    const publishes = (/** @type {Buffer} */ item) => shape === 'all published' || item === chosen;
    const some = items.slice(from, from + COMMIT_LENGTH);
    await Promise.all(some.map((item) => writer.put(item, { publish: publishes(item) })));
    await writer.seal();
  }
  await writer.snapshot();
  await writer.close();
  await store.close();
  amduat('prove', formatReference(referenceOf({ bytes: chosen })), '-o', join(folder, `${shape}.proof`));
}
