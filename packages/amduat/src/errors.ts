import { type AslError, isAslError } from '@amduat/asl-core';
import { EXIT } from './exit-codes.js';

/** The command line was not understood; `hint` says what would have been. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** How a failure is reported: what the shell gets, and the same facts for people and for programs. */
export interface Failure {
  readonly exitCode: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly hint?: string;
}

/** Turns whatever was thrown into a report; an unknown error is a fault of this program and keeps its stack. */
export function describeFailure(error: unknown): Failure {
  // Whichever call met it first: what stopped a writer says more than that it has stopped.
  if (isAslError(error, 'STORE.WRITER_STOPPED') && error.cause !== undefined)
    return describeFailure(error.cause);
  if (isAslError(error)) return describeAslError(error);
  if (error instanceof UsageError) {
    const failure = {
      exitCode: EXIT.usage,
      json: { code: 'USAGE', message: error.message },
      text: error.message,
    };
    return error.hint === undefined ? failure : { ...failure, hint: error.hint };
  }
  if (isSystemError(error)) {
    const json = { code: 'IO', message: error.message, systemCode: error.code };
    return { exitCode: EXIT.storage, json, text: error.message };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.internal, json: { code: 'INTERNAL', message: text }, text };
}

/** What the operating system refused, such as ENOENT. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

function describeAslError(error: AslError): Failure {
  const hint = HINTS[error.code];
  const failure = { exitCode: EXIT[error.family], json: error.toJSON(), text: error.message };
  return hint === undefined ? failure : { ...failure, hint };
}

/** What to do next, where there is something to do. */
const HINTS: Readonly<Record<string, string>> = {
  'STORE.NOT_A_STORE': 'make one with: amduat init DIR; or name one with --store DIR or AMDUAT_STORE',
  'STORE.WRITER_BUSY': 'wait for the other process to end; reading is possible meanwhile',
  'STORE.NOT_ANCHORED': 'anchor the store as it is with: amduat snapshot',
  'STORE.INADMISSIBLE': 'the log says why: amduat log; a tombstone is ended with: amduat lift LOGSEQ',
  'STORE.PUBLISHED': 'withdraw it first with: amduat unpublish REF',
  'CORE.TEXT.SCHEME': 'a reference looks like asl:sha256:1f1d…; amduat put prints them',
};
