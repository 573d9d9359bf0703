import { createHash } from 'node:crypto';
import { bytes } from '../schema/values.mjs';
import { expandRecipes } from './recipes.js';

/** Digits of 4,096 bytes: what is longer is a recipe in a vector, and may be a digest in an answer. */
export const HEX_DIGITS_MAX = 8192;

/** Bytes of which only the digest is written. */
export interface Digest {
  readonly sha256: string;
  /** Octets, as a decimal string. */
  readonly length: string;
}

/** A place where two values are not the same. */
export interface Difference {
  /** Such as `ok.records[3].key`. */
  readonly at: string;
  /** What stands there; undefined if nothing does. */
  readonly expected: unknown;
  readonly got: unknown;
}

/** Whether a text is hexadecimal digits, two a byte. */
export function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-f]*$/.test(text);
}

/** The digest of the bytes that hexadecimal digits stand for. */
export function digestOf(hex: string): Digest {
  const spelled = Buffer.from(hex, 'hex');
  return { sha256: createHash('sha256').update(spelled).digest('hex'), length: `${spelled.length}` };
}

/** Whether a value is `{ sha256, length }`. */
function isDigest(value: unknown): value is Digest {
  if (!isObject(value) || Object.keys(value).length !== 2) return false;
  const { sha256, length } = value;
  return isText(sha256, /^[0-9a-f]{64}$/) && isText(length, /^(?:0|[1-9][0-9]{0,19})$/);
}

/** Octets that a recipe stands for; undefined if a value is none. */
function recipeLength(value: unknown): number | undefined {
  if (!isObject(value)) return undefined;
  const { length } = isObject(value['sparse']) ? value['sparse'] : 'gen' in value ? value : {};
  return isText(length, /^(?:0|[1-9][0-9]{0,9})$/) ? Number(length) : undefined;
}

/** Octets that a value stands for: its JSON, and its recipes spelled out. */
export function spelledLength(value: unknown): number {
  return JSON.stringify(value).length + recipesLength(value);
}

function recipesLength(value: unknown): number {
  const own = recipeLength(value);
  if (own !== undefined) return own;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + recipesLength(member), 0);
}

/**
 * The first place where an answer is not what is expected. Bytes are the same however they are written.
 *
 * @param expected - as a vector has it.
 * @param at - the path of both.
 */
export function firstDifference(expected: unknown, got: unknown, at: string): Difference | undefined {
  if (typeof expected === 'string' || recipeLength(expected) !== undefined) {
    return sameBytes(expected, got) ? undefined : { at, expected, got };
  }
  if (Array.isArray(expected) && Array.isArray(got)) return differenceOfLists(expected, got, at);
  if (isObject(expected) && isObject(got)) return differenceOfObjects(expected, got, at);
  return expected === got ? undefined : { at, expected, got };
}

function differenceOfLists(expected: unknown[], got: unknown[], at: string): Difference | undefined {
  for (let index = 0; index < Math.max(expected.length, got.length); index++) {
    const here = `${at}[${index}]`;
    const found =
      index < expected.length && index < got.length
        ? firstDifference(expected[index], got[index], here)
        : { at: here, expected: expected[index], got: got[index] };
    if (found !== undefined) return found;
  }
  return undefined;
}

function differenceOfObjects(
  expected: Record<string, unknown>,
  got: Record<string, unknown>,
  at: string,
): Difference | undefined {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
    const here = `${at}.${key}`;
    const found =
      Object.hasOwn(expected, key) && Object.hasOwn(got, key)
        ? firstDifference(expected[key], got[key], here)
        : { at: here, expected: own(expected, key), got: own(got, key) };
    if (found !== undefined) return found;
  }
  return undefined;
}

function own(object: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** `expected` is a text or a recipe; nothing is spelled out that has another length. */
function sameBytes(expected: unknown, got: unknown): boolean {
  if (typeof expected === 'string' && typeof got === 'string') return expected === got;
  const length = lengthOfBytes(expected);
  if (length === undefined || length !== lengthOfBytes(got)) return false;
  const hex = expandRecipes(expected) as string;
  if (isDigest(got)) return got.sha256 === digestOf(hex).sha256;
  return (typeof got === 'string' || bytes.safeParse(got).success) && expandRecipes(got) === hex;
}

function lengthOfBytes(value: unknown): number | undefined {
  if (typeof value === 'string') return isHex(value) ? value.length / 2 : undefined;
  return isDigest(value) ? Number(value.length) : recipeLength(value);
}

/**
 * An answer with short digits in the place of bytes that are written as a digest, a recipe or many digits: for a schema
 * that knows the bytes of vectors.
 */
export function withPlainBytes(value: unknown): unknown {
  if (typeof value === 'string') return value.length > HEX_DIGITS_MAX && isHex(value) ? '' : value;
  if (Array.isArray(value)) return value.map(withPlainBytes);
  if (!isObject(value)) return value;
  if (isDigest(value)) {
    const digits = 2 * Number(value.length);
    return digits > HEX_DIGITS_MAX ? '' : '0'.repeat(digits);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withPlainBytes(member)]));
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}
