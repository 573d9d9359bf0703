// @ts-check
// A small history with everything that a store can be asked to write; whoever is stopped in it can go on.
import { referenceOf } from '@amduat/asl-core';
import { initStore, openStore } from '@amduat/asl-store';

/**
 * @import { OpenOptions, Storage, Store, Writer } from '@amduat/asl-store'
 * @typedef {'write' | 'snapshot' | 'reopen' | 'cut'} Kind
 * @typedef {{ kind: Kind, end: bigint, run?: (writer: Writer) => Promise<unknown> }} Act what is done at a time, and the
 *   position that it ends at
 * @typedef {{ position: bigint, base: bigint }} Told what was acknowledged: the end of the log, and where it was cut
 * @typedef {{ cuts?: boolean, within?: (kind: Kind, work: () => Promise<unknown>) => Promise<unknown>,
 *   tell?: (told: Told) => void }} Options
 */

const LIMITS = { blockLength: 24, smallLength: 16 };

/** @param {string} text */
const bytesOf = (text) => new TextEncoder().encode(text);

/** @param {string} text */
const keyOf = (text) => referenceOf({ bytes: bytesOf(text) });

/** What each segment of a seal holds. @param {readonly string[]} seals @param {{ publish?: boolean }} [options] */
const putting = (seals, options) => async (/** @type {Writer} */ writer) => {
  for (const text of seals) {
    await writer.put(bytesOf(text), options);
    await writer.seal();
  }
};

/** @param {Writer} writer */
async function putAndRemove(writer) {
  await writer.put(bytesOf('removed with its own seal'));
  await writer.remove(keyOf('removed with its own seal'));
  await writer.remove(keyOf('few 2'));
  await writer.seal();
}

const FEW = ['few 1', 'few 2'];
/** With the segments before, more than a manifest names side by side (STO-CMP-2). */
const MORE = ['more 1', 'more 2', 'few 2', 'more 4'];
const LONG = 'long enough for more than one block, and for more than two of them';

/** @type {readonly { kind: Kind, records: bigint, run?: Act['run'] }[]} */
const PARTS = [
  { kind: 'write', records: 1n, run: putting(['first']) },
  { kind: 'write', records: 2n, run: putting([LONG], { publish: true }) },
  { kind: 'write', records: 1n, run: (writer) => writer.publish([keyOf('first'), keyOf('not there yet')]) },
  { kind: 'write', records: 1n, run: (writer) => writer.tombstone(keyOf(LONG), 7) },
  { kind: 'reopen', records: 0n },
  ...FEW.map((text) => ({ kind: /** @type {Kind} */ ('write'), records: 1n, run: putting([text]) })),
  { kind: 'snapshot', records: 1n },
  { kind: 'write', records: 1n, run: putAndRemove },
  { kind: 'write', records: 1n, run: (writer) => writer.lift(5n) },
  ...MORE.map((text) => ({ kind: /** @type {Kind} */ ('write'), records: 1n, run: putting([text]) })),
  { kind: 'snapshot', records: 1n },
  { kind: 'cut', records: 0n },
  { kind: 'write', records: 1n, run: putting(['after the cut']) },
  { kind: 'write', records: 1n, run: (writer) => writer.unpublish([keyOf('first')]) },
  { kind: 'write', records: 1n, run: (writer) => writer.tombstone(keyOf('more 1')) },
  { kind: 'snapshot', records: 1n },
  { kind: 'cut', records: 0n },
  { kind: 'write', records: 1n, run: putting(['last']) },
];

/** @type {readonly Act[]} */
const HISTORY = PARTS.map(({ kind, run }, index) => {
  const end = PARTS.slice(0, index + 1).reduce((sum, { records }) => sum + records, 0n);
  return run === undefined ? { kind, end } : { kind, end, run };
});

/** Where the history ends, and where its log begins then. @type {Told} */
export const WHOLE = { position: endOf('write'), base: endOf('snapshot') - 1n };

/** @param {Kind} kind */
function endOf(kind) {
  return /** @type {Act} */ (HISTORY.findLast((act) => act.kind === kind)).end;
}

/**
 * Makes the store, if it is not there, and opens it.
 * @param {Storage} storage
 * @param {OpenOptions} [options]
 */
export async function openDemo(storage, options) {
  if ((await storage.size('snapshots/genesis')) === undefined) {
    const authorityKey = new Uint8Array(32).fill(0x11);
    await initStore(storage, {
      name: 'demo',
      open: true,
      authorityKey,
      nonce: new Uint8Array(32).fill(0x22),
    });
  }
  return await openStore(storage, options);
}

/**
 * Goes on with the history from where a store stands, up to its end.
 * @param {Store} store
 * @param {Options} [options]
 */
export async function goOn(store, { cuts = true, within = (_, work) => work(), tell = () => {} } = {}) {
  /** @type {Writer | undefined} */
  let writer;
  const release = async () => {
    await writer?.close();
    writer = undefined;
  };
  let base = 0n;
  try {
    for (const { kind, end, run } of actsFrom((await store.refresh()).position)) {
      if (kind === 'reopen' || kind === 'cut') await release();
      if (kind === 'cut' && cuts) await within(kind, async () => (base = await store.cut()));
      if (kind === 'write' || kind === 'snapshot') {
        writer ??= await store.openWriter({ limits: LIMITS, workerCount: 0 });
        const open = writer;
        await within(kind, () =>
          kind === 'snapshot' ? open.snapshot() : (run?.(open) ?? Promise.resolve()),
        );
        if (open.state.position !== end) throw new Error(`at ${open.state.position}, not at ${end}`);
      }
      tell({ position: end, base });
    }
  } finally {
    await release();
  }
}

/** What is left to do: a cut at the end of what was done may not have been. @param {bigint} position */
function actsFrom(position) {
  const done = HISTORY.filter(({ end }) => end <= position);
  const last = done.findLastIndex(({ kind }) => kind !== 'cut');
  return HISTORY.slice(last + 1);
}
