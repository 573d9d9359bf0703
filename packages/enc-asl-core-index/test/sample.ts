import { EMPTY_LOCATION, type HashId } from '@amduat/asl-core';
import { type IndexRecord, ZERO_DOMAIN } from '@amduat/asl-store-index';

/** A small deterministic source of 32-bit numbers. */
export function startRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e37_79b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return (word ^ (word >>> 16)) >>> 0;
  };
}

function randomOctets(random: () => number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => random() & 0xff);
}

export interface SampleOptions {
  readonly seed: number;
  readonly count: number;
  /** Leading bits that the digests share, the first and last record's perhaps excepted. */
  readonly clusterBits?: number;
  /** Whether one record stands far from the cluster on each side. */
  readonly outliers?: boolean;
  readonly merged?: boolean;
  readonly hashId?: HashId;
}

/** Records of every kind with different keys, in the order they were made. */
export function sampleRecords(options: SampleOptions): IndexRecord[] {
  const { seed, count, clusterBits = 0, outliers = false, merged = false, hashId = 1 } = options;
  const random = startRandom(seed);
  const blocks = Array.from({ length: 5 }, () => randomOctets(random, 32));
  const domains = [ZERO_DOMAIN, ...Array.from({ length: 3 }, () => randomOctets(random, 32))];
  const pick = <T>(from: readonly T[]): T => from[random() % from.length] as T;
  const digests = new Map<string, Uint8Array>();
  while (digests.size < count) {
    const isOutlier = outliers && digests.size < 2;
    const digest = isOutlier
      ? new Uint8Array(32).fill(digests.size * 0xff)
      : clusteredDigest(random, clusterBits);
    digests.set(Buffer.from(digest).toString('hex'), digest);
  }
  const extent = () => ({
    blockId: pick(blocks),
    offset: random() >>> 1,
    length: 1 + (random() >>> 2),
  });
  return [...digests.values()].map((digest): IndexRecord => {
    const record = {
      key: { hashId, digest },
      visibility: pick(['internal', 'published'] as const),
      domain: pick(domains),
      source: pick(domains),
      logseq: merged ? BigInt(1 + random()) * 0x1_0000_0001n : 0n,
    };
    const kind = random() % 8;
    if (kind === 0) return { ...record, tombstone: true, location: [] };
    const location =
      kind === 1
        ? EMPTY_LOCATION
        : kind < 4
          ? Array.from({ length: 2 + (random() % 4) }, extent)
          : [extent()];
    const live = { ...record, tombstone: false, location };
    return random() % 2 === 0 ? live : { ...live, typeTag: pick([0, 1, random(), 0xffff_ffff]) };
  });
}

function clusteredDigest(random: () => number, clusterBits: number): Uint8Array<ArrayBuffer> {
  const digest = randomOctets(random, 32);
  for (let bit = 0; bit < clusterBits; bit++) {
    const mask = 0x80 >> (bit & 7);
    digest[bit >> 3] = (digest[bit >> 3] as number) & ~mask;
    if (bit % 3 === 0) digest[bit >> 3] = (digest[bit >> 3] as number) | mask;
  }
  return digest;
}

/** The same members in another order. */
export function shuffled<T>(members: readonly T[], seed: number): T[] {
  const random = startRandom(seed);
  const copy = [...members];
  for (let index = copy.length - 1; index > 0; index--) {
    const other = random() % (index + 1);
    [copy[index], copy[other]] = [copy[other] as T, copy[index] as T];
  }
  return copy;
}

/** A record as plain values, so that two can be compared whatever backs their octets. */
export function plain(record: IndexRecord): unknown {
  const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
  return {
    ...record,
    key: { ...record.key, digest: hex(record.key.digest) },
    location: record.location.map((extent) => ({ ...extent, blockId: hex(extent.blockId) })),
    domain: hex(record.domain),
    source: hex(record.source),
  };
}

/** Plain records in ascending order of their keys. */
export function plainSorted(records: readonly IndexRecord[]): unknown[] {
  return [...records].sort((a, b) => Buffer.compare(a.key.digest, b.key.digest)).map(plain);
}
