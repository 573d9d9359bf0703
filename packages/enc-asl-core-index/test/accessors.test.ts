import { readFileSync } from 'node:fs';
import { type OpenSegment, readLayout, readRecords } from '@amduat/enc-asl-core-index';
import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { type Digest, ExtentRecord, Header, IndexRecord } from '../gen/amduat/segment.js';
import { readFieldsOf } from '../src/record.js';
import { coldSegment } from '../src/segment.js';
import { startFile } from './reader.js';

interface Golden {
  groups: { vectors: { id: string; expect: { ok?: { bytes: string | Sparse } } }[] }[];
}

interface Sparse {
  sparse: { length: string; parts: { offset: string; hex: string }[] };
}

/** The segments that the vectors of encoding expect: files no code of this package has made. */
function goldenFiles(): [string, Uint8Array][] {
  const path = new URL('../../../conformance/vectors/enc-asl-core-index-1/encode.json', import.meta.url);
  const { groups } = JSON.parse(readFileSync(path, 'utf8')) as Golden;
  return groups
    .flatMap(({ vectors }) => vectors)
    .flatMap(({ id, expect: { ok } }) => (ok === undefined ? [] : [[id, octetsOfVector(ok.bytes)]]));
}

function octetsOfVector(bytes: string | Sparse): Uint8Array {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'hex');
  const octets = Buffer.alloc(Number(bytes.sparse.length));
  for (const { offset, hex } of bytes.sparse.parts) octets.set(Buffer.from(hex, 'hex'), Number(offset));
  return octets;
}

describe('generated accessors', () => {
  it.each(goldenFiles())('read %s as the decoder does', (_, bytes) => {
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
  });
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
