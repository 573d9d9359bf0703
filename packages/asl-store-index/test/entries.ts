import { createHash } from 'node:crypto';
import { formatReference, HASH_SHA256, type Hasher, type HashId, type Reference } from '@amduat/asl-core';
import {
  type ContentEntry,
  contentEntries,
  type EntryCodec,
  type EntryRecord,
  type StateEntry,
  stateEntries,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { anyKey } from './arbitraries.js';

export function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The platform's SHA-256, for what takes many hashes. */
export const platformHasher: Hasher = {
  hashId: HASH_SHA256,
  digest: (parts) => new Uint8Array(sha256(...parts)),
  start: () => {
    throw new Error('not used');
  },
};

/** Keys that part at the first bits, in the middle, at the edges of octets, and at the last bits of their digests. */
const PARTING = [0, 1, 7, 8, 100, 247, 248, 254, 255];

export function closeKey(hashId: HashId, flipped: readonly number[]): Reference {
  const digest = new Uint8Array(32).fill(0xa5);
  for (const bit of flipped) digest[bit >> 3] = (digest[bit >> 3] as number) ^ (0x80 >> (bit & 7));
  return { hashId, digest };
}

export const aCloseKey: fc.Arbitrary<Reference> = fc
  .tuple(fc.constantFrom<HashId>(1, 2), fc.subarray(PARTING, { maxLength: 3 }))
  .map(([hashId, flipped]) => closeKey(hashId, flipped));

/** Sets of keys most of which are alike for long, under both hash functions. */
const keySets: fc.Arbitrary<Reference[]> = fc.uniqueArray(
  fc.oneof({ weight: 4, arbitrary: aCloseKey }, { weight: 1, arbitrary: anyKey }),
  { selector: formatReference, maxLength: 12 },
);

export const u64: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 300n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

/** Of the state's own domain, or of none, in half of the cases. */
const aDomain = fc.oneof(fc.constant(ZERO_DOMAIN), fc.uint8Array({ minLength: 32, maxLength: 32 }));
const tags = fc.option(fc.oneof(fc.constantFrom(0, 0xffff_ffff), fc.nat()), { nil: undefined });

const tagged = (typeTag: number | undefined) => (typeTag === undefined ? {} : { typeTag });

const aRecord: fc.Arbitrary<EntryRecord> = fc
  .record({ typeTag: tags, length: u64, domain: aDomain, source: aDomain })
  .map(({ typeTag, ...rest }) => ({ ...rest, ...tagged(typeTag) }));

const ascendingLogseqs: fc.Arbitrary<bigint[]> = fc
  .uniqueArray(fc.oneof(fc.bigInt({ min: 1n, max: 300n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })), {
    maxLength: 4,
  })
  .map((logseqs) => logseqs.sort((left, right) => (left < right ? -1 : 1)));

export const stateEntry = (key: Reference): fc.Arbitrary<StateEntry> =>
  fc
    .record({
      record: fc.option(aRecord, { nil: undefined }),
      publication: fc.constantFrom(undefined, 'published' as const, 'unpublished' as const),
      tombstones: fc.oneof(fc.constant([]), ascendingLogseqs),
    })
    .map(({ record, publication, tombstones }) => {
      const saysNothing = record === undefined && publication === undefined && tombstones.length === 0;
      return {
        key,
        ...(record && { record }),
        ...(publication && { publication }),
        tombstones: saysNothing ? [1n] : tombstones,
      };
    });

export const contentEntry = (key: Reference): fc.Arbitrary<ContentEntry> =>
  fc
    .record({ typeTag: tags, length: u64 })
    .map(({ typeTag, length }) => ({ key, length, ...tagged(typeTag) }));

export type AnyEntry = ContentEntry | StateEntry;

/** Entries of one kind, one for a key. */
export interface EntrySet {
  readonly codec: EntryCodec<AnyEntry>;
  readonly entries: readonly AnyEntry[];
}

function setsOf(codec: EntryCodec<AnyEntry>, entryOf: (key: Reference) => fc.Arbitrary<AnyEntry>) {
  return keySets
    .chain((keys) => fc.tuple(...keys.map(entryOf)))
    .map((entries): EntrySet => ({ codec, entries }));
}

export const stateSets: fc.Arbitrary<readonly StateEntry[]> = keySets.chain((keys) =>
  fc.tuple(...keys.map(stateEntry)),
);

export const entrySets: fc.Arbitrary<EntrySet> = fc.oneof(
  setsOf(stateEntries, stateEntry),
  setsOf(contentEntries, contentEntry),
);
