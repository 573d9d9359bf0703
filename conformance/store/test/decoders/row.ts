import { equalBytes } from '@amduat/asl-core';

/** What can be wrong with an input. */
export const FAULTS = [
  'truncated',
  'bit flipped',
  'huge length',
  'trailing',
  'not canonical',
  'unknown version',
  'unknown flag',
  'wrong order',
  'duplicate',
] as const;
export type Fault = (typeof FAULTS)[number];

/** One faulty input. */
export interface Attempt {
  /** Decodes it. */
  run(): unknown;
  /** Whether what came out, if anything did, stands for this input and no other. */
  isFaithful(value: unknown): boolean;
}

/** One decoder, and what it is given. */
export interface Row {
  readonly decoder: string;
  /** Those that keep faults out, in square brackets. */
  readonly clauses: string;
  readonly attempts: Readonly<Partial<Record<Fault, Iterable<Attempt>>>>;
}

/** A decoder of bytes. */
export interface BytesDecoder<T> extends Pick<Row, 'decoder' | 'clauses'> {
  /** Right inputs. */
  readonly samples: readonly Uint8Array[];
  decode(bytes: Uint8Array): T | Promise<T>;
  /** The only bytes that stand for a value. */
  encode(value: T): Uint8Array;
  /** Right inputs are made faulty in these ways beside the ones that every row has. */
  readonly faults: Readonly<Partial<Record<Fault, Iterable<Uint8Array>>>>;
}

const TRAILERS = [Uint8Array.of(0x01), Uint8Array.of(0xff, 0x00), new Uint8Array(4096).fill(0x20)];

/** The row of a decoder of bytes: its own faults, and truncations, flips and trailing bytes where it does not say. */
export function bytesRow<T>({ decoder, clauses, samples, decode, encode, faults }: BytesDecoder<T>): Row {
  const attempt = (bytes: Uint8Array): Attempt => ({
    run: () => decode(bytes),
    isFaithful: (value) => equalBytes(encode(value as T), bytes),
  });
  const all: Partial<Record<Fault, Iterable<Uint8Array>>> = {
    truncated: samples.flatMap(truncations),
    'bit flipped': flips(samples),
    trailing: samples.flatMap((sample) => [...TRAILERS, sample].map((more) => Buffer.concat([sample, more]))),
    ...faults,
  };
  const attempts = Object.entries(all).map(([fault, inputs]) => [fault, mapLazily(inputs, attempt)]);
  return { decoder, clauses, attempts: Object.fromEntries(attempts) };
}

function truncations(sample: Uint8Array): Uint8Array[] {
  return Array.from({ length: sample.length }, (_, length) => sample.subarray(0, length));
}

function* flips(samples: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const sample of samples) {
    for (let bit = 0; bit < 8 * sample.length; bit++) {
      const copy = Uint8Array.from(sample);
      copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
      yield copy;
    }
  }
}

function* mapLazily<A, B>(items: Iterable<A>, change: (item: A) => B): Generator<B> {
  for (const item of items) yield change(item);
}

/** A copy with some octets set. */
export function withBytes(sample: Uint8Array, offset: number, bytes: ArrayLike<number>): Uint8Array {
  const copy = Uint8Array.from(sample);
  copy.set(bytes, offset);
  return copy;
}

export function u16le(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >> 8);
}

export function u32le(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64le(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

export function u64be(value: bigint): Uint8Array {
  return Uint8Array.from(u64le(value)).reverse();
}

/** Texts are given octet by octet, so that every octet can be wrong. */
export const latin1: (text: string) => Uint8Array = (text) => Buffer.from(text, 'latin1');
export const textOf: (bytes: Uint8Array) => string = (bytes) => Buffer.from(bytes).toString('latin1');
