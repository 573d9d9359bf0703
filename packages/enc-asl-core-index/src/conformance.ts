import { decodeReference, encodeReference, formatHex } from '@amduat/asl-core';
import { hex, type Operations } from '@amduat/asl-core/conformance';
import type { IndexRecord, Visibility } from '@amduat/asl-store-index';
import {
  decodeSegment,
  encodeSegment,
  findRecord,
  loadFilter,
  mayContain,
  openSegment,
  pageHashesOf,
  readRecord,
  runSync,
  segmentIdOf,
  segmentIdOfPages,
} from './index.js';

interface RecordInput {
  key: string;
  logseq: string;
  tombstone: boolean;
  extents: { block: string; offset: number; length: number }[];
  typeTag?: number;
  visibility: Visibility;
  domain: string;
  source: string;
}

function readInput({ key, logseq, extents, domain, source, ...rest }: RecordInput): IndexRecord {
  const location = extents.map(({ block, ...slice }) => ({ blockId: hex(block), ...slice }));
  const ids = { domain: hex(domain), source: hex(source) };
  return { ...rest, key: decodeReference(hex(key)), logseq: BigInt(logseq), location, ...ids };
}

function writeRecord({ key, logseq, location, domain, source, ...rest }: IndexRecord): RecordInput {
  return {
    ...rest,
    key: formatHex(encodeReference(key)),
    logseq: logseq.toString(),
    extents: location.map(({ blockId, ...slice }) => ({ block: formatHex(blockId), ...slice })),
    domain: formatHex(domain),
    source: formatHex(source),
  };
}

function sourceOf(bytes: Uint8Array) {
  return (offset: number, length: number) => bytes.subarray(offset, offset + length);
}

const answers = {
  'segment.encode': (input: { records: RecordInput[] }) => {
    const { bytes, segmentId } = encodeSegment(input.records.map(readInput));
    return { bytes: formatHex(bytes), segmentId: formatHex(segmentId) };
  },
  'segment.decode': (input: { bytes: string; segmentId?: string }) => {
    const options = input.segmentId === undefined ? {} : { segmentId: hex(input.segmentId) };
    return { records: decodeSegment(hex(input.bytes), options).map(writeRecord) };
  },
  'segment.id': (input: { bytes: string }) => ({ segmentId: formatHex(segmentIdOf(hex(input.bytes))) }),
  'segment.lookup': (input: {
    bytes: string;
    key: string;
    segmentId?: string;
    damage?: { offset: number; xor: number };
  }) => {
    const bytes = hex(input.bytes);
    const pageHashes = pageHashesOf(bytes);
    const segmentId = input.segmentId === undefined ? segmentIdOfPages(pageHashes) : hex(input.segmentId);
    const { damage } = input;
    if (damage !== undefined) bytes[damage.offset] = (bytes[damage.offset] as number) ^ damage.xor;
    const read = sourceOf(bytes);
    const segment = runSync(openSegment({ fileLength: bytes.length, pageHashes, segmentId }), read);
    const fields = runSync(findRecord(segment, decodeReference(hex(input.key))), read);
    return fields === undefined
      ? { absent: true }
      : { record: writeRecord(runSync(readRecord(segment, fields), read)) };
  },
  'segment.mayContain': (input: { bytes: string; key: string }) => {
    const bytes = hex(input.bytes);
    const names = {
      fileLength: bytes.length,
      pageHashes: pageHashesOf(bytes),
      segmentId: segmentIdOf(bytes),
    };
    const read = sourceOf(bytes);
    const segment = runSync(loadFilter(runSync(openSegment(names), read)), read);
    return { mayContain: mayContain(segment, decodeReference(hex(input.key))) };
  },
};

/** The operations of ENC/ASL-CORE-INDEX/1 over this package, as the vectors name them. */
export const operations: Operations = answers;

/** From the `ok` of an operation back to its `in`. */
export const inverses: Operations = {
  'segment.encode': answers['segment.decode'],
  'segment.decode': ({ records }: { records: RecordInput[] }) => ({
    bytes: answers['segment.encode']({ records }).bytes,
  }),
};
