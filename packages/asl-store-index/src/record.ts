import { type ArtifactLocation, compareReferences, formatReference, type Reference } from '@amduat/asl-core';
import { storeIndexError } from './errors.js';

/** The number of a record in the log of a domain; the first is 1 (STX-POS-1). */
export type LogSeq = bigint;

/** How many records of the log are applied; 0 is the empty state (STX-POS-2). */
export type LogPosition = bigint;

/** 32 octets that name a domain. */
export type DomainId = Uint8Array;

/** In a record: the domain of the index itself, or no cross-domain source. Nobody writes to it. */
export const ZERO_DOMAIN: DomainId = new Uint8Array(32);

/** What whoever made a record asked for; what is published is said by the log alone (STX-VER-4). */
export type Visibility = 'internal' | 'published';

/**
 * What a segment says of one key.
 *
 * @spec IDX-REC-1
 */
export interface IndexRecord {
  readonly key: Reference;
  /** Whether the record hides its key instead of locating it. */
  readonly tombstone: boolean;
  /** Empty in a tombstone. */
  readonly location: ArtifactLocation;
  /** u32, as in the artifact; none in a tombstone. */
  readonly typeTag?: number;
  readonly visibility: Visibility;
  /** The domain the artifact comes from; {@link ZERO_DOMAIN} for that of the index itself. */
  readonly domain: DomainId;
  /** The domain it was imported from; {@link ZERO_DOMAIN} for none. */
  readonly source: DomainId;
  /** 0 in a segment that a seal makes visible, 1 and up in a merged or compacted one. */
  readonly logseq: LogSeq;
}

/**
 * Adds up the extents of a record.
 *
 * @spec IDX-REC-3
 * @param record - borrowed.
 * @returns the length of the artifact in octets; 0 for a tombstone.
 */
export function recordLength(record: Pick<IndexRecord, 'location'>): bigint {
  let length = 0n;
  for (const extent of record.location) length += BigInt(extent.length);
  return length;
}

/**
 * Puts the records of one segment in the order of their keys.
 *
 * @spec IDX-REC-2
 * @param records - in any order; borrowed.
 * @returns the same records in strictly ascending order of their keys; a new array.
 * @throws AslError `IDX.DUPLICATE` when two have one key.
 */
export function sortRecords<R extends { readonly key: Reference }>(records: Iterable<R>): R[] {
  const sorted = [...records].sort((left, right) => compareReferences(left.key, right.key));
  for (let index = 1; index < sorted.length; index++) {
    const { key } = sorted[index] as R;
    if (compareReferences((sorted[index - 1] as R).key, key) !== 0) continue;
    throw storeIndexError('IDX.DUPLICATE', `the segment has two records for ${formatReference(key)}`, {
      key: formatReference(key),
    });
  }
  return sorted;
}
