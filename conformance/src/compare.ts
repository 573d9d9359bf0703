import { z } from 'zod';
import type { Operation } from '../schema/operations.mjs';
import { type Answer, firstIssue } from './acp.js';
import type { Judgement } from './outcome.js';
import type { Vector } from './run-vectors.js';
import { firstDifference, isObject, withPlainBytes } from './values.js';

/** What a vector expects. */
export type Expectation = Vector['expect'];

/**
 * Holds an answer against what is expected.
 *
 * @param operation - that the answer is of; its schema says which forms are right.
 */
export function judgeAnswer(operation: Operation, expected: Expectation, answer: Answer): Judgement {
  if ('wrong' in answer) return { outcome: 'protocol-error', expected, message: answer.wrong };
  if ('fault' in answer) return { outcome: 'fault', expected, message: answer.fault.message };
  if ('unsupported' in answer) {
    return { outcome: 'fail', how: 'false-claim', expected, message: answer.unsupported.reason };
  }
  if ('err' in expected) return judgeRefusal(expected.err.code, answer);
  if ('err' in answer) return { outcome: 'fail', how: 'refused', expected, got: answer };
  return judgeOk(operation.ok, expected, answer);
}

type OkOrErr = Extract<Answer, { ok: unknown } | { err: unknown }>;

function judgeRefusal(code: string, answer: OkOrErr): Judgement {
  const expected = { err: { code } };
  if ('ok' in answer) return { outcome: 'fail', how: 'accepted', expected, got: answer };
  if (answer.err.code === code) return { outcome: 'pass' };
  return { outcome: 'fail', how: 'code', at: 'err.code', expected, got: answer };
}

function judgeOk(schema: z.ZodObject, expected: { ok: unknown }, got: { ok: unknown }): Judgement {
  const formed = schema.safeParse(withPlainBytes(got.ok));
  if (!formed.success) {
    const message = firstIssue(formed.error, 'ok');
    return { outcome: 'protocol-error', expected, got, message };
  }
  const difference = firstDifference(expected.ok, got.ok, 'ok');
  if (difference === undefined) return { outcome: 'pass' };
  return { outcome: 'fail', how: 'answer', at: difference.at, expected, got };
}

/** What leads back from the answer of a roundtrip vector: what is asked, and what has to come. */
export interface WayBack {
  readonly op: string;
  readonly in: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/**
 * The way back of a vector of an operation with an inverse. What one of the two calls `reference`, the other may call
 * `bytes`; what the inverse does not take, such as a hash beside the bytes, is left out.
 */
export function wayBackOf(
  operations: Readonly<Record<string, Operation>>,
  { inverse = '' }: Operation,
  { in: given, expect }: Vector,
): WayBack {
  const back = operations[inverse];
  if (back === undefined || !('ok' in expect)) throw new Error(`there is no way back by "${inverse}"`);
  return { op: inverse, in: renamed(expect.ok, back.in), expected: renamed(given, back.ok) };
}

const TWINS: Readonly<Record<string, string>> = { reference: 'bytes', bytes: 'reference' };

function renamed(value: unknown, schema: z.ZodObject): Record<string, unknown> {
  const keyOf = (key: string) => [key, TWINS[key] ?? key].find((name) => Object.hasOwn(schema.shape, name));
  const entries = Object.entries(value as object).map(([key, member]) => [keyOf(key), member] as const);
  return Object.fromEntries(entries.filter(([key]) => key !== undefined)) as Record<string, unknown>;
}

/**
 * Holds the answer of the inverse operation against where it has to lead. What an inverse always adds, and the vector does
 * not have, such as a hash, is not compared.
 */
export function judgeWayBack(
  { ok: schema }: Operation,
  { op, expected }: WayBack,
  answer: Answer,
): Judgement {
  const failed = (at: string, got: unknown): Judgement => {
    return { outcome: 'fail', how: 'way-back', at: `${op} ${at}`, expected: { ok: expected }, got };
  };
  if ('wrong' in answer || 'fault' in answer || 'unsupported' in answer) {
    const judged = judgeAnswer({ in: schema, ok: schema }, { ok: expected }, answer);
    return { ...judged, message: `${op}: ${judged.message}` };
  }
  if ('err' in answer) return failed('err', answer);
  const added = (key: string) =>
    !Object.hasOwn(expected, key) && schema.shape[key]?.safeParse(undefined).success === false;
  const got = Object.fromEntries(Object.entries(answer.ok).filter(([key]) => !added(key)));
  const difference = firstDifference(expected, got, 'ok');
  return difference === undefined ? { outcome: 'pass' } : failed(difference.at, answer);
}

/** What of an answer has to be the same every time: its value, its code, or of what kind it is. */
export function comparable(answer: Answer): unknown {
  if ('ok' in answer) return answer;
  return 'err' in answer ? { err: answer.err.code } : Object.keys(answer)[0];
}

/** The long texts of a value cut, so that a report stays small. */
export function abridged(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}… (${value.length} characters)` : value;
  }
  if (Array.isArray(value)) {
    const kept = value.slice(0, LIST_MAX).map(abridged);
    return value.length > LIST_MAX ? [...kept, `… (${value.length} members)`] : kept;
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, abridged(member)]));
}

const TEXT_MAX = 512;
const LIST_MAX = 32;
