import { isAslError } from '@amduat/asl-core';
import { decidingCandidate, type IndexRecord } from '@amduat/asl-store-index';
import {
  decodeSegment,
  encodeSegment,
  encodeSegments,
  loadTables,
  mergeSegments,
  openSegment,
  pageHashesOf,
  readRecords,
  scanRecords,
  segmentIdOf,
  verifySegment,
} from '@amduat/enc-asl-core-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutByDigest } from '../src/cut.js';
import { platformHasher } from './platform-hasher.js';
import { buildSegment } from './raw-segment.js';
import { open, openSample, startFile } from './reader.js';
import { plain, plainSorted, sampleRecords } from './sample.js';

describe('[SEG-ID-3] a scan', () => {
  it('gives every record in order and reads a few pages at a time', () => {
    for (const count of [1, 1024, 1025, 5000]) {
      const { records, file, segment } = openSample({ seed: count, count });
      const read = (offset: number, length: number) => {
        file.reads.push({ offset, length });
        return file.bytes.subarray(offset, offset + length);
      };
      expect([...scanRecords(segment, read)].map(plain)).toEqual(plainSorted(records));
      for (const { length } of file.reads) expect(length).toBeLessThanOrEqual(18 * 4096);
    }
  });

  it('ends with a refusal where a page was damaged, and gives only true records before', () => {
    const { records, encoded } = openSample({ seed: 20, count: 3000 });
    const expected = plainSorted(records);
    for (let page = 3; page < encoded.pageHashes.length / 32; page += 7) {
      const file = startFile(encoded.bytes);
      const segment = open(file, encoded);
      file.bytes[4096 * page] = (file.bytes[4096 * page] as number) ^ 0x10;
      const scanned: unknown[] = [];
      const scan = () => {
        const read = (offset: number, length: number) => file.bytes.subarray(offset, offset + length);
        for (const record of scanRecords(segment, read)) scanned.push(plain(record));
      };
      expect(scan).toThrow(expect.objectContaining({ code: 'SEG.DIGEST' }));
      expect(scanned).toEqual(expected.slice(0, scanned.length));
    }
  });

  it('needs no resident tables', () => {
    const { records, file, segment } = openSample({ seed: 21, count: 40 });
    const expected = plainSorted(records);
    expect(file.run(readRecords(segment, 7, 23)).map(plain)).toEqual(expected.slice(7, 23));
    const tables = file.run(loadTables(segment));
    expect(file.run(readRecords(tables, 0, 40)).map(plain)).toEqual(expected);
    expect(file.run(readRecords(tables, 40, 40))).toEqual([]);
    for (const [from, to] of [
      [-1, 3],
      [3, 2],
      [0, 41],
      [0.5, 2],
    ] as const) {
      expect(() => file.run(readRecords(tables, from, to))).toThrow(RangeError);
    }
  });

  it.each([
    ['out of order', (at: number) => [at, at - 1]],
    ['twice', (at: number) => [at - 1, at - 1]],
  ])('[SEG-REC-1] refuses records %s, also where two pieces of a scan meet', (_, instead) => {
    for (const at of [5, 1023, 1024]) {
      const ordered = Array.from({ length: 1100 }, (_, index) => ({
        digest: new Uint8Array(32).fill(index >> 8, 0, 1).fill(index & 0xff, 1),
        flags: 1,
      }));
      const [left = at, right = at] = instead(at);
      const records = ordered.slice();
      records.splice(at - 1, 2, ...ordered.slice(left, left + 1), ...ordered.slice(right, right + 1));
      const bytes = buildSegment({ records });
      const names = {
        fileLength: bytes.length,
        pageHashes: pageHashesOf(bytes),
        segmentId: segmentIdOf(bytes),
      };
      const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
      const segment = startFile(bytes).run(openSegment(names));
      const scan = () => [...scanRecords(segment, read)];
      expect(scan).toThrow(expect.objectContaining({ code: 'SEG.ORDER' }));
    }
  });
});

describe('[SEG-LIM-1] verifySegment', () => {
  it('reads a file once and in pieces, and says what decodeSegment says', () => {
    const { records, file, segment } = openSample({ seed: 22, count: 9000 });
    const taken: IndexRecord[] = [];
    file.reads = [];
    file.run(verifySegment(segment, (record) => taken.push(record)));
    expect(taken.map(plain)).toEqual(plainSorted(records));
    for (const { length } of file.reads) expect(length).toBeLessThanOrEqual(66 * 4096);
  });

  it('refuses with one code what decodeSegment refuses, and a damaged page with SEG.DIGEST', () => {
    const { bytes } = encodeSegment(sampleRecords({ seed: 23, count: 70 }), platformHasher);
    for (let octet = 128; octet < bytes.length; octet += 13) {
      const damaged = Uint8Array.from(bytes);
      damaged[octet] = (damaged[octet] as number) ^ 0x40;
      const file = startFile(damaged);
      const pageHashes = pageHashesOf(damaged, platformHasher);
      const segmentId = segmentIdOf(damaged, platformHasher);
      const segment = open(file, { bytes: damaged, pageHashes, segmentId });
      const codes = [() => file.run(verifySegment(segment)), () => decodeSegment(damaged)].map(codeOf);
      expect(codes[0]).toBe(codes[1]);
      file.bytes[octet] = (file.bytes[octet] as number) ^ 0x40;
      if (octet >= 4096 || codes[0] === 'none') {
        expect(codeOf(() => file.run(verifySegment(segment)))).toBe('SEG.DIGEST');
      }
    }
  });

  it('lets no count reserve memory before the length of the file was held against it', () => {
    const bytes = buildSegment({ records: [{ digest: new Uint8Array(32), flags: 1 }] });
    bytes.writeUInt32LE(2 ** 24 - 1, 28);
    bytes.writeUInt32LE(2 ** 28, 32);
    bytes.writeUInt32LE(2 ** 28, 36);
    const before = process.memoryUsage().arrayBuffers;
    expect(codeOf(() => decodeSegment(bytes))).toBe('SEG.LENGTH');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });
});

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'none';
  } catch (error) {
    if (!isAslError(error)) throw error;
    return error.code;
  }
}

describe('[SEG-SET-3] a set that is too large for one segment', () => {
  it('is cut by as few bits as it takes, all parts by the same', () => {
    const digests = (...first: number[]) =>
      first.map((octet) => ({ key: { hashId: 1, digest: new Uint8Array(32).fill(octet) } })) as IndexRecord[];
    const cut = (records: IndexRecord[], limit: number) =>
      cutByDigest(records, limit).map((part) => part.map(({ key }) => key.digest[0]));
    expect(cut(digests(0x80, 1, 0xff), 3)).toEqual([[0x80, 1, 0xff]]);
    expect(cut(digests(0x80, 1, 0xff), 2)).toEqual([[1], [0x80, 0xff]]);
    // Two bits are needed for the lower half, so the upper half is cut by two as well; 10 is left out.
    expect(cut(digests(0, 1, 0x40, 0xc0, 0x41), 2)).toEqual([[0, 1], [0x40, 0x41], [0xc0]]);
    expect(cut(digests(0, 1, 0x80, 0xc0, 2), 3)).toEqual([
      [0, 1, 2],
      [0x80, 0xc0],
    ]);
    expect(cut(digests(0, 1, 0x80, 0xc0, 2), 2).length).toBe(4);
  });

  it('loses and doubles nothing', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 40 }),
        (seed, count, limit) => {
          const records = sampleRecords({ seed, count, clusterBits: 5 });
          const parts = cutByDigest(records, limit);
          for (const part of parts) expect(part.length).toBeLessThanOrEqual(limit);
          const again = parts.flatMap((part) => decodeSegment(encodeSegment(part, platformHasher).bytes));
          expect(again.map(plain)).toEqual(plainSorted(records));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is one segment if it fits', () => {
    const records = sampleRecords({ seed: 24, count: 100 });
    const [segment, ...others] = encodeSegments(records, platformHasher);
    expect(others).toEqual([]);
    expect(segment).toEqual(encodeSegment(records, platformHasher));
    expect(codeOf(() => encodeSegments([]))).toBe('SEG.COUNT');
  });
});

describe('[IDX-GET-1] merging', () => {
  const inputs = fc.array(
    fc.record({
      sealLogseq: fc.bigInt({ min: 1n, max: 0xffff_ffff_ffff_ffffn }),
      seed: fc.integer({ min: 0, max: 2 }),
      count: fc.integer({ min: 1, max: 60 }),
      merged: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('gives for each key what the rule of the lookup decides, as a segment that answers alike', () => {
    fc.assert(
      fc.property(inputs, (chosen) => {
        // Segments of one seed share keys; an own logseq above the seal's never occurs, so neither does it here.
        const segments = chosen.map(({ sealLogseq, ...options }, index) => ({
          sealLogseq,
          segmentId: new Uint8Array(32).fill(index),
          records: sampleRecords(options)
            .map((record) =>
              options.merged ? { ...record, logseq: 1n + (record.logseq % sealLogseq) } : record,
            )
            .sort((a, b) => Buffer.compare(a.key.digest, b.key.digest)),
        }));
        const expected = new Map<string, IndexRecord[]>();
        let duplicate = false;
        const keys = new Set(segments.flatMap(({ records }) => records.map(({ key }) => hex(key.digest))));
        for (const key of [...keys].sort()) {
          const candidates = segments.flatMap(({ sealLogseq, segmentId, records }) =>
            records
              .filter((record) => hex(record.key.digest) === key)
              .map((record) => ({ sealLogseq, segmentId, logseq: record.logseq, record })),
          );
          try {
            const deciding = decidingCandidate(candidates, 0xffff_ffff_ffff_ffffn);
            if (deciding === undefined) throw new Error('no candidate');
            const logseq = deciding.logseq === 0n ? deciding.sealLogseq : deciding.logseq;
            expected.set(key, [{ ...deciding.record, logseq }]);
          } catch (error) {
            if (!isAslError(error, 'IDX.DUPLICATE')) throw error;
            duplicate = true;
          }
        }
        if (duplicate) {
          expect(() => [...mergeSegments(segments)]).toThrow(
            expect.objectContaining({ code: 'IDX.DUPLICATE' }),
          );
          return;
        }
        const merged = [...mergeSegments(segments)];
        expect(merged.map(plain)).toEqual([...expected.values()].flat().map(plain));
        const again = decodeSegment(encodeSegment(merged, platformHasher).bytes);
        expect(again.map(plain)).toEqual(merged.map(plain));
      }),
      { numRuns: 60 },
    );
  });

  const [record] = sampleRecords({ seed: 1, count: 1 }) as [IndexRecord];

  it('[IDX-GET-3] refuses two records of a key at one logseq, whatever they hold', () => {
    const twice = [1, 2].map((id) => ({
      sealLogseq: 5n,
      segmentId: new Uint8Array(32).fill(id),
      records: [record],
    }));
    expect(codeOf(() => [...mergeSegments(twice)])).toBe('IDX.DUPLICATE');
    const later = { sealLogseq: 6n, records: [{ ...record, tombstone: true, location: [] }] };
    expect([...mergeSegments([...twice, later])]).toMatchObject([{ tombstone: true, logseq: 6n }]);
  });

  it('[IDX-VIS-1] takes one segment through two seals, and keeps tombstones', () => {
    const hidden = { ...record, tombstone: true, location: [] };
    const segmentId = new Uint8Array(32);
    const merged = mergeSegments([
      { sealLogseq: 4n, segmentId, records: [record] },
      { sealLogseq: 1n, segmentId, records: [record] },
      { sealLogseq: 2n, records: [hidden] },
    ]);
    expect([...merged].map(plain)).toEqual([plain({ ...record, logseq: 4n })]);
    expect([...mergeSegments([{ sealLogseq: 2n, records: [hidden] }])][0]).toMatchObject({
      tombstone: true,
      logseq: 2n,
    });
    expect([...mergeSegments([])]).toEqual([]);
  });

  it('[IDX-GET-3] takes a record with a logseq of its own once, though its segment comes in through two seals', () => {
    const merged = { ...record, logseq: 3n };
    const segmentId = new Uint8Array(32);
    const twice = [4n, 5n].map((sealLogseq) => ({ sealLogseq, records: [merged] }));
    expect([...mergeSegments(twice.map((input) => ({ ...input, segmentId })))].map(plain)).toEqual([
      plain(merged),
    ]);
    expect(codeOf(() => [...mergeSegments(twice)])).toBe('IDX.DUPLICATE');
  });

  it('closes its inputs when it is left early', () => {
    let closed = 0;
    const records = sampleRecords({ seed: 1, count: 3 }).sort((a, b) =>
      Buffer.compare(a.key.digest, b.key.digest),
    );
    function* input() {
      try {
        yield* records;
      } finally {
        closed++;
      }
    }
    for (const { logseq } of mergeSegments([
      { sealLogseq: 1n, records: input() },
      { sealLogseq: 2n, records: input() },
    ])) {
      expect(logseq).toBe(2n);
      break;
    }
    expect(closed).toBe(2);
  });
});

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
