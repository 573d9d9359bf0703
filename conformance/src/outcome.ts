/**
 * What may become of a vector (PROTOCOL.md, Outcomes).
 *
 * @module
 */

/** Every outcome, the failures after the others. */
export const OUTCOMES = [
  'pass',
  'unsupported',
  'not-run',
  'fail',
  'fault',
  'crash',
  'hang',
  'protocol-error',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

const NO_FAILURES: readonly Outcome[] = ['pass', 'unsupported', 'not-run'];

/** Whether an outcome counts against an implementation. */
export function isFailure(outcome: Outcome): boolean {
  return !NO_FAILURES.includes(outcome);
}

/** More about a failure: of `fail`, in what way; of the others, whether the request does it alone. */
export const HOWS = [
  'answer',
  'code',
  'accepted',
  'refused',
  'way-back',
  'false-claim',
  'nondeterministic',
  'stateful',
  'unrepeated',
] as const;

export type How = (typeof HOWS)[number];

/** What became of a vector, with what there is to show of it. */
export interface Judgement {
  readonly outcome: Outcome;
  readonly how?: How;
  /** Where the first difference is. */
  readonly at?: string;
  /** `{ ok }` or `{ err }`; of a way back, what it should have led to. */
  readonly expected?: unknown;
  readonly got?: unknown;
  readonly message?: string;
  /** IDs of the vectors of the shortest run before a stateful one. */
  readonly after?: readonly string[];
  /** The end of standard error. */
  readonly stderr?: string;
}
