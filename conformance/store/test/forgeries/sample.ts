import { type Reference, referenceOf } from '@amduat/asl-core';
import { fileSystemStorage, initStore, openStore, type PutOptions, type Writer } from '@amduat/asl-store';
import { type Objects, readObjects } from './objects.js';

/** What a sample has beside artifacts: nothing; anchors; anchors, and cuts below them. */
export type History = 'plain' | 'anchored' | 'cut';
export const HISTORIES: readonly History[] = ['plain', 'anchored', 'cut'];

/** A store of a few epochs, segments and blocks, and what was put into it. */
export interface Sample {
  readonly objects: Objects;
  readonly artifacts: readonly { readonly key: Reference; readonly bytes: Uint8Array }[];
}

const SECRET = new Uint8Array(32).fill(0x44);
const LIMITS = { blockLength: 64, smallLength: 32 };
/** With those before them more than a manifest lists one by one. */
const SEALS = 7;

const ALPHA: Uint8Array = bytesOf('alpha');
const BETA: Uint8Array = bytesOf('the second artifact');
const LARGE: Uint8Array = Uint8Array.from({ length: 150 }, (_, index) => (7 * index) % 251);
const EMPTY: Uint8Array = new Uint8Array();
/** The only one with a type tag. */
const TAGGED: Uint8Array = bytesOf('tagged');
const TAG = 7;

export const ALPHA_KEY: Reference = referenceOf({ bytes: ALPHA });
export const BETA_KEY: Reference = referenceOf({ bytes: BETA });
export const LARGE_KEY: Reference = referenceOf({ bytes: LARGE });
export const EMPTY_KEY: Reference = referenceOf({ bytes: EMPTY });
export const TAGGED_KEY: Reference = referenceOf({ bytes: TAGGED, typeTag: TAG });
/** Removed again, where there are anchors. */
const GONE_KEY: Reference = referenceOf({ bytes: bytesOf('one of 80: 7') });
/** In a merged segment, where there are anchors. */
export const MERGED_KEY: Reference = referenceOf({ bytes: bytesOf('one by one: 3') });
/** One of many, in a segment that has a filter. */
export const CROWD_KEY: Reference = referenceOf({ bytes: bytesOf('one of 80: 40') });

/**
 * Makes a store: `plain` of two epochs and three segments. An `anchored` one has an anchor in each of them, the second
 * one of a manifest with a merged segment; one that is `cut` was cut at both positions, so that one epoch is left, and
 * goes on above in another one.
 */
export async function makeSample(folder: string, open: boolean, history: History = 'plain'): Promise<Sample> {
  const storage = fileSystemStorage(folder);
  await initStore(storage, {
    name: 'sample',
    open,
    authorityKey: new Uint8Array(32).fill(0x11),
    nonce: new Uint8Array(32).fill(0x22),
  });
  const store = await openStore(storage);
  const writing = open ? { limits: LIMITS } : { limits: LIMITS, secret: SECRET };
  const artifacts: { key: Reference; bytes: Uint8Array }[] = [];
  const put = async (writer: Writer, bytes: Uint8Array, options: PutOptions = {}) => {
    artifacts.push({ key: (await writer.put(bytes, options)).reference, bytes });
  };
  const first = await store.openWriter(writing);
  for (const bytes of [ALPHA, BETA, EMPTY]) await put(first, bytes);
  await first.seal();
  await first.publish([ALPHA_KEY]);
  if (history !== 'plain') await first.snapshot();
  await put(first, LARGE);
  await put(first, TAGGED, { typeTag: TAG });
  await first.close();
  if (history === 'cut') await store.cut();
  const second = await store.openWriter(writing);
  for (let index = 0; index < 80; index++) await put(second, bytesOf(`one of 80: ${index}`));
  await second.seal();
  await second.tombstone(referenceOf({ bytes: bytesOf('never put') }));
  if (history !== 'plain') await anchor(second, put);
  await second.close();
  if (history === 'cut') {
    await store.cut();
    const third = await store.openWriter(writing);
    await third.unpublish([TAGGED_KEY]);
    await third.close();
  }
  await store.close();
  return { objects: await readObjects(folder), artifacts };
}

/** Seals often enough for a merged segment, with a removal below it, and anchors that. */
async function anchor(writer: Writer, put: (writer: Writer, bytes: Uint8Array) => Promise<void>) {
  for (let index = 0; index < SEALS; index++) {
    await put(writer, bytesOf(`one by one: ${index}`));
    if (index === 0) await writer.remove(GONE_KEY);
    await writer.seal();
  }
  await writer.snapshot();
  await writer.publish([TAGGED_KEY]);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
