import { equalBytes, formatHex, type Hasher, sha256Hasher } from '@amduat/asl-core';
import {
  applyPolicy,
  type LogPosition,
  type LogSeq,
  type PolicyChange,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { logError } from './errors.js';
import { decodeBody, type RecordBody, type SnapshotAnchor } from './payload.js';
import { assertPrefix, assertPublicForm } from './prefix.js';
import { assertFollows, type LogRecord } from './record.js';
import { push } from './stack.js';
import { belowBase, beyondEnd, type LogState, partsOf, type StateParts, stateOf } from './state.js';

/**
 * Applies the next record to a state: checks all that can be checked, and says what holds after it.
 *
 * @spec LOG-REC-1, LOG-REC-2, LOG-REC-3, LOG-CHN-1, LOG-PFX-1, LOG-PFX-2, LOG-PFX-4, LOG-PAY-1, LOG-PAY-2, LOG-PAY-3,
 * LOG-PAY-4, LOG-ACT-1, LOG-ACT-2, LOG-ACT-3, LOG-ACT-4, LOG-ACT-5, LOG-ACT-6
 * @param state - stays as it was.
 * @param record - borrowed; nothing of it is kept.
 * @param hasher - a SHA-256.
 * @returns the state at the record's logseq.
 * @throws AslError in this order of checks: `LOG.SEQ`, `LOG.TYPE`, `LOG.CHAIN`, `LOG.PAYLOAD.LENGTH`,
 * `LOG.PAYLOAD.COUNT`, `LOG.PAYLOAD.ORDER`, `LOG.PAYLOAD.HASH_ID`, `LOG.PUBLIC` if it is neither 0 nor 1, `LOG.LIFT`,
 * `LOG.ANCHOR.POSITION`, `LOG.ANCHOR.SNAPSHOT`, `LOG.PUBLIC`, `LOG.SALT`.
 * @remarks Pure; the cost is that of the record, whatever the state holds.
 */
export function applyRecord(state: LogState, record: LogRecord, hasher: Hasher = sha256Hasher): LogState {
  return follow(state, record, hasher).state;
}

/** A record that was applied in a replay. */
export interface ReplayStep {
  readonly record: LogRecord;
  /** What it says; undefined for one of an unknown type, which was skipped. */
  readonly body: RecordBody | undefined;
  /** What holds after it. */
  readonly state: LogState;
}

/**
 * Replays a log to a position, and gives each record when it was applied.
 *
 * @spec LOG-RPL-1, LOG-RPL-2, LOG-RPL-3, LOG-RPL-4, LOG-RPL-5, LOG-RPL-6, LOG-RPL-8, LOG-RPL-14
 * @param state - where replay begins: genesisState, the base of a cut log, or any state reached before.
 * @param records - those that follow `state`; read no further than `to`; borrowed.
 * @param to - the position, u64.
 * @param hasher - a SHA-256.
 * @returns at its end, the state at `to`.
 * @throws AslError `LOG.TRUNCATED` when `to` is below `state`, `LOG.POSITION` when the records end before it, or the code
 * of the first record up to `to` that is invalid, as applyRecord.
 * @example
 * import { appendRecord, genesisState, replaySteps } from '@amduat/asl-log';
 * const genesis = genesisState(new Uint8Array(32).fill(7), true);
 * const body = { type: 'segment-seal', segmentIds: [new Uint8Array(32)] } as const;
 * const { record } = appendRecord(genesis, body, undefined);
 * const steps = [...replaySteps(genesis, [record], 1n)];
 * if (steps[0]?.body?.type !== 'segment-seal' || steps[0].state.seals.length !== 1) throw new Error();
 */
export function* replaySteps(
  state: LogState,
  records: Iterable<LogRecord>,
  to: LogPosition,
  hasher: Hasher = sha256Hasher,
): Generator<ReplayStep, LogState, undefined> {
  if (to < state.position) throw belowBase(to, state.position);
  if (to === state.position) return state;
  let reached = state;
  for (const record of records) {
    // LOG-RPL-1, LOG-RPL-4: in order, and a record above `to` is not looked at.
    const step = follow(reached, record, hasher);
    reached = step.state;
    yield step;
    if (reached.position === to) return reached;
  }
  throw beyondEnd(to, reached.position);
}

/**
 * Replays a log to a position.
 *
 * @spec LOG-RPL-1, LOG-RPL-2, LOG-RPL-3, LOG-RPL-4, LOG-RPL-5, LOG-RPL-6, LOG-RPL-8
 * @returns the state at `to`, at which {@link replaySteps} of the same arguments ends.
 * @throws AslError as {@link replaySteps}.
 * @remarks replay(s, all, P) equals replay(replay(s, all, Q), those after Q, P) for every Q ≤ P.
 */
export function replay(
  state: LogState,
  records: Iterable<LogRecord>,
  to: LogPosition,
  hasher: Hasher = sha256Hasher,
): LogState {
  const steps = replaySteps(state, records, to, hasher);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

function follow(state: LogState, record: LogRecord, hasher: Hasher): ReplayStep {
  const parts = partsOf(state);
  const recordHash = assertFollows(record, parts.position, parts.recordHash, hasher);
  const { body, after } = advance(parts, record.type, record.payload, recordHash, hasher);
  return { record, body, state: stateOf(after) };
}

/** What a record says whose place, type and chain are right, and what holds after it; the rest is checked. */
export function advance(
  parts: StateParts,
  type: number,
  payload: Uint8Array,
  recordHash: Uint8Array,
  hasher: Hasher,
): { readonly body: RecordBody | undefined; readonly after: StateParts } {
  const position = parts.position + 1n;
  const body = decodeBody(type, payload);
  // LOG-REC-3: a record of an unknown type counts, and changes nothing but that the state is partial.
  const changed: Change =
    body === undefined
      ? { skipped: push(parts.skipped, type) }
      : validate(parts, position, payload, body, hasher);
  const after: StateParts = {
    domainId: parts.domainId,
    open: parts.open,
    position,
    recordHash,
    hashes: parts.hashes.push(recordHash),
    policy: changed.policy ?? parts.policy,
    seals: changed.seals ?? parts.seals,
    anchors: changed.anchors ?? parts.anchors,
    anchored: changed.anchored ?? parts.anchored,
    // LOG-RPL-9
    applied: body === undefined ? parts.applied : parts.applied | (1 << type),
    skipped: changed.skipped ?? parts.skipped,
  };
  return { body, after };
}

/** The parts that a record can change: those that it did. */
type Change = Partial<Pick<StateParts, 'policy' | 'seals' | 'anchors' | 'anchored' | 'skipped'>>;

/** What a record of a known type does, and that it may: checked in the order of section 6, against the state below it. */
function validate(
  parts: StateParts,
  logseq: LogSeq,
  payload: Uint8Array,
  body: RecordBody,
  hasher: Hasher,
): Change {
  assertPublicForm(payload);
  const changed = act(parts, logseq, body, hasher);
  assertPrefix(parts, body, payload);
  return changed;
}

function act(parts: StateParts, logseq: LogSeq, body: RecordBody, hasher: Hasher): Change {
  switch (body.type) {
    case 'segment-seal':
      // LOG-ACT-1
      return { seals: pushSeals(parts.seals, logseq, body.segmentIds) };
    case 'tombstone':
      return changePolicy(parts, { kind: 'tombstone', key: body.key, logseq });
    case 'tombstone-lift':
      assertLive(parts, body.tombstone);
      return changePolicy(parts, { kind: 'lift', tombstone: body.tombstone });
    case 'artifact-publish':
      return changePolicy(parts, { kind: 'publish', keys: body.keys, logseq });
    case 'artifact-unpublish':
      return changePolicy(parts, { kind: 'unpublish', keys: body.keys, logseq });
    case 'snapshot-anchor':
      assertAnchorPosition(parts, body, logseq);
      assertAnchorSnapshot(parts, body, hasher);
      // LOG-ACT-4
      return { anchors: push(parts.anchors, body), anchored: body.snapshotLogseq };
    case 'authority-rotate':
      // LOG-ACT-4, LOG-PAY-6: it concerns who signs heads.
      return {};
  }
}

function pushSeals(
  below: StateParts['seals'],
  logseq: LogSeq,
  segmentIds: readonly Uint8Array[],
): StateParts['seals'] {
  let seals = below;
  for (const segmentId of segmentIds) seals = push(seals, { logseq, segmentId });
  return seals;
}

function changePolicy(parts: StateParts, change: PolicyChange): Change {
  // LOG-ACT-2
  return { policy: applyPolicy(parts.policy, change) };
}

function assertLive(parts: StateParts, tombstone: LogSeq): void {
  if (parts.policy.keyOfTombstone(tombstone) !== undefined) return;
  // LOG-ACT-3
  const details = { got: tombstone.toString() };
  throw logError('LOG.LIFT', `no live tombstone has logseq ${tombstone}`, details);
}

function assertAnchorPosition(parts: StateParts, anchor: SnapshotAnchor, logseq: LogSeq): void {
  // LOG-ACT-5
  if (anchor.logseq !== logseq) {
    throw anchorPosition(`the anchor at ${logseq} carries ${anchor.logseq}`, logseq, anchor.logseq);
  }
  const last = parts.anchored;
  if (anchor.snapshotLogseq > last && anchor.snapshotLogseq < logseq) return;
  throw anchorPosition(
    `the anchor at ${logseq} names position ${anchor.snapshotLogseq}, expected one of ${last + 1n} to ${logseq - 1n}`,
    last + 1n,
    anchor.snapshotLogseq,
  );
}

function anchorPosition(message: string, expected: bigint, got: bigint): ReturnType<typeof logError> {
  return logError('LOG.ANCHOR.POSITION', message, { expected: expected.toString(), got: got.toString() });
}

function assertAnchorSnapshot(parts: StateParts, anchor: SnapshotAnchor, hasher: Hasher): void {
  const { domainId, hashes } = parts;
  // LOG-RPL-8: what is below the base cannot be checked with this log.
  if (anchor.snapshotLogseq < hashes.base) return;
  const recordHash = hashes.at(anchor.snapshotLogseq);
  const computed = snapshotIdOf(domainId, anchor.snapshotLogseq, recordHash, hasher);
  if (equalBytes(computed, anchor.snapshotId)) return;
  // LOG-ACT-6
  throw logError(
    'LOG.ANCHOR.SNAPSHOT',
    `position ${anchor.snapshotLogseq} has SnapshotID ${formatHex(computed)}, the anchor ${formatHex(anchor.snapshotId)}`,
    { expected: formatHex(computed), got: formatHex(anchor.snapshotId) },
  );
}
