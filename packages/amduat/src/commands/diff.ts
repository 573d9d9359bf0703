import { resolve } from 'node:path';
import { formatHex, formatReference } from '@amduat/asl-core';
import {
  type Diff,
  type DiffSide,
  diffStates,
  fileSystemStorage,
  openStore,
  type Store,
} from '@amduat/asl-store';
import type { Register, Run } from '../command.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { locateStore } from '../locate.js';
import { diffKeyResult, diffResult } from '../schemas.js';

/** `amduat diff`: says in what two states are not the same. */
export const registerDiff: Register = (program, action) => {
  program
    .command('diff')
    .description('say in what two states differ: the first record that is not the same, and every key')
    .argument('<a>', 'a position of the store, or another store, or DIR@POSITION')
    .argument('<b>', 'the same')
    .action(
      action(async (run, first: string, second: string) => {
        const stores = new Map<string, Store>();
        try {
          const left = await openSide(run, first, stores);
          const right = await openSide(run, second, stores);
          return await report(run, await diffStates(left, right));
        } finally {
          for (const store of stores.values()) await store.close();
        }
      }),
    );
};

const SIDE = /^(?:(.*)@)?(0|[1-9][0-9]{0,19})$/;

async function openSide(run: Run, text: string, stores: Map<string, Store>): Promise<DiffSide> {
  const [, folder, digits] = SIDE.exec(text) ?? [undefined, text];
  const { cwd } = run.surroundings;
  const path = folder === undefined ? locateStore(run.store, run.surroundings) : resolve(cwd, folder);
  const position = digits === undefined ? undefined : BigInt(digits);
  if (position !== undefined && position >= 2n ** 64n)
    throw new UsageError(`${text}: not a position`, 'amduat diff --help');
  const store = stores.get(path) ?? (await openStore(fileSystemStorage(path)));
  stores.set(path, store);
  return position === undefined ? { store } : { store, position };
}

async function report(run: Run, diff: Diff): Promise<number> {
  let count = 0;
  for await (const { reference, causes } of diff.keys) {
    if (run.surroundings.signal.aborted) return EXIT.interrupted;
    count++;
    const ref = formatReference(reference);
    run.output.result(diffKeyResult, { ref, causes: [...causes] }, `${ref} ${causes.join(', ')}`);
  }
  const { divergence, sameDomain, skipped, left, right } = diff;
  const result = {
    left: { position: left.position.toString(), snapshotId: formatHex(left.snapshotId) },
    right: { position: right.position.toString(), snapshotId: formatHex(right.snapshotId) },
    sameDomain,
    divergence: divergence === undefined ? null : divergence.logseq.toString(),
    skipped: { left: [...skipped.left], right: [...skipped.right] },
    keys: count,
  };
  run.output.result(diffResult, result, textOf(diff, count));
  const isPartial = skipped.left.length + skipped.right.length > 0;
  return count === 0 && divergence === undefined && !isPartial ? EXIT.done : EXIT.negative;
}

function textOf({ divergence, sameDomain, skipped }: Diff, count: number): string {
  const lines: string[] = [];
  if (!sameDomain) lines.push('two domains: content is compared');
  if (divergence !== undefined) {
    const [one, other] = [divergence.left, divergence.right].map(
      ({ type, recordHash }) => `type ${type} ${formatHex(recordHash)}`,
    );
    lines.push(`record ${divergence.logseq} is not the same: ${one}, ${other}`);
  }
  for (const side of ['left', 'right'] as const) {
    if (skipped[side].length > 0)
      lines.push(`${side}: records of the unknown types ${skipped[side].join(', ')}; keys are not compared`);
  }
  lines.push(count === 0 ? 'no key differs' : `${count} keys differ`);
  return lines.join('\n');
}
