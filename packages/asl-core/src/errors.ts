/** The families a caller can act on; the command line maps each to an exit code. */
export type ErrorFamily = 'malformed' | 'mismatch' | 'unsupported' | 'refused' | 'storage';

/** A value that survives `JSON.stringify` unchanged; u64 stand as decimal strings, bytes as lower-case hex. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What an error says beside its code: always JSON-safe, never needed to tell two errors apart. */
export interface ErrorDetails {
  /** Octet offset into the input at which the fault was met. */
  readonly offset?: number | string;
  readonly expected?: JsonValue;
  readonly got?: JsonValue;
  readonly [key: string]: JsonValue | undefined;
}

/** One row of a package's error table: the family of a code and the clause that asks for it. */
export interface ErrorRow {
  readonly family: ErrorFamily;
  readonly clause: string;
}

const MARK: unique symbol = Symbol.for('amduat.AslError') as never;

/**
 * The one error class of the project. Told apart by {@link isAslError}, never by `instanceof`: two copies of this
 * package in one process stay compatible.
 */
export class AslError extends Error {
  override readonly name = 'AslError';
  readonly code: string;
  readonly family: ErrorFamily;
  readonly clause: string;
  readonly details: ErrorDetails;

  constructor(code: string, row: ErrorRow, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.family = row.family;
    this.clause = row.clause;
    this.details = details;
    Object.defineProperty(this, MARK, { value: true });
  }

  /** The error as a JSON-safe object; texts are for people and may change, `code` and `details` are the contract. */
  toJSON(): { code: string; family: ErrorFamily; clause: string; message: string; details: ErrorDetails } {
    const { code, family, clause, message, details } = this;
    return { code, family, clause, message, details };
  }
}

/**
 * Tells whether `error` is an {@link AslError}, of the given code if one is named.
 *
 * @param error - anything that was thrown.
 * @param code - the whole code, such as `CORE.DIGEST`.
 * @returns true by the mark the class sets, whichever copy of the package made the error.
 * @example
 * import { decodeArtifact, isAslError } from '@amduat/asl-core';
 * try {
 *   decodeArtifact(new Uint8Array([2]));
 * } catch (error) {
 *   if (!isAslError(error, 'CORE.ARTIFACT.FLAG')) throw error;
 * }
 */
export function isAslError(error: unknown, code?: string): error is AslError {
  if (typeof error !== 'object' || error === null || !(MARK in error)) return false;
  return code === undefined || ('code' in error && error.code === code);
}

/** A maker of errors bound to one package's table, so that family and clause are written once. */
export type ErrorMaker<Code extends string> = (
  code: Code,
  message: string,
  details?: ErrorDetails,
  cause?: unknown,
) => AslError;

/**
 * Binds a table of codes to {@link AslError}.
 *
 * @param table - code → family and clause; the rows of `specs/errors.json` that belong to one package.
 * @returns a function that makes, and does not throw, an error of that table.
 */
export function errorMaker<Code extends string>(table: Readonly<Record<Code, ErrorRow>>): ErrorMaker<Code> {
  return (code, message, details, cause) => new AslError(code, table[code], message, details, cause);
}

/** The codes of ASL/1-CORE with their families and clauses. */
export const CORE_ERRORS = {
  'CORE.TRUNCATED': { family: 'malformed', clause: 'CORE-ENC-2' },
  'CORE.ARTIFACT.FLAG': { family: 'malformed', clause: 'CORE-ENC-3' },
  'CORE.TRAILING': { family: 'malformed', clause: 'CORE-ENC-4' },
  'CORE.STREAM.LENGTH': { family: 'mismatch', clause: 'CORE-ENC-7' },
  'CORE.HASH_ID': { family: 'unsupported', clause: 'CORE-HASH-3' },
  'CORE.REFERENCE.LENGTH': { family: 'malformed', clause: 'CORE-REF-3' },
  'CORE.TEXT.SCHEME': { family: 'malformed', clause: 'CORE-REF-5' },
  'CORE.TEXT.HASH': { family: 'malformed', clause: 'CORE-REF-6' },
  'CORE.TEXT.DIGEST': { family: 'malformed', clause: 'CORE-REF-7' },
  'CORE.DIGEST': { family: 'mismatch', clause: 'CORE-REF-11' },
  'CORE.BLOCK.DIGEST': { family: 'mismatch', clause: 'CORE-BLK-2' },
  'CORE.BLOCK.LENGTH': { family: 'malformed', clause: 'CORE-BLK-3' },
  'CORE.BLOCK.ABSENT': { family: 'storage', clause: 'CORE-LOC-4' },
  'CORE.LOCATION.EMPTY': { family: 'malformed', clause: 'CORE-LOC-1' },
  'CORE.LOCATION.LENGTH': { family: 'mismatch', clause: 'CORE-LOC-6' },
  'CORE.EXTENT.EMPTY': { family: 'malformed', clause: 'CORE-LOC-3' },
  'CORE.EXTENT.BOUNDS': { family: 'malformed', clause: 'CORE-LOC-5' },
} as const;

/** A code of ASL/1-CORE. */
export type CoreErrorCode = keyof typeof CORE_ERRORS;

export const coreError: ErrorMaker<CoreErrorCode> = errorMaker(CORE_ERRORS);
