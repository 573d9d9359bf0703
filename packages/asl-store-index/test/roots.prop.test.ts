import { createHmac } from 'node:crypto';
import {
  blindOf,
  contentEntries,
  type EntryRecord,
  rootsOf,
  type StateEntry,
  stateEntries,
  stateRootOf,
  verdictOf,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHasher, sha256, stateSets, u64 } from './entries.js';
import { subtreeHash } from './entry-model.js';

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });

function isShown({ key, record, publication, tombstones }: StateEntry): boolean {
  const said = publication && { publication: { published: publication === 'published', logseq: 1n } };
  return verdictOf({ key, tombstones, ...said }, record !== undefined) === 'published';
}

const rootOverStates = (entries: readonly StateEntry[]) =>
  subtreeHash(
    entries.map((entry) => stateEntries.encode(entry)),
    '',
  );

function rootOverContents(entries: readonly StateEntry[]): Buffer {
  const contents = entries.flatMap(({ key, record }) => {
    if (record === undefined) return [];
    const { typeTag, length } = record;
    return [contentEntries.encode({ key, length, ...(typeTag !== undefined && { typeTag }) })];
  });
  return subtreeHash(contents, '');
}

describe('[STX-ROOT-3] StateRoot', () => {
  it('is the hash of the blind and of the trie over all state entries', () => {
    fc.assert(
      fc.property(stateSets, hashes, (entries, blind) => {
        const { stateRoot } = rootsOf(entries, blind, platformHasher);
        const expected = sha256(Uint8Array.of(2), blind, rootOverStates(entries));
        expect(Buffer.from(stateRoot)).toEqual(expected);
      }),
    );
  });

  it('is made of the blind first and of the root then', () => {
    fc.assert(
      fc.property(hashes, hashes, (blind, root) => {
        expect(Buffer.from(stateRootOf(blind, root))).toEqual(sha256(Uint8Array.of(2), blind, root));
      }),
    );
  });
});

describe('[STX-ROOT-2] PublicRoot', () => {
  it('is that of the entries whose verdict is published, with no blind', () => {
    fc.assert(
      fc.property(stateSets, hashes, (entries, blind) => {
        const { publicRoot } = rootsOf(entries, blind, platformHasher);
        expect(Buffer.from(publicRoot)).toEqual(rootOverStates(entries.filter(isShown)));
      }),
    );
  });

  it('is the same whatever else the state says', () => {
    fc.assert(
      fc.property(stateSets, hashes, (entries, blind) => {
        const { publicRoot } = rootsOf(entries, blind, platformHasher);
        const shown = rootsOf(entries.filter(isShown), new Uint8Array(32), platformHasher);
        expect(publicRoot).toEqual(shown.publicRoot);
      }),
    );
  });
});

describe('[STX-ROOT-1] ContentRoot', () => {
  it('is that of the content of all keys with a record', () => {
    fc.assert(
      fc.property(stateSets, hashes, (entries, blind) => {
        const { contentRoot } = rootsOf(entries, blind, platformHasher);
        expect(Buffer.from(contentRoot)).toEqual(rootOverContents(entries));
      }),
    );
  });

  it('is the same in every domain, whatever is said of the keys', () => {
    fc.assert(
      fc.property(stateSets, hashes, hashes, (entries, domain, blind) => {
        const elsewhere = entries.map(({ key, record }): StateEntry => {
          const moved: EntryRecord | undefined = record && { ...record, domain, source: ZERO_DOMAIN };
          return { key, ...(moved && { record: moved }), publication: 'unpublished', tombstones: [7n] };
        });
        const { contentRoot } = rootsOf(entries.toReversed(), blind, platformHasher);
        expect(rootsOf(elsewhere, domain, platformHasher).contentRoot).toEqual(contentRoot);
      }),
    );
  });
});

describe('[STX-ROOT-4] the blind', () => {
  it('is the HMAC of the platform over the tag and the position', () => {
    fc.assert(
      fc.property(hashes, u64, (secret, position) => {
        const said = Buffer.alloc(19);
        said.write('ASL/STATE/1', 'latin1');
        said.writeBigUInt64LE(position, 11);
        const expected = createHmac('sha256', secret).update(said).digest();
        expect(Buffer.from(blindOf(secret, position))).toEqual(expected);
      }),
    );
  });

  it('is zero in an open domain, and its own each time', () => {
    const blind = blindOf(undefined, 3n);
    expect(blind).toEqual(new Uint8Array(32));
    blind.fill(1);
    expect(blindOf(undefined, 4n)).toEqual(new Uint8Array(32));
  });

  it('is of a u64', () => {
    for (const position of [-1n, 2n ** 64n]) {
      expect(() => blindOf(new Uint8Array(32), position)).toThrow(RangeError);
      expect(() => blindOf(undefined, position)).toThrow(RangeError);
    }
  });
});

describe('[STX-TRIE-3] the roots of a state', () => {
  it('are not made with two entries of one key', () => {
    fc.assert(
      fc.property(stateSets, fc.nat(), (entries, number) => {
        const [repeated] = entries.slice(number % Math.max(1, entries.length));
        fc.pre(repeated !== undefined);
        const twice = [...entries, { ...(repeated as StateEntry), tombstones: [9n] }];
        expect(() => rootsOf(twice, new Uint8Array(32))).toThrow(/^IDX\.DUPLICATE/);
      }),
    );
  });
});
