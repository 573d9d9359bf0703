const LINE_FEED = 0x0a;
const FIRST_LENGTH = 2 ** 16;

/** Why bytes are no line. */
export type LineFault = 'too-long' | 'not-utf8' | 'no-line-feed';

/** What is told of each line, without its line feed; empty lines are passed over. */
export interface LineSink {
  line(text: string): void;
  fault(what: LineFault): void;
}

/**
 * Makes lines of bytes that arrive in pieces, and keeps no more of them than the longest line there may be: of a longer
 * one, the fault is told and the rest is dropped.
 */
export class LineSplitter {
  readonly #limit: number;
  readonly #sink: LineSink;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #buffer = new Uint8Array(0);
  #length = 0;
  #dropping = false;

  /** @param limit - octets of a line, without its line feed. */
  constructor(limit: number, sink: LineSink) {
    this.#limit = limit;
    this.#sink = sink;
  }

  /** Takes the next bytes, which are borrowed. */
  push(bytes: Uint8Array): void {
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#keep(bytes.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    this.#keep(bytes.subarray(start));
  }

  /** Nothing follows: what was begun is no line. */
  end(): void {
    if (this.#length > 0 && !this.#dropping) this.#sink.fault('no-line-feed');
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
  }

  #keep(bytes: Uint8Array): void {
    if (this.#dropping || bytes.length === 0) return;
    const length = this.#length + bytes.length;
    if (length > this.#limit) {
      this.#dropping = true;
      this.#buffer = new Uint8Array(0);
      this.#length = 0;
      this.#sink.fault('too-long');
      return;
    }
    if (length > this.#buffer.length) this.#grow(length);
    this.#buffer.set(bytes, this.#length);
    this.#length = length;
  }

  #grow(length: number): void {
    const wanted = Math.max(length, 2 * this.#buffer.length, FIRST_LENGTH);
    const larger = new Uint8Array(Math.min(wanted, this.#limit));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  #finish(): void {
    const [dropped, length] = [this.#dropping, this.#length];
    this.#dropping = false;
    this.#length = 0;
    if (dropped || length === 0) return;
    const text = this.#decode(this.#buffer.subarray(0, length));
    if (text === undefined) this.#sink.fault('not-utf8');
    else if (text.trim() !== '') this.#sink.line(text);
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}
