import { type Hasher, sha256Hasher } from '@amduat/asl-core';
import { domainError, logError } from './errors.js';
import { assertLength } from './fields.js';
import { assertPayloadLimit } from './frame.js';
import { LOGSEQ_MAX, SALT_LENGTH, SECRET_LENGTH } from './limits.js';
import { encodePayload, RECORD_TYPES, type RecordBody } from './payload.js';
import { publicOf, saltOf } from './prefix.js';
import { type LogRecord, recordHashOf } from './record.js';
import { advance } from './replay.js';
import { assertComplete, type LogState, partsOf, stateOf } from './state.js';

/** A record as it is to be written, and the state once it is durable. */
export interface Appended {
  readonly record: LogRecord;
  readonly state: LogState;
}

const NO_SALT: Uint8Array = new Uint8Array(SALT_LENGTH);

/**
 * Makes the next record of a log, validated against the state it follows. Writes nothing: who calls it makes the record
 * durable (encodeFrame) before the new state is used.
 *
 * @spec LOG-APP-1, LOG-APP-2, LOG-APP-4, LOG-REC-4, LOG-PFX-3, LOG-FRM-8, LOG-RPL-7, DOM-SEC-1, DOM-SEC-2, DOM-SEC-3
 * @param state - of the whole log so far; stays as it was.
 * @param body - what the record says; borrowed.
 * @param secret - the log secret of a closed domain; an open one has none, and ignores it.
 * @param hasher - a SHA-256.
 * @returns the record and the state after it; owned.
 * @throws AslError `DOM.SECRET`, then `LOG.PARTIAL`, then `LOG.LIMIT`, then the codes of applyRecord from the payload on.
 * @throws RangeError when the secret has not 32 octets, or a field of the body has not its
 * length.
 * @remarks Pure; the cost is that of the record. applyRecord(state, record) equals the state it gives.
 * @example
 * import { appendRecord, applyRecord, equalStates, genesisState } from '@amduat/asl-log';
 * const genesis = genesisState(new Uint8Array(32).fill(7), true);
 * const body = { type: 'segment-seal', segmentIds: [new Uint8Array(32)] } as const;
 * const { record, state } = appendRecord(genesis, body, undefined);
 * if (!equalStates(applyRecord(genesis, record), state)) throw new Error();
 */
export function appendRecord(
  state: LogState,
  body: RecordBody,
  secret: Uint8Array | undefined,
  hasher: Hasher = sha256Hasher,
): Appended {
  assertSecret(state.open, secret);
  assertComplete(state);
  const parts = partsOf(state);
  assertRoom(state.position);
  // LOG-APP-2
  const logseq = state.position + 1n;
  const type = RECORD_TYPES[body.type];
  const payload = encodePayload({ public: publicOf(parts, body), salt: NO_SALT, body });
  assertPayloadLimit(payload.length);
  // DOM-SEC-2
  if (!state.open && secret !== undefined) payload.set(saltOf(secret, parts.recordHash, type, payload), 1);
  const recordHash = recordHashOf(parts.recordHash, type, payload, hasher);
  // LOG-APP-1: the checks of replay, on the octets that are to be written.
  const { after } = advance(parts, type, payload, recordHash, hasher);
  return { record: { logseq, type, payload, recordHash }, state: stateOf(after) };
}

function assertRoom(position: bigint): void {
  if (position < LOGSEQ_MAX) return;
  // LOG-APP-4
  throw logError('LOG.LIMIT', `a log has at most ${LOGSEQ_MAX} records`, {
    expected: LOGSEQ_MAX.toString(),
    got: position.toString(),
  });
}

/** Refuses a closed domain without its log secret with `DOM.SECRET`. */
export function assertSecret(open: boolean, secret: Uint8Array | undefined): void {
  // DOM-SEC-3
  if (!open && secret === undefined)
    throw domainError('DOM.SECRET', 'a closed domain is written with its log secret');
  // DOM-SEC-1
  if (secret !== undefined) assertLength(secret, SECRET_LENGTH, 'secret');
}
