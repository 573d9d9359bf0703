import type { HashId, Reference } from '@amduat/asl-core';
import fc from 'fast-check';

/** Few keys that are alike for long: equal digests under two hash functions, and one octet or one bit apart. */
export const KEYS: readonly Reference[] = ([1, 2] as HashId[]).flatMap((hashId) =>
  [
    (digest: Uint8Array) => digest,
    (digest: Uint8Array) => digest.fill(1, 31),
    (digest: Uint8Array) => digest.fill(0x10, 31),
    (digest: Uint8Array) => digest.fill(0x80, 0, 1),
  ].map((edit) => ({ hashId, digest: edit(new Uint8Array(32)) })),
);

export const aKey: fc.Arbitrary<Reference> = fc.constantFrom(...KEYS);

export const anyKey: fc.Arbitrary<Reference> = fc.record({
  hashId: fc.constantFrom<HashId>(1, 2),
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});
