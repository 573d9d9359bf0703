import { compareReferences } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { readRecords } from '@amduat/enc-asl-core-index';
import type { SegmentReader } from './segment-reader.js';

const RECORDS_AT_ONCE = 256;

/** Goes through the records of a segment in their order. */
export class SegmentCursor<S> {
  readonly source: S;
  readonly #reader: SegmentReader;
  #batch: readonly IndexRecord[] = [];
  #at = -1;
  #read = 0;

  constructor(source: S, reader: SegmentReader) {
    this.source = source;
    this.#reader = reader;
  }

  get head(): IndexRecord {
    return this.#batch[this.#at] as IndexRecord;
  }

  /** Goes on to the next record; false if there is none. */
  advance(): boolean | Promise<boolean> {
    this.#at++;
    return this.#at < this.#batch.length || this.#readBatch();
  }

  async #readBatch(): Promise<boolean> {
    const { segment } = this.#reader;
    const end = Math.min(segment.layout.recordCount, this.#read + RECORDS_AT_ONCE);
    if (this.#read === end) return false;
    this.#batch = await this.#reader.run(readRecords(segment, this.#read, end));
    this.#read = end;
    this.#at = 0;
    return true;
  }
}

/** A record and the source it is in. */
export interface Head<S> {
  readonly source: S;
  readonly record: IndexRecord;
}

/** Gives, key by key in ascending order, the records that segments have of it. */
export async function* takeLeast<S>(
  segments: readonly SegmentCursor<S>[],
): AsyncGenerator<Head<S>[], void, undefined> {
  // The least key last, so that taking it moves nothing.
  const cursors: SegmentCursor<S>[] = [];
  for (const cursor of segments) if (await cursor.advance()) insert(cursors, cursor);
  while (cursors.length > 0) {
    const taken = [cursors.pop() as SegmentCursor<S>];
    const { key } = (taken[0] as SegmentCursor<S>).head;
    while (
      cursors.length > 0 &&
      compareReferences((cursors.at(-1) as SegmentCursor<S>).head.key, key) === 0
    ) {
      taken.push(cursors.pop() as SegmentCursor<S>);
    }
    yield taken.map(({ source, head }) => ({ source, record: head }));
    for (const cursor of taken) {
      const advanced = cursor.advance();
      if (advanced === true || (await advanced)) insert(cursors, cursor);
    }
  }
}

function insert<S>(cursors: SegmentCursor<S>[], cursor: SegmentCursor<S>): void {
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareReferences((cursors[middle] as SegmentCursor<S>).head.key, cursor.head.key) > 0)
      low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, cursor);
}
