import { type AslError, isAslError } from '@amduat/asl-core';
import type { LogState, ReplayStep, SnapshotAnchor } from '@amduat/asl-log';
import type { PassedOver, Start } from './base.js';

/**
 * A step of a replay to a position: anchors that it does not start from, the state it starts from, every record it applies,
 * the state it reaches.
 *
 * @spec LOG-RPL-10, LOG-RPL-11, LOG-RPL-12, LOG-RPL-14
 */
export type TraceStep =
  | ({ readonly kind: 'passed-over' } & PassedOver)
  | {
      readonly kind: 'start';
      readonly state: LogState;
      /** The anchor that names it; none for genesis. */
      readonly anchor: SnapshotAnchor | undefined;
    }
  | ({ readonly kind: 'record' } & ReplayStep)
  | { readonly kind: 'end'; readonly state: LogState };

/** The steps of a replay, as far as it came. */
export interface Trace {
  readonly steps: readonly TraceStep[];
  /** Why it did not come to its end; undefined if it did. */
  readonly refusal: AslError | undefined;
}

/** Replays, and writes down what was done. */
export function traceOf(
  { base, anchor, passedOver }: Start,
  replayed: Generator<ReplayStep, LogState, undefined>,
): Trace {
  const steps: TraceStep[] = passedOver.map((passed) => ({ kind: 'passed-over', ...passed }));
  steps.push({ kind: 'start', state: base, anchor });
  try {
    let next = replayed.next();
    for (; !next.done; next = replayed.next()) steps.push({ kind: 'record', ...next.value });
    steps.push({ kind: 'end', state: next.value });
    return { steps, refusal: undefined };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return { steps, refusal: error };
  }
}
