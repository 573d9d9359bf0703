import { formatHex, isAslError, referenceOf } from '@amduat/asl-core';
import type { LogState, SnapshotAnchor } from '@amduat/asl-log';
import { memoryStorage, openStore, type Storage, type Store, type TraceStep } from '@amduat/asl-store';
import { decodeManifest } from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { internalsOf } from '../src/store.js';
import { BACKENDS, bytesOf, closing, copyOf, initDemo } from './backends.js';
import { Draft, tombstone } from './draft.js';

/** Anchors at 4, 6 and 10 name 3, 5 and 9. */
async function write(storage: Storage): Promise<void> {
  const writer = await (await initDemo(storage)).openWriter({ workerCount: 0 });
  const key = (text: string) => referenceOf({ bytes: bytesOf(text) });
  await writer.put(bytesOf('first'), { publish: true });
  await writer.seal();
  await writer.tombstone(key('hidden'), 7);
  await writer.snapshot();
  await writer.put(bytesOf('second'));
  await writer.seal();
  await writer.snapshot();
  await writer.lift(3n);
  await writer.unpublish([key('first')]);
  await writer.publish([key('second'), key('not there')]);
  await writer.snapshot();
  await writer.close();
}

/** The steps, and the code with which they end if that is not their end. */
async function stepsTo(store: Store, position?: bigint): Promise<{ steps: TraceStep[]; code?: string }> {
  const steps: TraceStep[] = [];
  try {
    for await (const step of store.replay(position)) steps.push(step);
    return { steps };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return { steps, code: error.code };
  }
}

/** Steps in a few words. */
function textsOf(steps: readonly TraceStep[]): string[] {
  return steps.map((step) => {
    if (step.kind === 'passed-over') return `passed over ${step.anchor.logseq} ${step.error?.code ?? 'lost'}`;
    if (step.kind === 'record') return `${step.record.logseq} ${step.body?.type ?? 'skipped'}`;
    const { position, seals } = step.state;
    const anchor = step.kind === 'start' ? ` of ${step.anchor?.logseq ?? 'nothing'}` : '';
    return `${step.kind} ${position}${anchor}, ${seals.length} segments`;
  });
}

/** All that a state says. */
function saidBy({ indexState, recordHash, seals, policy, anchored, types }: LogState): unknown {
  return { indexState, recordHash, seals, policy: [...policy.rows()], anchored, types };
}

/** Expects the steps to go on from one another, and to end in the state that the store has at the position. */
async function expectReal(store: Store, position: bigint, steps: readonly TraceStep[]): Promise<void> {
  const start = steps.findIndex(({ kind }) => kind === 'start');
  let reached = (steps[start] as Extract<TraceStep, { kind: 'start' }>).state;
  for (const step of steps.slice(start + 1)) {
    if (step.kind === 'record') expect(step.record.logseq).toBe(reached.position + 1n);
    reached = (step as Extract<TraceStep, { kind: 'record' | 'end' }>).state;
  }
  expect(steps.at(-1)?.kind).toBe('end');
  const { logFiles } = internalsOf(store);
  expect(saidBy(reached)).toEqual(saidBy(await logFiles.stateAt(position)));
  expect((await store.at(position)).state).toEqual(reached.indexState);
}

/** Expects every position from the base on to be reached by its steps. */
async function expectAllReal(store: Store, base: bigint): Promise<void> {
  const { position: last } = await store.current();
  for (let position = base; position <= last; position++)
    await expectReal(store, position, (await stepsTo(store, position)).steps);
}

async function textsTo(store: Store, position?: bigint): Promise<string[]> {
  const { steps, code } = await stepsTo(store, position);
  return code === undefined ? textsOf(steps) : [...textsOf(steps), code];
}

/** The manifest of the last anchor. */
async function lastManifest(storage: Storage): Promise<string> {
  const anchor = (await (await openStore(storage)).anchors()).at(-1) as SnapshotAnchor;
  return `snapshots/${formatHex(anchor.manifestHash)}/0`;
}

describe.each(BACKENDS)('[LOG-RPL-14] [LOG-RPL-10] the steps of a replay on the $name', ({ make }) => {
  it('start at the last anchor up to the position, and end in the state of the position', async () => {
    const { storage, again } = make();
    await write(storage);
    const store = closing(await openStore(again()));
    await expectAllReal(store, 0n);
    expect(await textsTo(store, 0n)).toEqual(['start 0 of nothing, 0 segments', 'end 0, 0 segments']);
    expect(await textsTo(store, 2n)).toEqual([
      'start 0 of nothing, 0 segments',
      '1 segment-seal',
      '2 artifact-publish',
      'end 2, 1 segments',
    ]);
    expect(await textsTo(store, 3n)).toEqual(['start 3 of 4, 1 segments', 'end 3, 1 segments']);
    expect(await textsTo(store, 8n)).toEqual([
      'start 5 of 6, 2 segments',
      '6 snapshot-anchor',
      '7 tombstone-lift',
      '8 artifact-unpublish',
      'end 8, 2 segments',
    ]);
    const last = ['start 9 of 10, 2 segments', '10 snapshot-anchor', 'end 10, 2 segments'];
    expect(await textsTo(store, 10n)).toEqual(last);
    expect(await textsTo(store)).toEqual(last);
    expect(await textsTo(store, 11n)).toEqual([...last.slice(0, -1), 'LOG.POSITION']);
  });

  it('[LOG-CUT-3] [LOG-RPL-13] start at the base of a log that was cut, or at a snapshot that was kept', async () => {
    const { storage, again } = make();
    await write(storage);
    expect(await closing(await openStore(again())).cut(5n)).toBe(5n);
    const store = closing(await openStore(again()));
    await expectAllReal(store, 5n);
    expect(await textsTo(store, 7n)).toEqual([
      'start 5 of 6, 2 segments',
      '6 snapshot-anchor',
      '7 tombstone-lift',
      'end 7, 2 segments',
    ]);
    expect(await textsTo(store, 3n)).toEqual(['start 3 of 4, 1 segments', 'end 3, 1 segments']);
    expect(await textsTo(store, 0n)).toEqual(['start 0 of nothing, 0 segments', 'end 0, 0 segments']);
    expect(await textsTo(store, 4n)).toEqual(['LOG.TRUNCATED']);
  });
});

describe('[LOG-RPL-14] [LOG-RPL-11] [LOG-RPL-12] an anchor that replay does not start from', () => {
  it('is named when its manifest or policy table is lost', async () => {
    const storage = memoryStorage();
    await write(storage);
    const manifest = await lastManifest(storage);
    const { policyHash } = decodeManifest((await storage.read(manifest, 0, 2 ** 16)) as Uint8Array);
    for (const lost of [manifest, `policies/${formatHex(policyHash)}/0`]) {
      const copy = await copyOf(storage, (name, bytes) => (name === lost ? undefined : bytes));
      const store = await openStore(copy);
      await expectAllReal(store, 0n);
      expect(await textsTo(store, 9n)).toEqual([
        'passed over 10 lost',
        'start 5 of 6, 2 segments',
        '6 snapshot-anchor',
        '7 tombstone-lift',
        '8 artifact-unpublish',
        '9 artifact-publish',
        'end 9, 2 segments',
      ]);
      expect((await textsTo(store, 8n))[0]).toBe('start 5 of 6, 2 segments');
    }
  });

  it('is named with what makes it false, and ends the steps where it stands', async () => {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).add(tombstone('b'));
    draft.add(await draft.anchor(draft.last, { blind: new Uint8Array(32).fill(1) })).add(tombstone('c'));
    draft.addRaw(9, new Uint8Array(3));
    const store = await draft.open();
    const below = [
      'passed over 3 MANIFEST.BLIND',
      'start 0 of nothing, 0 segments',
      '1 tombstone',
      '2 tombstone',
    ];
    expect(await textsTo(store, 2n)).toEqual([...below, 'end 2, 0 segments']);
    for (const position of [3n, 4n, 5n])
      expect(await textsTo(store, position)).toEqual([...below, 'MANIFEST.BLIND']);
  });
});

describe('[LOG-RPL-14] [LOG-RPL-4] a record', () => {
  it('that is not known is skipped, and one that is invalid ends the steps', async () => {
    const draft = await Draft.begin();
    draft.add(tombstone('a')).addRaw(9, new Uint8Array(3));
    // A lift of what is no tombstone.
    const lift = new Uint8Array(41);
    [lift[0], lift[33]] = [1, 77];
    const store = await draft.addRaw(3, lift).open();
    const below = ['start 0 of nothing, 0 segments', '1 tombstone', '2 skipped'];
    expect(await textsTo(store, 2n)).toEqual([...below, 'end 2, 0 segments']);
    expect(await textsTo(store, 3n)).toEqual([...below, 'LOG.LIFT']);
    expect(await textsTo(store)).toEqual(['LOG.LIFT']);
  });
});
