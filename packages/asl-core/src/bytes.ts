import type { AslError } from './errors.js';

/** Bytes this code has made and hands over: backed by an `ArrayBuffer` of their own kind, never shared. */
export type Bytes = Uint8Array<ArrayBuffer>;

const HEX_DIGITS = '0123456789abcdef';
const HEX_PAIRS: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `${HEX_DIGITS[byte >> 4]}${HEX_DIGITS[byte & 15]}`,
);

/**
 * Writes bytes as lower-case hexadecimal digits, two a byte.
 *
 * @param bytes - any length; borrowed.
 * @returns 2 × length characters.
 */
export function formatHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_PAIRS[byte];
  return text;
}

/**
 * Reads lower-case hexadecimal digits, strictly: an even number of `0`–`9`, `a`–`f` and nothing else.
 *
 * @param text - the digits.
 * @returns the bytes, owned by the caller, or undefined if the text is anything else.
 */
export function parseHex(text: string): Bytes | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let index = 0; index < bytes.length; index++) {
    const high = hexValue(text.charCodeAt(2 * index));
    const low = hexValue(text.charCodeAt(2 * index + 1));
    if (high < 0 || low < 0) return undefined;
    bytes[index] = (high << 4) | low;
  }
  return bytes;
}

function hexValue(charCode: number): number {
  if (charCode >= 0x30 && charCode <= 0x39) return charCode - 0x30;
  if (charCode >= 0x61 && charCode <= 0x66) return charCode - 0x57;
  return -1;
}

/**
 * Compares two byte strings as unsigned bytes from the first; a proper prefix comes first.
 *
 * @returns −1, 0 or 1. O(length).
 */
export function compareBytes(left: Uint8Array, right: Uint8Array): -1 | 0 | 1 {
  const shared = Math.min(left.length, right.length);
  for (let index = 0; index < shared; index++) {
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return left.length === right.length ? 0 : left.length < right.length ? -1 : 1;
}

/** Tells whether two byte strings are equal in length and in every byte. */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/**
 * Joins byte strings.
 *
 * @param parts - borrowed.
 * @returns their concatenation; owned.
 */
export function concatBytes(parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Copies bytes, whatever backs them (a `Buffer`'s own `slice` would alias its input). */
export function copyBytes(bytes: Uint8Array): Bytes {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy;
}

/** The bytes of an ASCII text, such as a domain-separation tag. Throws `RangeError` on any other character. */
export function asciiBytes(text: string): Bytes {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) throw new RangeError(`text: character ${code} at index ${index} is not ASCII`);
    bytes[index] = code;
  }
  return bytes;
}

const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** Throws `RangeError`, naming `label`, unless `value` is a u32. */
export function assertU32(value: number, label: string): void {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(`${label}: expected an integer of 0 to 4294967295, got ${value}`);
  }
}

/** Throws `RangeError`, naming `label`, unless `value` is a u64. */
export function assertU64(value: bigint, label: string): void {
  if (typeof value !== 'bigint' || value < 0n || value > U64_MAX) {
    throw new RangeError(`${label}: expected a bigint of 0 to ${U64_MAX}, got ${value}`);
  }
}

/** Which end of an integer is written first; spelled out at each call, since both stand in the formats. */
export type Endian = 'big' | 'little';

/**
 * A cursor that writes into bytes of a length known beforehand; writing beyond it throws `RangeError`, and
 * {@link ByteWriter.finish} refuses to hand out bytes that were not all written.
 */
export class ByteWriter {
  readonly #bytes: Bytes;
  readonly #view: DataView;
  #offset = 0;

  constructor(length: number) {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Octets written so far. */
  get offset(): number {
    return this.#offset;
  }

  u8(value: number): this {
    this.#view.setUint8(this.#advance(1), value);
    return this;
  }

  u16(value: number, endian: Endian): this {
    this.#view.setUint16(this.#advance(2), value, endian === 'little');
    return this;
  }

  u32(value: number, endian: Endian): this {
    this.#view.setUint32(this.#advance(4), value, endian === 'little');
    return this;
  }

  u64(value: bigint, endian: Endian): this {
    this.#view.setBigUint64(this.#advance(8), value, endian === 'little');
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#advance(bytes.length));
    return this;
  }

  /** Leaves `length` octets zero. */
  zeros(length: number): this {
    this.#advance(length);
    return this;
  }

  /** The bytes, owned by the caller. */
  finish(): Bytes {
    if (this.#offset !== this.#bytes.length) {
      throw new RangeError(
        `length: expected ${this.#bytes.length} octets to be written, got ${this.#offset}`,
      );
    }
    return this.#bytes;
  }

  #advance(length: number): number {
    const offset = this.#offset;
    if (length > this.#bytes.length - offset) {
      throw new RangeError(`length: ${length} octets at offset ${offset} exceed ${this.#bytes.length}`);
    }
    this.#offset = offset + length;
    return offset;
  }
}

/** What a {@link ByteReader} throws when its input ends inside a field. */
export type TruncationError = (offset: number, expected: number | bigint, got: number) => AslError;

/**
 * A bounded cursor over bytes that came from elsewhere. Every read compares with what is left before anything is
 * made; the package that decodes says which error a short input is.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #truncated: TruncationError;
  #offset: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, truncated: TruncationError, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#truncated = truncated;
    this.#offset = start;
    this.#end = Math.min(end, bytes.length);
  }

  /** Octet offset of the next read, from the start of the input. */
  get offset(): number {
    return this.#offset;
  }

  /** Octets left. */
  get remaining(): number {
    return this.#end - this.#offset;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(endian: Endian): number {
    return this.#view.getUint16(this.#advance(2), endian === 'little');
  }

  u32(endian: Endian): number {
    return this.#view.getUint32(this.#advance(4), endian === 'little');
  }

  u64(endian: Endian): bigint {
    return this.#view.getBigUint64(this.#advance(8), endian === 'little');
  }

  /** The next `length` octets as a view of the input; `length` is compared as a u64 before it is used. */
  view(length: number | bigint): Uint8Array {
    if (BigInt(length) > BigInt(this.remaining)) throw this.#truncated(this.#offset, length, this.remaining);
    const start = this.#advance(Number(length));
    return this.#bytes.subarray(start, this.#offset);
  }

  /** The next `length` octets as a copy. */
  bytes(length: number | bigint): Bytes {
    return copyBytes(this.view(length));
  }

  #advance(length: number): number {
    const offset = this.#offset;
    if (length > this.#end - offset) throw this.#truncated(offset, length, this.#end - offset);
    this.#offset = offset + length;
    return offset;
  }
}
