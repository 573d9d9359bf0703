import { parseReference, type Reference } from '@amduat/asl-core';
import { InvalidArgumentError } from 'commander';

const U64_MAX = 2n ** 64n - 1n;

/** Reads a logseq or a position. */
export function parseU64(text: string): bigint {
  if (!/^(0|[1-9][0-9]{0,19})$/.test(text) || BigInt(text) > U64_MAX) {
    throw new InvalidArgumentError('expected a number of 0 to 2^64 - 1.');
  }
  return BigInt(text);
}

/** Reads a u32, in decimal or with 0x. */
export function parseU32(text: string): number {
  const value = /^(0|[1-9][0-9]{0,9}|0x[0-9a-fA-F]{1,8})$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= 0xffff_ffff)) throw new InvalidArgumentError('expected a number of 0 to 4294967295.');
  return value;
}

/** Octets of an artifact: `first` up to and including `last`. */
export interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** Reads `a-b`, both ends included, counted from 0. */
export function parseRange(text: string): Range {
  const [, first, last] = /^([0-9]{1,20})-([0-9]{1,20})$/.exec(text) ?? [];
  if (first === undefined || last === undefined || BigInt(first) > BigInt(last)) {
    throw new InvalidArgumentError('expected FIRST-LAST, both included, counted from 0.');
  }
  return { first: BigInt(first), last: BigInt(last) };
}

/** Reads references in the order given; a wrong one is refused by its own code before anything is done. */
export function parseReferences(texts: readonly string[]): Reference[] {
  return texts.map(parseReference);
}
