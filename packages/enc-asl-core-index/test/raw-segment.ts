/** Builds segment files field by field from SPEC.md, without the package's code, so that any field can be wrong. */

export interface RawRecord {
  digest: Uint8Array;
  logseq?: bigint;
  block?: number;
  offset?: number;
  length?: number;
  typeTag?: number;
  hasTypeTag?: number;
  flags?: number;
  visibility?: number;
  reserved?: number;
  domain?: number;
  source?: number;
}

export interface RawExtent {
  block: number;
  offset: number;
  length: number;
  reserved?: number;
}

export interface RawSegment {
  records: RawRecord[];
  extents?: RawExtent[];
  blocks?: Uint8Array[];
  domains?: Uint8Array[];
  magic?: string;
  version?: number;
  headerSize?: number;
  flags?: bigint;
  hashId?: number;
  recordCount?: number;
  extentCount?: number;
  blockCount?: number;
  domainCount?: number;
  firstDigest?: Uint8Array;
  lastDigest?: Uint8Array;
  fileLength?: bigint;
  footerMagic?: string;
  fanOut?: (entries: number[]) => void;
  filter?: (words: number[]) => void;
}

const SALTS = [
  0x47b6137bn,
  0x44974d91n,
  0x8824ad5bn,
  0xa2b7289dn,
  0x705495c7n,
  0x2df1424bn,
  0x9efc4947n,
  0x5c6bfb31n,
];
const U32 = 0xffff_ffffn;

export function buildSegment(raw: RawSegment): Buffer<ArrayBuffer> {
  const { records, extents = [], blocks = [], domains = [] } = raw;
  const first = raw.firstDigest ?? (records[0] as RawRecord).digest;
  const last = raw.lastDigest ?? (records.at(-1) as RawRecord).digest;
  const filter = filterWords(records);
  raw.filter?.(filter);
  const fanOut = fanOutEntries(records, first, last);
  raw.fanOut?.(fanOut);
  const head = Buffer.concat([header(raw, first, last), u32s(filter), u32s(fanOut)]);
  const body = Buffer.concat([
    head,
    Buffer.alloc((4096 - (head.length % 4096)) % 4096),
    ...records.map(recordOctets),
    ...extents.map(({ block, offset, length, reserved = 0 }) => u32s([block, offset, length, reserved])),
    ...blocks,
    ...domains,
  ]);
  const footer = Buffer.alloc(16);
  footer.writeBigUInt64LE(raw.fileLength ?? BigInt(body.length + 16), 0);
  footer.write(raw.footerMagic ?? 'ASLSEGND', 8, 'latin1');
  return Buffer.concat([body, footer]);
}

function header(raw: RawSegment, first: Uint8Array, last: Uint8Array): Buffer {
  const octets = Buffer.alloc(128);
  octets.write(raw.magic ?? 'ASLSEG01', 0, 'latin1');
  octets.writeUInt32LE(raw.version ?? 1, 8);
  octets.writeUInt32LE(raw.headerSize ?? 128, 12);
  octets.writeBigUInt64LE(raw.flags ?? 0n, 16);
  octets.writeUInt16LE(raw.hashId ?? 1, 24);
  octets.writeUInt32LE(raw.recordCount ?? raw.records.length, 28);
  octets.writeUInt32LE(raw.extentCount ?? raw.extents?.length ?? 0, 32);
  octets.writeUInt32LE(raw.blockCount ?? raw.blocks?.length ?? 0, 36);
  octets.writeUInt32LE(raw.domainCount ?? raw.domains?.length ?? 0, 40);
  octets.set(first, 48);
  octets.set(last, 80);
  return octets;
}

function recordOctets(record: RawRecord): Buffer {
  const octets = Buffer.alloc(64);
  octets.set(record.digest, 0);
  octets.writeBigUInt64LE(record.logseq ?? 0n, 32);
  octets.writeUInt32LE(record.block ?? 0, 40);
  octets.writeUInt32LE(record.offset ?? 0, 44);
  octets.writeUInt32LE(record.length ?? 0, 48);
  octets.writeUInt32LE(record.typeTag ?? 0, 52);
  octets.writeUInt8(record.hasTypeTag ?? 0, 56);
  octets.writeUInt8(record.flags ?? 0, 57);
  octets.writeUInt8(record.visibility ?? 0, 58);
  octets.writeUInt8(record.reserved ?? 0, 59);
  octets.writeUInt16LE(record.domain ?? 0, 60);
  octets.writeUInt16LE(record.source ?? 0, 62);
  return octets;
}

function u32s(values: readonly number[]): Buffer {
  const octets = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) octets.writeUInt32LE(value, 4 * index);
  return octets;
}

/** SPEC.md, section 3.2, in the words of the formulas. */
function filterWords(records: readonly RawRecord[]): number[] {
  if (records.length < 64) return [];
  const z = BigInt(Math.max(1, Math.ceil(records.length / 24)));
  const words = new Array<bigint>(8 * Number(z)).fill(0n);
  for (const { digest } of records) {
    const h = Buffer.from(digest).readBigUInt64LE(24);
    const block = Number(((h >> 32n) * z) >> 32n);
    for (const [word, salt] of SALTS.entries()) {
      const bit = (((h & U32) * salt) & U32) >> 27n;
      words[8 * block + word] = (words[8 * block + word] as bigint) | (1n << bit);
    }
  }
  return words.map(Number);
}

/** SPEC.md, section 3.3, over strings of binary digits. */
function fanOutEntries(records: readonly RawRecord[], first: Uint8Array, last: Uint8Array): number[] {
  const bitsOf = (digest: Uint8Array) =>
    BigInt(`0x${Buffer.from(digest).toString('hex')}`)
      .toString(2)
      .padStart(256, '0');
  let common = 0;
  while (common < 256 && bitsOf(first)[common] === bitsOf(last)[common]) common++;
  const b = Math.max(0, Math.floor(Math.log2(records.length)) - 1);
  const buckets = records.map(({ digest }) => {
    const bits = bitsOf(digest).slice(common, common + b);
    return bits === '' ? 0 : Number.parseInt(bits, 2);
  });
  return Array.from({ length: 2 ** b + 1 }, (_, entry) => buckets.filter((bucket) => bucket < entry).length);
}
