import { expandRecipes } from './recipes.js';

/** One operation of an adapter: takes a vector's `in`, gives its `expect.ok`, or throws an error with a `code`. */
export type Operation = (input: never) => unknown;

/** Operations by the names that vectors use. */
export type Operations = Readonly<Record<string, Operation>>;

/** What an implementation offers to the vectors. */
export interface Adapter {
  readonly operations: Operations;
  /** Operation name → what leads back from its `ok` to its `in`, for the roundtrip vectors. */
  readonly inverses?: Operations;
}

export interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly in: unknown;
  readonly expect: { readonly ok: unknown } | { readonly err: { readonly code: string } };
}

export interface VectorGroup {
  readonly id: string;
  readonly op: string;
  readonly vectors: readonly Vector[];
}

/** An answer that is not the expected one; test runners show the difference. */
export class WrongAnswer extends Error {
  override name = 'WrongAnswer';
  readonly actual: unknown;
  readonly expected: unknown;

  constructor(what: string, actual: unknown, expected: unknown) {
    super(`${what} is not the expected one`);
    this.actual = actual;
    this.expected = expected;
  }
}

/**
 * Asks an implementation one vector.
 *
 * @throws WrongAnswer when it answers anything else; an Error when it cannot answer.
 */
export function runVector(op: string, vector: Vector, adapter: Adapter): void {
  const expected = expandRecipes(vector.expect);
  const got = answer(implementationOf(adapter.operations, op), expandRecipes(vector.in));
  if (!equalJson(got, expected)) throw new WrongAnswer(`the answer of ${op}`, got, expected);
  if (vector.kind !== 'roundtrip') return;
  const input = { ok: expandRecipes(vector.in) };
  const back = answer(
    implementationOf(adapter.inverses ?? {}, op, 'the inverse of '),
    (got as { ok: unknown }).ok,
  );
  if (!equalJson(back, input)) throw new WrongAnswer(`the way back from ${op}`, back, input);
}

function implementationOf(operations: Operations, op: string, which = ''): Operation {
  const implementation = Object.hasOwn(operations, op) ? operations[op] : undefined;
  if (implementation === undefined) throw new Error(`${which}${op} is not implemented`);
  return implementation;
}

function answer(operation: Operation, input: unknown): unknown {
  try {
    return { ok: operation(input as never) };
  } catch (error) {
    const code = (error as { code?: unknown } | undefined)?.code;
    if (typeof code !== 'string' || !/^[A-Z0-9_]+(\.[A-Z0-9_]+)+$/.test(code)) throw error;
    return { err: { code } };
  }
}

/** JSON has no undefined: a key whose value is undefined is a key that is not there. */
function equalJson(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equalJson(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return left === right;
  const keys = keysOf(left);
  return keys.length === keysOf(right).length && keys.every((key) => equalJson(left[key], right[key]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function keysOf(value: Record<string, unknown>): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}
