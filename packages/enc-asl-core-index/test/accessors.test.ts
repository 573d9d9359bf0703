import { encodeSegment, type OpenSegment, readLayout, readRecords } from '@amduat/enc-asl-core-index';
import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { coldSegment } from '../src/segment.js';
import { readFieldsOf } from '../src/record.js';
import { type Digest, ExtentRecord, Header, IndexRecord } from '../src/gen/amduat/segment.js';
import { platformHasher } from './platform-hasher.js';
import { startFile } from './reader.js';
import { sampleRecords } from './sample.js';

describe('generated accessors', () => {
  const files = [
    { seed: 30, count: 1 },
    { seed: 31, count: 100 },
    { seed: 32, count: 40, merged: true, hashId: 2 as const },
  ].map((options) => encodeSegment(sampleRecords(options), platformHasher).bytes);

  it.each(files.map((bytes) => [bytes.length, bytes] as const))(
    'read a file of %i octets as the decoder does',
    (_, bytes) => {
      const buffer = new ByteBuffer(bytes);
      const layout = readLayout(bytes, bytes.length);
      const header = new Header().__init(0, buffer);
      expect({
        magic: header.magic(),
        version: header.version(),
        headerSize: header.headerSize(),
        flags: header.flags(),
        hashId: header.hashId(),
        recordCount: header.recordCount(),
        extentCount: header.extentCount(),
        blockCount: header.blockCount(),
        domainCount: header.domainCount(),
        firstDigest: octetsOf(header.firstDigest()),
        lastDigest: octetsOf(header.lastDigest()),
        reserved: [header.reserved26(), header.reserved44(), header.reserved112(), header.reserved120()],
      }).toEqual({
        magic: Buffer.from('ASLSEG01', 'latin1').readBigUInt64LE(0),
        version: 1,
        headerSize: Header.sizeOf(),
        flags: 0n,
        hashId: layout.hashId,
        recordCount: layout.recordCount,
        extentCount: layout.extentCount,
        blockCount: layout.blockCount,
        domainCount: layout.domainCount,
        firstDigest: Buffer.from(layout.firstDigest),
        lastDigest: Buffer.from(layout.lastDigest),
        reserved: [0, 0, 0n, 0n],
      });

      const segment: OpenSegment = coldSegment(layout, () => {});
      const file = startFile(bytes);
      const decoded = file.run(readFieldsOf(segment, 0, layout.recordCount));
      const records = file.run(readRecords(segment, 0, layout.recordCount));
      let extents = 0;
      for (const [number, fields] of decoded.entries()) {
        const record = new IndexRecord().__init(layout.recordsOffset + IndexRecord.sizeOf() * number, buffer);
        expect({
          number,
          digest: octetsOf(record.digest()),
          logseq: record.logseq(),
          block: record.block(),
          offset: record.offset(),
          length: record.length(),
          typeTag: record.typeTag(),
          hasTypeTag: record.hasTypeTag(),
          flags: record.flags(),
          visibility: record.visibility(),
          reserved: record.reserved59(),
          domain: record.domain(),
          source: record.crossDomainSource(),
        }).toEqual({ ...fields, digest: Buffer.from(fields.digest) });
        if (fields.flags !== 2) continue;
        for (const slice of records[number]?.location ?? []) {
          const at = layout.extentsOffset + ExtentRecord.sizeOf() * extents++;
          const extent = new ExtentRecord().__init(at, buffer);
          const entry = layout.blocksOffset + 32 * extent.block();
          expect(extent.reserved12()).toBe(0);
          expect({
            offset: extent.offset(),
            length: extent.length(),
            block: [...bytes.subarray(entry, entry + 32)],
          }).toEqual({
            offset: slice.offset,
            length: slice.length,
            block: [...slice.blockId],
          });
        }
      }
      expect(extents).toBe(layout.extentCount);
    },
  );
});

function octetsOf(digest: Digest | null): Buffer {
  const octets = Buffer.alloc(32);
  for (const [index, word] of [
    digest?.word0(),
    digest?.word1(),
    digest?.word2(),
    digest?.word3(),
  ].entries()) {
    octets.writeBigUInt64LE(word ?? 0n, 8 * index);
  }
  return octets;
}
