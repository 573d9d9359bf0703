/** What other bytes of a document decide about a field. */
export interface Seal {
  /** How it is computed, in words. */
  readonly rule: string;
  /** A length: it follows from how many bytes there are, so that one more or less makes it wrong. */
  readonly isLength?: boolean;
  /** The right bytes; undefined where what they are computed from is not there. */
  readonly value: () => Uint8Array | undefined;
}

/** A field of a document: `path` is made of the names of the specification, `frame[0].record[1].record_hash`. */
export interface Field {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
  readonly seal?: Seal;
}

/**
 * The fields of a document of one format, in the order of their offsets, without gaps or overlaps, from the first byte to
 * the last. Of damaged bytes it gives what can be told; it never throws, and its work is bounded by the bytes there are.
 */
export type FieldMap = (bytes: Uint8Array) => Field[];

/** A field's path without the numbers of list members: `frame[].record[].record_hash`. */
export function pathOfKind(path: string): string {
  return path.replace(/\[\d+\]/g, '[]');
}

export function bytesOfField(bytes: Uint8Array, field: Field): Uint8Array {
  return bytes.subarray(field.offset, field.offset + field.length);
}

/** Takes a document apart from its beginning. A field that is not whole is the last one. */
export class FieldReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly fields: Field[] = [];
  offset: number;
  #isBroken = false;

  constructor(bytes: Uint8Array, offset = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = Math.min(end, bytes.length);
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.offset;
  }

  /**
   * Takes the next field, or what there is of it.
   *
   * @returns its bytes, a view, if all of them are there.
   */
  take(path: string, length: number, seal?: Seal): Uint8Array | undefined {
    if (this.#isBroken) return undefined;
    const taken = Math.min(length, this.left);
    this.#isBroken = taken < length;
    const field = { path, offset: this.offset, length: taken };
    if (!this.#isBroken) this.fields.push(seal === undefined ? field : { ...field, seal });
    else if (taken > 0) this.fields.push(field);
    this.offset += taken;
    return this.#isBroken ? undefined : this.bytes.subarray(this.offset - taken, this.offset);
  }

  /** Takes the fields of a table of fixed widths. */
  takeAll(
    prefix: string,
    table: readonly (readonly [name: string, length: number, seal?: Seal | undefined])[],
  ): void {
    for (const [name, length, seal] of table) this.take(`${prefix}${name}`, length, seal);
  }

  /** Takes what is left as one field, if anything is. */
  rest(path: string): void {
    if (this.left > 0) this.take(path, this.left);
  }

  /** Takes nothing more: a part of the document did not come to its end. */
  stop(): void {
    this.#isBroken = true;
  }

  /** Takes the fields that another map found from here on. */
  adopt(prefix: string, fields: readonly Field[]): void {
    for (const field of fields) this.take(`${prefix}${field.path}`, field.length, field.seal);
  }
}
