import {
  type EncodedSegment,
  encodeSegment,
  type OpenSegment,
  openSegment,
  PAGE_LENGTH,
  type Reading,
  runSync,
} from '@amduat/enc-asl-core-index';
import { expect } from 'vitest';
import { platformHasher } from './platform-hasher.js';
import { type SampleOptions, sampleRecords } from './sample.js';

/** A file in memory that counts what is read of it and reuses the buffer it hands out. */
export interface CountingFile {
  readonly bytes: Buffer;
  reads: { offset: number; length: number }[];
  run<T>(reading: Reading<T>): T;
}

export function startFile(bytes: Uint8Array): CountingFile {
  const file = {
    bytes: Buffer.from(bytes),
    reads: [] as { offset: number; length: number }[],
    run<T>(reading: Reading<T>): T {
      let handed: Buffer | undefined;
      return runSync(reading, (offset, length) => {
        expect(offset % PAGE_LENGTH).toBe(0);
        expect(length).toBeGreaterThan(0);
        expect(length % PAGE_LENGTH === 0 || offset + length === file.bytes.length).toBe(true);
        file.reads.push({ offset, length });
        // Whatever a reading still needs of the last octets it has copied.
        handed?.fill(0xa5);
        handed = Buffer.from(file.bytes.subarray(offset, offset + length));
        return handed;
      });
    },
  };
  return file;
}

export function openSample(options: SampleOptions) {
  const records = sampleRecords(options);
  const encoded = encodeSegment(records, platformHasher);
  const file = startFile(encoded.bytes);
  return { records, encoded, file, segment: open(file, encoded) };
}

export function open(file: CountingFile, { pageHashes, segmentId }: EncodedSegment): OpenSegment {
  const fileLength = file.bytes.length;
  return file.run(openSegment({ fileLength, pageHashes, segmentId, hasher: platformHasher }));
}
