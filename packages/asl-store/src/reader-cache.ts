import type { SegmentReader } from './segment-reader.js';

/** Octets of the segments that are kept open beside those of the last state. */
const LENGTH_MAX = 2 ** 25;

/** Segments that were opened for questions about earlier states, the least recently used first. */
export class ReaderCache {
  readonly #readers = new Map<string, SegmentReader>();
  #length = 0;

  get(id: string): SegmentReader | undefined {
    const reader = this.#readers.get(id);
    if (reader === undefined) return undefined;
    this.#readers.delete(id);
    this.#readers.set(id, reader);
    return reader;
  }

  add(id: string, reader: SegmentReader): void {
    if (this.#readers.has(id)) return;
    this.#readers.set(id, reader);
    this.#length += reader.segment.layout.fileLength;
    for (const [oldest, { segment }] of this.#readers) {
      if (this.#length <= LENGTH_MAX) break;
      this.#readers.delete(oldest);
      this.#length -= segment.layout.fileLength;
    }
  }
}
