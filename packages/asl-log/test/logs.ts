import { createHash } from 'node:crypto';
import { encodeReference, formatHex, HASH_SHA256, type Hasher, type Reference } from '@amduat/asl-core';
import {
  appendRecord,
  encodeFrame,
  encodeHeader,
  encodePayload,
  genesisState,
  indexStateAt,
  type LogRecord,
  type LogState,
  type RecordBody,
  recordHashOf,
} from '@amduat/asl-log';
import fc from 'fast-check';

export const DOMAIN: Uint8Array<ArrayBuffer> = sha256('domain');
export const SECRET: Uint8Array<ArrayBuffer> = sha256('secret');
export const NO_SALT: Uint8Array<ArrayBuffer> = new Uint8Array(32);

/** Few keys, of both hash functions, so that random histories meet the same ones again. */
export const KEYS: readonly Reference[] = ['a', 'b', 'c', 'd']
  .map((name, index): Reference => ({ hashId: index === 3 ? 2 : 1, digest: sha256(name) }))
  .sort((left, right) => Buffer.compare(encodeReference(left), encodeReference(right)));

export function sha256(...parts: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

/** The platform's SHA-256, for files that are too large for the one in plain JavaScript. */
export const platformHasher: Hasher = {
  hashId: HASH_SHA256,
  digest: (parts) => sha256(...parts),
  start: () => {
    throw new Error('not used');
  },
};

export function key(index: number): Reference {
  return KEYS[index % KEYS.length] as Reference;
}

export function seal(...names: readonly string[]): RecordBody {
  return { type: 'segment-seal', segmentIds: names.map((name) => sha256(name)).sort(Buffer.compare) };
}

export function tombstone(index: number): RecordBody {
  return { type: 'tombstone', key: key(index), reason: index };
}

export function publication(type: 'artifact-publish' | 'artifact-unpublish', mask: number): RecordBody {
  return { type, keys: keysOf(mask) };
}

/** The keys whose bits are set in `mask`, at least one. */
export function keysOf(mask: number): readonly Reference[] {
  const keys = KEYS.filter((_, index) => (mask >> index) & 1);
  return keys.length > 0 ? keys : [key(0)];
}

export function lift(logseq: bigint): RecordBody {
  return { type: 'tombstone-lift', tombstone: logseq };
}

export function anchor(state: LogState, snapshotLogseq: bigint): RecordBody {
  const { snapshotId } = indexStateAt(state, snapshotLogseq);
  const root = sha256('root');
  const roots = { stateRoot: root, publicRoot: root, manifestHash: root };
  return { type: 'snapshot-anchor', snapshotId, snapshotLogseq, ...roots, logseq: state.position + 1n };
}

export function rotate(): RecordBody {
  return { type: 'authority-rotate', newKey: sha256('key'), signature: new Uint8Array(64).fill(9) };
}

export function secretOf(state: LogState): Uint8Array | undefined {
  return state.open ? undefined : SECRET;
}

/** A log, and its state at every position from 0 on. */
export interface Log {
  readonly records: readonly LogRecord[];
  readonly states: readonly LogState[];
}

/** A log of bodies that may each look at the state they follow. */
export function logOf(
  open: boolean,
  bodies: readonly (RecordBody | ((state: LogState) => RecordBody))[],
  genesis: LogState = genesisState(DOMAIN, open),
): Log {
  const states = [genesis];
  const records: LogRecord[] = [];
  for (const body of bodies) {
    const before = states.at(-1) as LogState;
    const made = typeof body === 'function' ? body(before) : body;
    const { record, state } = appendRecord(before, made, secretOf(before));
    records.push(record);
    states.push(state);
  }
  return { records, states };
}

/** A record with a right chain, whatever its payload is. */
export function chained(state: LogState, type: number, payload: Uint8Array): LogRecord {
  const recordHash = recordHashOf(state.recordHash, type, payload, platformHasher);
  return { logseq: state.position + 1n, type, payload, recordHash };
}

/** A record of a body with the prefix of an open domain, or of the given one. */
export function record(state: LogState, type: number, body: RecordBody, isPublic = 1): LogRecord {
  return chained(state, type, encodePayload({ public: isPublic, salt: NO_SALT, body }));
}

export const HEADER: Uint8Array<ArrayBuffer> = encodeHeader({
  domainId: DOMAIN,
  baseLogseq: 0n,
  baseRecordHash: DOMAIN,
  baseManifestHash: new Uint8Array(32),
});

/** A log file with these records in frames of `frameCount` records. */
export function fileOf(
  records: readonly LogRecord[],
  frameCount = 1,
  hasher?: Hasher,
): Uint8Array<ArrayBuffer> {
  const frames: Uint8Array[] = [];
  for (let at = 0; at < records.length; at += frameCount) {
    frames.push(encodeFrame(records.slice(at, at + frameCount), hasher));
  }
  return new Uint8Array(Buffer.concat([HEADER, ...frames]));
}

/** A frame whose frame_hash is right, whatever is in it. */
export function frameOf(firstLogseq: bigint, records: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = Buffer.alloc(16);
  head.write('ASLF', 'latin1');
  head.writeUInt32LE(records.length, 4);
  head.writeBigUInt64LE(firstLogseq, 8);
  return new Uint8Array(Buffer.concat([head, sha256(head, records), records]));
}

/** All that a state says, as plain values that can be compared. */
export function summary(state: LogState) {
  return {
    position: state.position,
    recordHash: formatHex(state.recordHash),
    snapshotId: formatHex(state.indexState.snapshotId),
    seals: state.seals.map(({ logseq, segmentId }) => `${logseq} ${formatHex(segmentId)}`),
    policy: policySummary(state),
    anchored: state.anchored,
    types: state.types,
    anchors: state.anchors.map(({ logseq, snapshotLogseq }) => `${logseq} ${snapshotLogseq}`),
    unknownTypes: state.unknownTypes,
  };
}

export function policySummary(state: LogState): unknown {
  return [...state.policy.rows()].map((row) => ({
    key: formatHex(encodeReference(row.key)),
    tombstones: [...row.tombstones],
    publication: row.publication,
  }));
}

export function liveTombstones(state: LogState): bigint[] {
  return [...state.policy.rows()].flatMap((row) => [...row.tombstones]).sort((a, b) => (a < b ? -1 : 1));
}

type Step = (state: LogState) => RecordBody;

const position = fc.nat({ max: 1000 });

/** Steps of a random history; each is valid in whatever state it comes to. */
const steps: fc.Arbitrary<Step> = fc.oneof(
  position.map(
    (n): Step =>
      () =>
        seal(`segment ${n % 5}`, `segment ${(n % 5) + 5}`),
  ),
  position.map(
    (n): Step =>
      () =>
        tombstone(n),
  ),
  position.map(
    (n): Step =>
      () =>
        tombstone(n),
  ),
  position.map(
    (n): Step =>
      (state) => {
        const live = liveTombstones(state);
        return live.length === 0 ? tombstone(n) : lift(live[n % live.length] as bigint);
      },
  ),
  position.map(
    (n): Step =>
      () =>
        publication('artifact-publish', n % 16),
  ),
  position.map(
    (n): Step =>
      () =>
        publication('artifact-unpublish', n % 16),
  ),
  position.map(
    (n): Step =>
      (state) => {
        const first = (state.anchors.at(-1)?.snapshotLogseq ?? 0n) + 1n;
        const count = state.position - first + 1n;
        return count < 1n ? rotate() : anchor(state, first + (BigInt(n) % count));
      },
  ),
);

/** Random valid logs of open and of closed domains. */
export const logs: fc.Arbitrary<Log> = fc
  .tuple(fc.boolean(), fc.array(steps, { minLength: 1, maxLength: 24 }))
  .map(([open, bodies]) => logOf(open, bodies));
