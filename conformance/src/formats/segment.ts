import { count, littleEndian, unsigned } from './bytes.js';
import { type Field, FieldReader } from './fields.js';

const HEADER_LENGTH = 128;
const PAGE_LENGTH = 4096;
const RECORD_LENGTH = 64;
const FOOTER_LENGTH = 16;
const FILTERED_MIN = 64;
const RECORDS_PER_FILTER_BLOCK = 24;
const FILTER_BLOCK_LENGTH = 32;
const SALTS = [
  0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31,
];

interface Counts {
  readonly records: number;
  readonly extents: number;
  readonly blocks: number;
  readonly domains: number;
}

/** ENC/ASL-CORE-INDEX/1 §3. The parts after the header are told apart only where the file is as long as its counts say. */
export function segmentFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const counts = takeHeader(reader);
  const layout = layoutOf(counts);
  if (layout.end !== bytes.length) {
    reader.rest('rest');
    return reader.fields;
  }
  const digests = () => digestsOf(bytes, layout.recordsAt, counts.records);
  if (layout.filterLength > 0) {
    reader.take('bloom', layout.filterLength, {
      rule: 'the filter with the digests of all records',
      value: () => filterOf(digests(), layout.filterLength),
    });
  }
  takeFanOut(reader, layout.buckets, digests);
  reader.take('padding', layout.recordsAt - reader.offset);
  for (let index = 0; index < counts.records; index += 1) takeRecord(reader, `record[${index}].`);
  for (let index = 0; index < counts.extents; index += 1) takeExtent(reader, `extent[${index}].`);
  for (let index = 0; index < counts.blocks; index += 1) reader.take(`block[${index}]`, 32);
  for (let index = 0; index < counts.domains; index += 1) reader.take(`domain[${index}]`, 32);
  reader.take('footer.file_length', 8, {
    rule: 'the number of bytes of the file',
    isLength: true,
    value: () => littleEndian(bytes.length, 8),
  });
  reader.take('footer.magic', 8);
  return reader.fields;
}

function takeHeader(reader: FieldReader): Counts {
  const { bytes } = reader;
  const number = (name: string) => count(reader.take(`header.${name}`, 4));
  const digest = (ordinal: (records: number) => number) => ({
    rule: 'the digest of the first, or last, record',
    value: () => {
      const counts = countsOf(bytes);
      const { recordsAt, end } = layoutOf(counts);
      const offset = recordsAt + RECORD_LENGTH * ordinal(counts.records);
      return end === bytes.length ? bytes.subarray(offset, offset + 32) : undefined;
    },
  });
  reader.takeAll('header.', [
    ['magic', 8],
    ['version', 4],
    ['header_size', 4],
    ['flags', 8],
    ['hash_id', 2],
    ['reserved_26', 2],
  ]);
  const counts = {
    records: number('record_count'),
    extents: number('extent_count'),
    blocks: number('block_count'),
    domains: number('domain_count'),
  };
  reader.takeAll('header.', [
    ['reserved_44', 4],
    ['first_digest', 32, digest(() => 0)],
    ['last_digest', 32, digest((records) => records - 1)],
    ['reserved_112', 16],
  ]);
  return counts;
}

function countsOf(bytes: Uint8Array): Counts {
  const at = (offset: number) => count(bytes.subarray(offset, offset + 4));
  return { records: at(28), extents: at(32), blocks: at(36), domains: at(40) };
}

/** Where the parts stand that these counts ask for. Without records no file has the length. */
function layoutOf({ records, extents, blocks, domains }: Counts) {
  const filterLength = filterLengthOf(records);
  const buckets = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, records))) - 1);
  const recordsAt = Math.ceil((HEADER_LENGTH + filterLength + 4 * (buckets + 1)) / PAGE_LENGTH) * PAGE_LENGTH;
  const end = recordsAt + RECORD_LENGTH * records + 16 * extents + 32 * (blocks + domains) + FOOTER_LENGTH;
  return { filterLength, buckets, recordsAt, end: records === 0 ? -1 : end };
}

function filterLengthOf(records: number): number {
  return records < FILTERED_MIN ? 0 : FILTER_BLOCK_LENGTH * Math.ceil(records / RECORDS_PER_FILTER_BLOCK);
}

function takeFanOut(reader: FieldReader, buckets: number, digests: () => Uint8Array[]): void {
  let entries: Uint8Array[] | undefined;
  for (let index = 0; index <= buckets; index += 1) {
    reader.take(`fan_out[${index}]`, 4, {
      rule: 'the number of records with a bucket below',
      value: () => {
        entries ??= fanOutOf(digests(), buckets);
        return entries[index];
      },
    });
  }
}

function takeRecord(reader: FieldReader, prefix: string): void {
  reader.takeAll(prefix, [
    ['digest', 32],
    ['logseq', 8],
    ['block', 4],
    ['offset', 4],
    ['length', 4],
    ['type_tag', 4],
    ['has_type_tag', 1],
    ['flags', 1],
    ['visibility', 1],
    ['reserved', 1],
    ['domain', 2],
    ['cross_domain_source', 2],
  ]);
}

function takeExtent(reader: FieldReader, prefix: string): void {
  reader.takeAll(prefix, [
    ['block', 4],
    ['offset', 4],
    ['length', 4],
    ['reserved', 4],
  ]);
}

function digestsOf(bytes: Uint8Array, recordsAt: number, records: number): Uint8Array[] {
  return Array.from({ length: records }, (_, index) => {
    const offset = recordsAt + RECORD_LENGTH * index;
    return bytes.subarray(offset, offset + 32);
  });
}

/** §3.2. */
function filterOf(digests: readonly Uint8Array[], length: number): Uint8Array {
  const filter = new Uint8Array(length);
  const words = new DataView(filter.buffer);
  const blocks = BigInt(length / FILTER_BLOCK_LENGTH);
  for (const digest of digests) {
    const hash = unsigned(digest.subarray(24, 32));
    const block = Number(((hash >> 32n) * blocks) >> 32n);
    for (const [word, salt] of SALTS.entries()) {
      const offset = FILTER_BLOCK_LENGTH * block + 4 * word;
      const bit = Math.imul(Number(hash & 0xffff_ffffn), salt) >>> 27;
      words.setUint32(offset, words.getUint32(offset, true) | (1 << bit), true);
    }
  }
  return filter;
}

/** §3.3. */
function fanOutOf(digests: readonly Uint8Array[], buckets: number): Uint8Array[] {
  const [first, last] = [bitsOf(digests[0]), bitsOf(digests.at(-1))];
  let common = 0;
  while (common < first.length && first[common] === last[common]) common += 1;
  const width = Math.log2(buckets);
  const entries = new Array<number>(buckets + 1).fill(0);
  for (const digest of digests) {
    const bits = bitsOf(digest).slice(common, common + width);
    const bucket = bits === '' ? 0 : Number.parseInt(bits, 2);
    entries[bucket + 1] = (entries[bucket + 1] ?? 0) + 1;
  }
  let sum = 0;
  return entries.map((members) => {
    sum += members;
    return littleEndian(sum, 4);
  });
}

function bitsOf(digest: Uint8Array | undefined): string {
  return [...(digest ?? [])].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}
