import { isAslError } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import {
  fieldsOf,
  findNumber,
  findNumbers,
  findRecord,
  loadFanOut,
  loadFilter,
  loadRecords,
  loadTables,
  mayContain,
  type OpenSegment,
  openSegment,
  pageHashesOf,
  readLayout,
  readRecord,
  runAsync,
  runSync,
  segmentIdOf,
} from '@amduat/enc-asl-core-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSegment } from './raw-segment.js';
import { type CountingFile, open, openSample, startFile } from './reader.js';
import { plain, type SampleOptions, sampleRecords, startRandom } from './sample.js';

const samples: fc.Arbitrary<SampleOptions> = fc.record({
  seed: fc.integer(),
  count: fc.oneof(
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 60, max: 70 }),
    fc.integer({ min: 1, max: 3000 }),
  ),
  clusterBits: fc.constantFrom(0, 1, 9, 31, 120, 200),
  outliers: fc.boolean(),
  merged: fc.boolean(),
});

/** Keys that are not in the segment: far off, next to those that are, and at the ends. */
function absentKeys(records: readonly IndexRecord[]): IndexRecord['key'][] {
  const present = new Set(records.map(({ key }) => Buffer.from(key.digest).toString('hex')));
  const near = records.slice(0, 15).flatMap(({ key }) =>
    [0, 77, 255].map((bit) => {
      const digest = Uint8Array.from(key.digest);
      digest[bit >> 3] = (digest[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      return digest;
    }),
  );
  return [...near, new Uint8Array(32), new Uint8Array(32).fill(0xff), new Uint8Array(32).fill(0x5a)]
    .filter((digest) => !present.has(Buffer.from(digest).toString('hex')))
    .map((digest) => ({ hashId: 1, digest }));
}

/** Every way to hold a segment, from nothing resident to everything. */
function residencies(file: CountingFile, cold: OpenSegment): OpenSegment[] {
  const fanOut = file.run(loadFanOut(cold));
  const filter = file.run(loadFilter(cold));
  const tables = file.run(loadTables(filter));
  const records = file.run(loadRecords(cold));
  return [cold, fanOut, filter, file.run(loadFilter(fanOut)), tables, records, file.run(loadTables(records))];
}

describe('[SEG-BLM-3] a lookup', () => {
  it('answers as a map does, whatever is resident', () => {
    fc.assert(
      fc.property(samples, (options) => {
        const { records, file, segment } = openSample(options);
        const probes = records.slice(0, 50);
        for (const held of residencies(file, segment)) {
          for (const record of probes) {
            expect(mayContain(held, record.key)).toBe(true);
            const fields = file.run(findRecord(held, record.key));
            expect(fields).toBeDefined();
            if (fields === undefined) continue;
            expect(plain(file.run(readRecord(held, fields)))).toEqual(plain(record));
          }
          for (const key of absentKeys(records)) {
            expect(file.run(findRecord(held, key))).toBeUndefined();
          }
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('finds each record at its number, alone and in a batch', () => {
    fc.assert(
      fc.property(samples, (options) => {
        const { records, file, segment } = openSample(options);
        const resident = file.run(loadRecords(segment));
        const sorted = [...records].sort((a, b) => Buffer.compare(a.key.digest, b.key.digest));
        const keys = [...sorted.map(({ key }) => key), ...absentKeys(records)];
        const expected = keys.map((_, index) => (index < sorted.length ? index : -1));
        expect(keys.map(({ digest }) => findNumber(resident, digest))).toEqual(expected);
        const packed = Buffer.concat([Buffer.alloc(3), ...keys.map(({ digest }) => digest)]).subarray(3);
        const numbers = new Int32Array(keys.length);
        findNumbers(resident, packed, numbers);
        expect([...numbers]).toEqual(expected);
        findNumbers(resident, Uint8Array.from(packed), numbers.fill(7));
        expect([...numbers]).toEqual(expected);
        const last = sorted.length - 1;
        expect(Buffer.compare(fieldsOf(resident, last).digest, sorted[last]?.key.digest as Uint8Array)).toBe(
          0,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('is spared nearly all reads for absent keys by a resident filter', () => {
    const { file, segment } = openSample({ seed: 8, count: 3000 });
    const filtered = file.run(loadFilter(segment));
    const random = startRandom(1);
    file.reads = [];
    for (let probe = 0; probe < 1000; probe++) {
      const digest = Uint8Array.from({ length: 32 }, () => random() & 0xff);
      expect(file.run(findRecord(filtered, { hashId: 1, digest }))).toBeUndefined();
    }
    expect(file.reads.length).toBeLessThan(100);
  });
});

describe('[CORE-HASH-5] a key of another hash function', () => {
  it('is absent, without a read', () => {
    const { records, file, segment } = openSample({ seed: 2, count: 2000 });
    const { digest } = (records[0] as IndexRecord).key;
    const opened = file.reads.length;
    expect(file.run(findRecord(segment, { hashId: 2, digest }))).toBeUndefined();
    expect(mayContain(segment, { hashId: 2, digest })).toBe(false);
    expect(file.reads.length).toBe(opened);
  });
});

describe('reads', () => {
  it('are one to open, at most two for a lookup, one with the fan-out resident, none with the records', () => {
    for (const options of [
      { seed: 1, count: 6000 },
      { seed: 2, count: 6000, clusterBits: 17 },
    ]) {
      const { records, file, segment } = openSample(options);
      expect(file.reads).toEqual([{ offset: 0, length: 4096 }]);
      const fanOut = file.run(loadFanOut(segment));
      const resident = file.run(loadRecords(segment));
      let crossings = 0;
      for (const { key } of records.slice(0, 1500)) {
        for (const [held, most] of [
          [segment, 2],
          [fanOut, 1],
          [resident, 0],
        ] as const) {
          file.reads = [];
          file.run(findRecord(held, key));
          expect(file.reads.length).toBeLessThanOrEqual(most);
          for (const { length } of file.reads) expect(length).toBeLessThanOrEqual(2 * 4096);
          if (file.reads.some(({ length }) => length === 2 * 4096)) crossings++;
        }
      }
      expect(crossings).toBeGreaterThan(0);
    }
  });

  it('are at most one for a segment whose fan-out stands in the first page', () => {
    const { records, file, segment } = openSample({ seed: 4, count: 1000 });
    for (const { key } of records) {
      file.reads = [];
      expect(file.run(findRecord(segment, key))).toBeDefined();
      expect(file.reads.length).toBe(1);
    }
  });

  it('stay small when the digests were chosen to fill one bucket', () => {
    const { records, file, segment } = openSample({
      seed: 6,
      count: 20_000,
      clusterBits: 60,
      outliers: true,
    });
    const resident = file.run(loadRecords(segment));
    for (const { key } of records.slice(0, 300)) {
      file.reads = [];
      const fields = file.run(findRecord(segment, key));
      expect(fields?.number).toBe(findNumber(resident, key.digest));
      expect(file.reads.length).toBeLessThanOrEqual(2 + 5);
      for (const { length } of file.reads) expect(length).toBeLessThanOrEqual(17 * 4096);
    }
  });

  it('of a location touch the extents and the tables, unless those are resident', () => {
    const { records, file, segment } = openSample({ seed: 9, count: 3000 });
    const tables = file.run(loadTables(segment));
    for (const { key, location, tombstone } of records.slice(0, 200)) {
      const fields = file.run(findRecord(tables, key));
      if (fields === undefined) throw new Error('absent');
      file.reads = [];
      file.run(readRecord(tables, fields));
      expect(file.reads.length).toBe(!tombstone && location.length > 1 ? 1 : 0);
    }
  });

  it('may be asynchronous', async () => {
    const { records, encoded } = openSample({ seed: 10, count: 500 });
    const { bytes, pageHashes, segmentId } = encoded;
    const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
    const segment = await runAsync(openSegment({ fileLength: bytes.length, pageHashes, segmentId }), read);
    const { key } = records[3] as IndexRecord;
    expect(
      Buffer.compare((await runAsync(findRecord(segment, key), read))?.digest ?? key.digest, key.digest),
    ).toBe(0);
  });
});

describe('[SEG-ID-3] a page that was damaged', () => {
  it('is never an absent key: a lookup is refused or right', () => {
    const { records, encoded } = openSample({ seed: 11, count: 2500 });
    const sorted = [...records].sort((a, b) => Buffer.compare(a.key.digest, b.key.digest));
    const { recordsOffset } = readLayout(encoded.bytes, encoded.bytes.length);
    const random = startRandom(3);
    let refused = 0;
    for (let page = 1; page < encoded.pageHashes.length / 32; page++) {
      const file = startFile(encoded.bytes);
      const at = Math.min(4096 * page + (random() % 4096), file.bytes.length - 1);
      file.bytes[at] = (file.bytes[at] as number) ^ (1 << (random() % 8));
      const segment = open(file, encoded);
      // Some of all records, and those of the damaged page if it has any.
      const first = Math.max(0, (4096 * page - recordsOffset) / 64);
      const probes = [...sorted.filter((_, index) => index % 25 === 0), ...sorted.slice(first, first + 64)];
      for (const record of probes) {
        const found = attempt(() => {
          const fields = file.run(findRecord(segment, record.key));
          return fields === undefined ? undefined : file.run(readRecord(segment, fields));
        });
        if (found === 'SEG.DIGEST') refused++;
        else expect(plain(found as IndexRecord)).toEqual(plain(record));
      }
    }
    expect(refused).toBeGreaterThan(records.length);
  }, 60_000);

  it('is refused when it is the first', () => {
    const { encoded } = openSample({ seed: 11, count: 300 });
    for (const at of [0, 50, 1000, 4095]) {
      const file = startFile(encoded.bytes);
      file.bytes[at] = (file.bytes[at] as number) ^ 4;
      expect(attempt(() => open(file, encoded))).toBe('SEG.DIGEST');
    }
  });

  it('is refused by every loading that reads it', () => {
    const { encoded } = openSample({ seed: 12, count: 6000 });
    for (const load of [loadFanOut, loadFilter, loadTables, loadRecords]) {
      const outcomes = new Set<string>();
      for (let page = 1; page < encoded.pageHashes.length / 32; page++) {
        const file = startFile(encoded.bytes);
        const at = Math.min(4096 * page + 17, file.bytes.length - 1);
        file.bytes[at] = (file.bytes[at] as number) ^ 1;
        const segment = open(file, encoded);
        const outcome = attempt(() => file.run(load(segment)));
        outcomes.add(typeof outcome === 'string' ? outcome : 'loaded');
      }
      expect([...outcomes].sort()).toEqual(['SEG.DIGEST', 'loaded']);
    }
  });

  it('is refused when the file ends before it, be it at the end of another page', () => {
    const { records, encoded } = openSample({ seed: 16, count: 2000 });
    let refused = 0;
    const { extentsOffset } = readLayout(encoded.bytes, encoded.bytes.length);
    for (let pages = 1; 4096 * pages < extentsOffset; pages += 3) {
      const opened = open(startFile(encoded.bytes), encoded);
      const cut = encoded.bytes.subarray(0, 4096 * pages);
      for (const record of records.slice(0, 200)) {
        const found = attempt(() =>
          runSync(findRecord(opened, record.key), (offset, length) => cut.subarray(offset, offset + length)),
        );
        if (found === 'SEG.DIGEST') refused++;
        else expect(found).toMatchObject({ logseq: record.logseq, flags: expect.any(Number) });
      }
      expect(
        attempt(() =>
          runSync(loadRecords(opened), (offset, length) => cut.subarray(offset, offset + length)),
        ),
      ).toBe('SEG.DIGEST');
    }
    expect(refused).toBeGreaterThan(200);
  });

  it('is refused when the file lost its end, or has another length or other page hashes', () => {
    const { encoded } = openSample({ seed: 13, count: 100 });
    const { bytes, pageHashes, segmentId } = encoded;
    const tryOpen = (file: Uint8Array, fileLength: number, hashes: Uint8Array) =>
      attempt(() => startFile(file).run(openSegment({ fileLength, pageHashes: hashes, segmentId })));
    expect(tryOpen(bytes.subarray(0, 100), bytes.length, pageHashes)).toBe('SEG.DIGEST');
    expect(tryOpen(bytes, bytes.length + 4096, pageHashes)).toBe('SEG.DIGEST');
    expect(tryOpen(bytes, bytes.length - 4096, pageHashes)).toBe('SEG.DIGEST');
    expect(tryOpen(bytes, bytes.length - 1, pageHashes)).toBe('SEG.LENGTH');
    expect(tryOpen(bytes, bytes.length, Uint8Array.from(pageHashes).fill(0, 40, 41))).toBe('SEG.DIGEST');
    expect(tryOpen(bytes, bytes.length, pageHashes.subarray(32))).toBe('SEG.DIGEST');
  });
});

describe('[SEG-HDR-9] a header whose digests are no range', () => {
  const records = [1, 2, 3, 4].map((octet) => ({ digest: new Uint8Array(32).fill(octet), flags: 1 }));
  const [first, , , last] = records.map(({ digest }) => digest);

  it.each([
    ['a first digest greater than the last', { firstDigest: new Uint8Array(32).fill(5) }],
    ['one digest for four records', { lastDigest: first as Uint8Array }],
    ['another one digest for four records', { firstDigest: last as Uint8Array }],
  ])('is refused when the segment is opened, before a key could be outside it: %s', (_, digests) => {
    const bytes = buildSegment({ records, ...digests });
    const names = {
      fileLength: bytes.length,
      pageHashes: pageHashesOf(bytes),
      segmentId: segmentIdOf(bytes),
    };
    expect(attempt(() => startFile(bytes).run(openSegment(names)))).toBe('SEG.RANGE');
  });
});

describe('[SEG-FAN-3] a fan-out that contradicts itself', () => {
  const digests = sampleRecords({ seed: 14, count: 40 })
    .map(({ key }) => key.digest)
    .sort(Buffer.compare);
  const records = digests.map((digest) => ({ digest, flags: 1 }));

  it.each([
    [
      'a value greater than the next',
      (entries: number[]) => {
        for (let entry = 2; entry < entries.length; entry += 2) entries[entry] = 0;
      },
    ],
    ['a value greater than the number of records', (entries: number[]) => entries.fill(41, 1)],
  ])('is refused by the lookup that meets %s', (_, fanOut) => {
    const bytes = buildSegment({ records, fanOut });
    const names = {
      fileLength: bytes.length,
      pageHashes: pageHashesOf(bytes),
      segmentId: segmentIdOf(bytes),
    };
    const file = startFile(bytes);
    const opened = file.run(openSegment(names));
    const resident = file.run(loadRecords(opened));
    const cold = { ...opened, fanOut: undefined };
    const outcomes = digests.map((digest) =>
      [cold, opened, resident].map((segment) =>
        attempt(() => file.run(findRecord(segment, { hashId: 1, digest }))?.number),
      ),
    );
    for (const [, ...others] of outcomes.entries())
      for (const other of others) expect(new Set(other).size).toBe(1);
    expect(outcomes.flat()).toContain('SEG.FANOUT');
  });
});

function attempt<T>(action: () => T): T | string {
  try {
    return action();
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

describe('the arguments of a lookup', () => {
  it('are refused with RangeError when a digest is not 32 octets', () => {
    const { file, segment } = openSample({ seed: 15, count: 5 });
    const resident = file.run(loadRecords(segment));
    const digest = new Uint8Array(31);
    expect(() => file.run(findRecord(segment, { hashId: 1, digest }))).toThrow(RangeError);
    expect(() => findNumber(resident, digest)).toThrow(RangeError);
    expect(() => findNumbers(resident, digest, new Int32Array(1))).toThrow(RangeError);
  });
});
