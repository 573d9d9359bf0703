import { formatReference, type Reference, referenceOf } from '@amduat/asl-core';
import { openStore, type Storage, type Store, type Writer } from '@amduat/asl-store';
import { ContentIndexModel, equalIndexStates, type IndexState, PolicyModel } from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, initDemo, textOf } from './backends.js';

const KEY_COUNT = 5;
const LIMITS = { blockLength: 16, smallLength: 10, segmentRecordCount: 4 };
const TEXTS = Array.from({ length: KEY_COUNT }, (_, index) => (index === 0 ? '' : `artifact ${index}`));
const KEYS: readonly Reference[] = TEXTS.map((text) => referenceOf({ bytes: bytesOf(text) }));

type Operation =
  | {
      readonly kind: 'put' | 'remove' | 'tombstone' | 'publish' | 'unpublish' | 'put and publish';
      readonly key: number;
    }
  | { readonly kind: 'lift'; readonly which: number }
  | { readonly kind: 'seal' | 'reopen' };

const key = fc.nat({ max: KEY_COUNT - 1 });
const operations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), key }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('seal' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), key }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'tombstone' as const,
          'publish' as const,
          'unpublish' as const,
          'put and publish' as const,
        ),
        key,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('lift' as const), which: fc.nat({ max: 9 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
  ),
  { maxLength: 60 },
);

/** The two models, moved on by seals as the specification says. */
class Expected {
  readonly content = new ContentIndexModel<string>();
  readonly policy = new PolicyModel();
  /** Content positions after each record of the log. */
  readonly positions: bigint[] = [0n];
  readonly open = new Map<number, 'put' | 'tombstone'>();
  readonly toPublish = new Set<number>();

  isVisible(index: number, position = this.policy.position): boolean {
    return (
      this.content.lookupAt(KEYS[index] as Reference, this.positions[Number(position)] ?? 0n) !== undefined
    );
  }

  verdict(index: number, position = this.policy.position) {
    return this.policy.verdictAt(position, KEYS[index] as Reference, this.isVisible(index, position));
  }

  seal(): void {
    for (const [index, record] of this.open) {
      if (record === 'put') this.content.put(KEYS[index] as Reference, TEXTS[index] as string);
      else this.content.tombstone(KEYS[index] as Reference);
    }
    if (this.open.size > 0) this.record(() => this.policy.other());
    if (this.toPublish.size > 0) {
      this.record(() => this.policy.publish([...this.toPublish].map((index) => KEYS[index] as Reference)));
    }
    this.open.clear();
    this.toPublish.clear();
  }

  record(append: () => bigint): bigint {
    const logseq = append();
    this.positions.push(this.content.currentLogPosition);
    return logseq;
  }
}

/** Runs an operation on the writer and on the models; each call is waited for only at a seal. */
async function run(operation: Operation, writer: Writer, expected: Expected): Promise<void> {
  const { policy } = expected;
  if (operation.kind === 'seal' || operation.kind === 'reopen') {
    expected.seal();
    await (operation.kind === 'seal' ? writer.seal() : writer.close());
    return;
  }
  if (operation.kind === 'lift') {
    const live = KEYS.flatMap((reference) => policy.tombstonesAt(policy.position, reference));
    const tombstone = live[operation.which % Math.max(1, live.length)];
    if (tombstone === undefined) return void expect(await codeOf(writer.lift(1n))).toBe('LOG.LIFT');
    expected.record(() => policy.lift(tombstone));
    return void expect(await writer.lift(tombstone)).toBe(policy.position);
  }
  const { kind, key: index } = operation as Extract<Operation, { key: number }>;
  const reference = KEYS[index] as Reference;
  const verdict = expected.verdict(index);
  if (kind === 'put' || kind === 'put and publish') {
    const put = writer.put(bytesOf(TEXTS[index] as string), {
      publish: kind !== 'put',
      visibility: 'internal',
    });
    if (verdict === 'inadmissible') return void expect(await codeOf(put)).toBe('STORE.INADMISSIBLE');
    if (expected.open.has(index) || !expected.isVisible(index)) expected.open.set(index, 'put');
    const isPublished = policy.publicationAt(policy.position, reference)?.published === true;
    if (kind !== 'put' && !isPublished) expected.toPublish.add(index);
    expect(formatReference((await put).reference)).toBe(formatReference(reference));
  } else if (kind === 'remove') {
    const removal = writer.remove(reference);
    if (verdict === 'published') return void expect(await codeOf(removal)).toBe('STORE.PUBLISHED');
    const hasRecord = expected.isVisible(index) || expected.open.get(index) === 'put';
    if (!hasRecord) return void expect(await codeOf(removal)).toBe('STORE.ABSENT');
    expected.open.set(index, 'tombstone');
    await removal;
  } else {
    expected.record(() => (kind === 'tombstone' ? policy.tombstone(reference) : policy[kind]([reference])));
    const logseq = kind === 'tombstone' ? writer.tombstone(reference) : writer[kind]([reference]);
    expect(await logseq).toBe(policy.position);
  }
}

/** Compares every answer at every position. */
async function compare(store: Store, expected: Expected, states: IndexState[]): Promise<void> {
  const { policy } = expected;
  expect((await store.refresh()).position).toBe(policy.position);
  for (let position = policy.position; position >= 0n; position--) {
    const view = await store.at(position);
    const known = states[Number(position)];
    if (known === undefined) states[Number(position)] = view.state;
    else expect(equalIndexStates(view.state, known)).toBe(true);
    const entries: string[] = [];
    for await (const { reference, verdict } of view.entries())
      entries.push(`${formatReference(reference)} ${verdict}`);
    const expectedEntries: string[] = [];
    for (const [index, reference] of KEYS.entries()) {
      const verdict = expected.verdict(index, position);
      const { tombstones, publication, record } = await view.stat(reference);
      expect({ position, tombstones, publication, isVisible: record !== undefined }).toEqual({
        position,
        tombstones: policy.tombstonesAt(position, reference),
        publication: policy.publicationAt(position, reference),
        isVisible: expected.isVisible(index, position),
      });
      const text = verdict === 'internal' || verdict === 'published' ? TEXTS[index] : undefined;
      expect(textOf(await view.get(reference))).toBe(text);
      if (expected.isVisible(index, position) || tombstones.length > 0 || publication !== undefined) {
        expectedEntries.push(`${formatReference(reference)} ${verdict}`);
      }
    }
    expect(entries).toEqual(expectedEntries.sort());
  }
}

async function forget(storage: Storage): Promise<void> {
  for (const name of await storage.list('derived/')) await storage.delete(name);
}

describe.each(BACKENDS)('[STX-MOD-1] a store on the $name', ({ name, make }) => {
  it('[STX-POS-3] [STX-POS-4] [STX-VER-5] [STO-RDR-3] [STO-RDR-5] [STO-MRG-1] [STO-OBJ-2] answers as the models do, at every position', async () => {
    await fc.assert(
      fc.asyncProperty(operations, async (history) => {
        const { storage, again } = make();
        const store = await initDemo(storage);
        const follower = closing(await openStore(again()));
        const expected = new Expected();
        const states: IndexState[] = [];
        let writer = await store.openWriter({ limits: LIMITS });
        for (const operation of history) {
          await run(operation, writer, expected);
          if (expected.open.size === LIMITS.segmentRecordCount) expected.seal();
          if (operation.kind !== 'reopen') continue;
          await compare(follower, expected, states);
          writer = await store.openWriter({ limits: LIMITS });
        }
        expected.seal();
        await writer.close();
        await compare(store, expected, states);
        await compare(follower, expected, states);
        await forget(storage);
        await compare(closing(await openStore(again())), expected, states);
      }),
      { numRuns: name === 'memory' ? 1000 : 25 },
    );
  });
});
