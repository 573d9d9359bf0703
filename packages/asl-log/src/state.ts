import { equalBytes, formatHex, type Hasher, sha256Hasher } from '@amduat/asl-core';
import {
  type DomainId,
  EMPTY_POLICY,
  equalIndexStates,
  type IndexState,
  type LogPosition,
  type LogSeq,
  type PolicyTable,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { logError } from './errors.js';
import { assertLength } from './fields.js';
import { assertIdentity } from './genesis.js';
import type { LogHeader } from './header.js';
import { HASH_LENGTH } from './limits.js';
import { RECORD_TYPES, type SnapshotAnchor } from './payload.js';
import { RecordHashes } from './record-hashes.js';
import { itemsOf, type Stack, stackOf } from './stack.js';

/** A segment as a seal made it visible. */
export interface Seal {
  readonly logseq: LogSeq;
  readonly segmentId: Uint8Array;
}

/** What the records up to a position say: all that replay from there on needs. */
export interface LogBase {
  readonly domainId: DomainId;
  readonly open: boolean;
  readonly position: LogPosition;
  /** record_hash(position). */
  readonly recordHash: Uint8Array;
  /** The visible segments in the order of their seals; one that was sealed twice is here twice. */
  readonly seals: readonly Seal[];
  readonly policy: PolicyTable;
  /** The greatest position that an anchor up to here names; 0 if there is none. */
  readonly anchored: LogPosition;
  /** The types of all records up to here, ascending, each once; those that are not known here make the state partial. */
  readonly types: readonly number[];
}

/**
 * The state of a log at a position: a value, made by genesisState, stateAtBase, stateFrom, applyRecord, replay and appendRecord only.
 * The lists are made when they are first asked for.
 */
export interface LogState extends LogBase {
  /** The lowest position that can be named: where replay began. */
  readonly base: LogPosition;
  /** record_hash of a position from the base up to the state's own; a view. */
  recordHashAt(position: LogPosition): Uint8Array;
  readonly indexState: IndexState;
  /** Those that were met on the way from the base, in the order of the log. */
  readonly anchors: readonly SnapshotAnchor[];
  /** Record types that were skipped, ascending; the state is partial if there are any. */
  readonly unknownTypes: readonly number[];
}

/** What a state is made of. Each part is a value whose change costs no more than what changes. */
export interface StateParts {
  readonly domainId: DomainId;
  readonly open: boolean;
  readonly position: LogPosition;
  readonly recordHash: Uint8Array;
  readonly policy: PolicyTable;
  readonly seals: Stack<Seal> | undefined;
  readonly anchors: Stack<SnapshotAnchor> | undefined;
  readonly anchored: LogPosition;
  /** The known types that were applied: bit n for type n. */
  readonly applied: number;
  /** The type of every record that was skipped. */
  readonly skipped: Stack<number> | undefined;
  readonly hashes: RecordHashes;
}

/** Ascending; the types that are not known are greater than all of them (section 3). */
const KNOWN_TYPES: readonly number[] = Object.values(RECORD_TYPES).sort((left, right) => left - right);

class State implements LogState {
  readonly #parts: StateParts;
  #seals: readonly Seal[] | undefined;
  #anchors: readonly SnapshotAnchor[] | undefined;
  #unknownTypes: readonly number[] | undefined;
  #indexState: IndexState | undefined;

  constructor(parts: StateParts) {
    this.#parts = parts;
  }

  static partsOf(state: LogState): StateParts {
    if (#parts in state) return state.#parts;
    throw new TypeError('state: expected a state that replay gave');
  }

  get domainId(): DomainId {
    return this.#parts.domainId;
  }

  get open(): boolean {
    return this.#parts.open;
  }

  get position(): LogPosition {
    return this.#parts.position;
  }

  get base(): LogPosition {
    return this.#parts.hashes.base;
  }

  recordHashAt(position: LogPosition): Uint8Array {
    const { hashes } = this.#parts;
    if (position > this.#parts.position) throw beyondEnd(position, this.#parts.position);
    if (position < hashes.base) throw belowBase(position, hashes.base);
    return hashes.at(position);
  }

  get recordHash(): Uint8Array {
    return this.#parts.recordHash;
  }

  get policy(): PolicyTable {
    return this.#parts.policy;
  }

  get seals(): readonly Seal[] {
    this.#seals ??= itemsOf(this.#parts.seals);
    return this.#seals;
  }

  get anchors(): readonly SnapshotAnchor[] {
    this.#anchors ??= itemsOf(this.#parts.anchors);
    return this.#anchors;
  }

  get anchored(): LogPosition {
    return this.#parts.anchored;
  }

  get types(): readonly number[] {
    // STX-MAN-11, LOG-RPL-9
    const known = KNOWN_TYPES.filter((type) => (this.#parts.applied & (1 << type)) !== 0);
    return [...known, ...this.unknownTypes];
  }

  get unknownTypes(): readonly number[] {
    // LOG-RPL-7: ascending, each once.
    this.#unknownTypes ??= [...new Set(itemsOf(this.#parts.skipped))].sort((left, right) => left - right);
    return this.#unknownTypes;
  }

  get indexState(): IndexState {
    this.#indexState ??= namePosition(this.#parts, this.#parts.position, sha256Hasher);
    return this.#indexState;
  }
}

/** The state made of these parts. */
export function stateOf(parts: StateParts): LogState {
  return new State(parts);
}

/** What a state is made of. Throws `TypeError` for an object that is not a state of this package. */
export function partsOf(state: LogState): StateParts {
  return State.partsOf(state);
}

/**
 * The state at position 0, where nothing is visible and nothing is said.
 *
 * @spec LOG-CHN-2, DOM-ID-4
 * @param domainId - borrowed.
 * @param open - as the genesis manifest says.
 * @throws AslError `DOM.ID` when the DomainID is zero.
 */
export function genesisState(domainId: DomainId, open: boolean): LogState {
  // LOG-CHN-2
  return stateAtBase({ domainId, baseLogseq: 0n, baseRecordHash: domainId }, open);
}

/**
 * The state at the base of a log file that is replayed by itself: it knows nothing of what is below.
 *
 * @spec LOG-RPL-8, DOM-ID-4
 * @param header - of the file; borrowed.
 * @param open - as the genesis manifest says.
 * @throws AslError `DOM.ID` when the DomainID is zero, `LOG.BASE` when base 0 has another record hash.
 */
export function stateAtBase(
  header: Pick<LogHeader, 'domainId' | 'baseLogseq' | 'baseRecordHash'>,
  open: boolean,
): LogState {
  return stateFrom({
    domainId: header.domainId,
    open,
    position: header.baseLogseq,
    recordHash: header.baseRecordHash,
    // LOG-RPL-8
    seals: [],
    policy: EMPTY_POLICY,
    anchored: 0n,
    types: [],
  });
}

/**
 * The state at the base of a log that does not begin at 0, from what a snapshot says of it.
 *
 * @spec LOG-RPL-1, LOG-HDR-8, DOM-ID-4
 * @param base - what holds at the base; kept.
 * @throws AslError `DOM.ID` when the DomainID is zero, `LOG.BASE` when position 0 has another record hash.
 * @throws RangeError when a hash has not 32 octets.
 */
export function stateFrom(base: LogBase): LogState {
  assertIdentity(base.domainId);
  assertLength(base.recordHash, HASH_LENGTH, 'recordHash');
  if (base.position === 0n && !equalBytes(base.recordHash, base.domainId)) {
    throw logError('LOG.BASE', 'position 0 has the DomainID as its record hash', {
      expected: formatHex(base.domainId),
      got: formatHex(base.recordHash),
    });
  }
  return stateOf({
    domainId: base.domainId,
    open: base.open,
    position: base.position,
    recordHash: base.recordHash,
    policy: base.policy,
    seals: stackOf(base.seals),
    anchors: undefined,
    anchored: base.anchored,
    applied: base.types.filter(isKnownType).reduce((applied, type) => applied | (1 << type), 0),
    skipped: stackOf(base.types.filter((type) => !isKnownType(type))),
    hashes: RecordHashes.from(base.position, base.recordHash),
  });
}

function isKnownType(type: number): boolean {
  return KNOWN_TYPES.includes(type);
}

/**
 * Names the state at any position that was replayed on the way to this one.
 *
 * @spec LOG-RPL-2, LOG-RPL-3
 * @param position - from the base to the state's own position.
 * @param hasher - a SHA-256.
 * @throws AslError `LOG.POSITION` above, `LOG.TRUNCATED` below.
 * @remarks One hash, at every position.
 */
export function indexStateAt(
  state: LogState,
  position: LogPosition,
  hasher: Hasher = sha256Hasher,
): IndexState {
  const parts = partsOf(state);
  if (position > parts.position) throw beyondEnd(position, parts.position);
  if (position < parts.hashes.base) throw belowBase(position, parts.hashes.base);
  return namePosition(parts, position, hasher);
}

/**
 * Tells whether two states are the same.
 *
 * @spec LOG-RPL-7
 * @throws AslError `LOG.PARTIAL` when one of them is partial: what its unknown records do is not known.
 */
export function equalStates(left: LogState, right: LogState): boolean {
  assertComplete(left);
  assertComplete(right);
  return equalIndexStates(left.indexState, right.indexState);
}

/**
 * Refuses a partial state.
 *
 * @spec LOG-RPL-7
 * @throws AslError `LOG.PARTIAL` naming the types that were skipped.
 */
export function assertComplete(state: LogState): void {
  if (partsOf(state).skipped === undefined) return;
  const { unknownTypes } = state;
  // LOG-RPL-7
  throw logError('LOG.PARTIAL', `records of the unknown types ${unknownTypes.join(', ')} were skipped`, {
    unknownTypes,
  });
}

/** The refusal of a position above the last one. */
export function beyondEnd(position: LogPosition, last: LogPosition): ReturnType<typeof logError> {
  // LOG-RPL-2
  return logError('LOG.POSITION', `position ${position} is after the end of the log, ${last}`, {
    expected: last.toString(),
    got: position.toString(),
  });
}

/** The refusal of a position below the base. */
export function belowBase(position: LogPosition, base: LogPosition): ReturnType<typeof logError> {
  // LOG-RPL-3
  return logError('LOG.TRUNCATED', `position ${position} is before the base of the log, ${base}`, {
    expected: base.toString(),
    got: position.toString(),
  });
}

function namePosition(parts: StateParts, position: LogPosition, hasher: Hasher): IndexState {
  const snapshotId = snapshotIdOf(parts.domainId, position, parts.hashes.at(position), hasher);
  return { snapshotId, position };
}
