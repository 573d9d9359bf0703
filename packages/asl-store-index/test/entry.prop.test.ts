import { encodeReference, isAslError, type Reference } from '@amduat/asl-core';
import {
  contentEntries,
  contentEntryOf,
  decodeEntry,
  type EntryCodec,
  isPublished,
  type PolicyRow,
  type StateEntry,
  stateEntries,
  stateEntryOf,
  verdictOf,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyKey, KEYS } from './arbitraries.js';
import { type AnyEntry, contentEntry, stateEntry } from './entries.js';

const KEY = KEYS[0] as Reference;

const states = anyKey.chain(stateEntry);
const contents = anyKey.chain(contentEntry);
const samples: fc.Arbitrary<readonly [EntryCodec<AnyEntry>, AnyEntry]> = fc.oneof(
  states.map((entry) => [stateEntries, entry] as const),
  contents.map((entry) => [contentEntries, entry] as const),
);

/** A state entry with its fields where the table of section 10.1 has them. */
function stateByHand({ key, record, publication, tombstones }: StateEntry): Buffer {
  const bytes = Buffer.alloc(117 + 8 * tombstones.length);
  bytes.set(encodeReference(key), 0);
  if (record !== undefined) {
    bytes[34] = 1;
    bytes[35] = record.typeTag === undefined ? 0 : 1;
    bytes.writeUInt32LE(record.typeTag ?? 0, 36);
    bytes.writeBigUInt64LE(record.length, 40);
    bytes.set(record.domain, 48);
    bytes.set(record.source, 80);
  }
  bytes[112] = publication === 'published' ? 1 : publication === 'unpublished' ? 2 : 0;
  bytes.writeUInt32LE(tombstones.length, 113);
  for (const [index, logseq] of tombstones.entries()) bytes.writeBigUInt64LE(logseq, 117 + 8 * index);
  return bytes;
}

/** What becomes of octets: a code, or whether what they say is written with these octets. */
function outcome(codec: EntryCodec<AnyEntry>, bytes: Uint8Array): string {
  try {
    const again = codec.encode(decodeEntry(codec, bytes));
    return Buffer.compare(again, bytes) === 0 ? 'these octets' : 'other octets';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

describe('[STX-ENT-1] an entry', () => {
  it('has the fields of the tables and no other', () => {
    fc.assert(
      fc.property(states, (entry) => {
        expect(Buffer.from(stateEntries.encode(entry))).toEqual(stateByHand(entry));
      }),
    );
    fc.assert(
      fc.property(contents, (entry) => {
        const bytes = Buffer.alloc(47);
        bytes.set(encodeReference(entry.key), 0);
        bytes[34] = entry.typeTag === undefined ? 0 : 1;
        bytes.writeUInt32LE(entry.typeTag ?? 0, 35);
        bytes.writeBigUInt64LE(entry.length, 39);
        expect(Buffer.from(contentEntries.encode(entry))).toEqual(bytes);
      }),
    );
  });

  it('is read back as what was written, wherever it stands', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ maxLength: 9 }), ([codec, entry], before) => {
        const encoded = codec.encode(entry);
        expect(decodeEntry(codec, encoded)).toEqual(entry);
        const read = codec.read(Buffer.concat([before, encoded, before]), before.length);
        expect(read).toEqual({ entry, end: before.length + encoded.length });
      }),
    );
  });

  it('is made of what a lookup finds and of the row of the policy table', () => {
    const row: PolicyRow = { key: KEY, tombstones: [4n, 9n], publication: { published: true, logseq: 5n } };
    const record = { typeTag: 0, length: 7n, domain: ZERO_DOMAIN, source: ZERO_DOMAIN };
    expect(stateEntryOf(KEY, undefined, undefined)).toBeUndefined();
    expect(stateEntryOf(KEY, record, undefined)).toEqual({ key: KEY, record, tombstones: [] });
    const said = { key: KEY, publication: 'published', tombstones: [4n, 9n] };
    expect(stateEntryOf(KEY, undefined, row)).toEqual(said);
    expect(stateEntryOf(KEY, record, row)).toEqual({ ...said, record });
    const unpublished = { ...row, publication: { published: false, logseq: 5n } };
    expect(stateEntryOf(KEY, record, unpublished)?.publication).toBe('unpublished');
  });

  it('of content goes with every state entry that has a record, and with no other', () => {
    fc.assert(
      fc.property(states, (entry) => {
        const { key, record } = entry;
        const tag = record?.typeTag === undefined ? {} : { typeTag: record.typeTag };
        expect(contentEntryOf(entry)).toEqual(record && { key, ...tag, length: record.length });
      }),
    );
  });
});

describe('[STX-ROOT-2] an entry that is published', () => {
  it('is one whose verdict is published', () => {
    fc.assert(
      fc.property(states, (entry) => {
        const { key, record, publication, tombstones } = entry;
        const said = publication && { publication: { published: publication === 'published', logseq: 1n } };
        const row = said === undefined && tombstones.length === 0 ? undefined : { key, tombstones, ...said };
        expect(isPublished(entry)).toBe(verdictOf(row, record !== undefined) === 'published');
      }),
    );
  });
});

describe('[STX-ENT-3] an entry', () => {
  it('is refused wherever it was cut, and with octets after it', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ minLength: 1, maxLength: 9 }), ([codec, entry], after) => {
        const encoded = codec.encode(entry);
        for (let length = 0; length < encoded.length; length++) {
          expect(outcome(codec, encoded.subarray(0, length))).toBe('ENTRY.TRUNCATED');
        }
        expect(outcome(codec, Buffer.concat([encoded, after]))).toBe('ENTRY.TRAILING');
      }),
    );
  });

  it('with more tombstones than there are octets for is refused before room is taken', () => {
    const bytes = stateByHand({ key: KEY, tombstones: [3n] });
    // 2^29 + 1 tombstones have eight octets if the length is one of 32 bits.
    for (const count of [2, 0x2000_0001, 0x7fff_ffff, 0xffff_ffff]) {
      bytes.writeUInt32LE(count, 113);
      expect(outcome(stateEntries, bytes)).toBe('ENTRY.TRUNCATED');
    }
  });
});

describe('[STX-ENT-4] an entry', () => {
  it('has one form: whatever octet is changed, it is refused or another entry', () => {
    fc.assert(
      fc.property(samples, fc.nat(), fc.integer({ min: 1, max: 255 }), ([codec, entry], number, change) => {
        const bytes = codec.encode(entry);
        const at = number % bytes.length;
        bytes[at] = (bytes[at] as number) ^ change;
        expect(outcome(codec, bytes)).toMatch(/^(these octets|ENTRY\.|CORE\.HASH_ID$)/);
      }),
      { numRuns: 1000 },
    );
  });

  const record = { length: 0n, domain: ZERO_DOMAIN, source: ZERO_DOMAIN };
  const present = stateByHand({ key: KEY, record, tombstones: [4n, 9n] });
  const absent = stateByHand({ key: KEY, tombstones: [4n, 9n] });

  it.each<[string, Buffer, number, number]>([
    ['present 2', present, 34, 2],
    ['has_type_tag 2', present, 35, 2],
    ['a tag without its flag', present, 39, 1],
    ['publication 3', present, 112, 3],
    ['a tombstone 0', present, 117, 0],
    ['tombstones that are equal', present, 117, 9],
    ['tombstones that descend', present, 117, 10],
    ['has_type_tag without a record', absent, 35, 1],
    ['a length without a record', absent, 47, 1],
    ['an origin without a record', absent, 48, 1],
    ['an origin without a record, at its end', absent, 79, 1],
    ['a source without a record', absent, 80, 1],
    ['a source without a record, at its end', absent, 111, 1],
  ])('is refused with %s', (_, from, at, value) => {
    expect(outcome(stateEntries, from)).toBe('these octets');
    expect(outcome(stateEntries, Buffer.from(from).fill(value, at, at + 1))).toBe('ENTRY.FORM');
  });

  it('is refused when it says nothing', () => {
    expect(outcome(stateEntries, stateByHand({ key: KEY, tombstones: [] }))).toBe('ENTRY.FORM');
    const empty = stateByHand({ key: KEY, record, tombstones: [] });
    expect(outcome(stateEntries, empty)).toBe('these octets');
  });

  it('of content is refused with another flag and with a tag without its flag', () => {
    const bytes = contentEntries.encode({ key: KEY, length: 3n });
    expect(outcome(contentEntries, Buffer.from(bytes).fill(2, 34, 35))).toBe('ENTRY.FORM');
    expect(outcome(contentEntries, Buffer.from(bytes).fill(1, 38, 39))).toBe('ENTRY.FORM');
  });
});

describe('[STX-ENT-5] an entry of a key with another hash_id', () => {
  it('is refused as soon as the key is there', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0, 3, 0x100, 0xffff), ([codec, entry], hashId) => {
        const bytes = Buffer.from(codec.encode(entry));
        bytes.writeUInt16BE(hashId, 0);
        expect(outcome(codec, bytes)).toBe('CORE.HASH_ID');
        expect(outcome(codec, bytes.subarray(0, 34))).toBe('CORE.HASH_ID');
        expect(outcome(codec, bytes.subarray(0, 33))).toBe('ENTRY.TRUNCATED');
        expect(outcome(codec, Buffer.from(bytes).fill(255, 34))).toBe('CORE.HASH_ID');
      }),
    );
  });
});
