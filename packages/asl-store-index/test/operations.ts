import { decodeReference, encodeReference, formatHex, parseHex, type Reference } from '@amduat/asl-core';
import {
  applyPolicy,
  assertPut,
  assertRemoval,
  EMPTY_POLICY,
  equalIndexStates,
  formatIndexState,
  type PolicyChange,
  type PolicyRow,
  type PolicyTable,
  parseIndexState,
  snapshotIdOf,
  sortRecords,
  startPacking,
  type Verdict,
  verdictOf,
  visibleCandidate,
} from '@amduat/asl-store-index';

interface RecordInput {
  key: string;
  logseq: string;
  tombstone: boolean;
  label: string;
}

type ChangeInput =
  | { kind: 'tombstone'; key: string; logseq: string }
  | { kind: 'lift'; tombstone: string }
  | { kind: 'publish' | 'unpublish'; keys: string[]; logseq: string };

interface KeyInput {
  changes: ChangeInput[];
  key: string;
  hasRecord: boolean;
}

function hex(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = parseHex(digits);
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${digits}`);
  return bytes;
}

const reference = (digits: string): Reference => decodeReference(hex(digits));

function change(input: ChangeInput): PolicyChange {
  if (input.kind === 'lift') return { kind: 'lift', tombstone: BigInt(input.tombstone) };
  const logseq = BigInt(input.logseq);
  if (input.kind === 'tombstone') return { kind: 'tombstone', key: reference(input.key), logseq };
  return { kind: input.kind, keys: input.keys.map(reference), logseq };
}

const policy = (changes: ChangeInput[]): PolicyTable => changes.map(change).reduce(applyPolicy, EMPTY_POLICY);

const verdict = ({ changes, key, hasRecord }: KeyInput): Verdict =>
  verdictOf(policy(changes).get(reference(key)), hasRecord);

function row({ key, tombstones, publication }: PolicyRow) {
  return {
    key: formatHex(encodeReference(key)),
    tombstones: tombstones.map(String),
    ...(publication && { publication: { ...publication, logseq: String(publication.logseq) } }),
  };
}

/** Segments of equal records are one segment. */
function candidates(segments: readonly { seal: string; records: RecordInput[] }[], key: string) {
  const contents = segments.map(({ records }) => JSON.stringify(records));
  return segments.flatMap(({ seal, records }, index) => {
    const segmentId = Uint8Array.of(contents.indexOf(contents[index] as string));
    return sortRecords(records.map((record) => ({ ...record, key: reference(record.key) })))
      .filter((record) => formatHex(encodeReference(record.key)) === key)
      .map((record) => ({ ...record, sealLogseq: BigInt(seal), logseq: BigInt(record.logseq), segmentId }));
  });
}

/** The operations of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1 over this package, as the vectors name them. */
export const operations = {
  'index.lookup': (input: {
    segments: { seal: string; records: RecordInput[] }[];
    key: string;
    position: string;
  }) => {
    const found = visibleCandidate(candidates(input.segments, input.key), BigInt(input.position));
    return found === undefined ? { absent: true } : { record: found.label };
  },
  'state.snapshotId': (input: { domainId: string; position: string; recordHash: string }) => {
    const position = BigInt(input.position);
    const snapshotId = snapshotIdOf(hex(input.domainId), position, hex(input.recordHash));
    return { snapshotId: formatHex(snapshotId), text: formatIndexState({ snapshotId, position }) };
  },
  'state.parse': (input: { text: string }) => {
    const { snapshotId, position } = parseIndexState(input.text);
    return { snapshotId: formatHex(snapshotId), position: String(position) };
  },
  'state.equal': (input: { a: string; b: string }) => ({
    equal: equalIndexStates(parseIndexState(input.a), parseIndexState(input.b)),
  }),
  'policy.apply': (input: { changes: ChangeInput[] }) => ({
    rows: [...policy(input.changes).rows()].map(row),
  }),
  'policy.verdict': (input: KeyInput) => ({ verdict: verdict(input) }),
  'open.put': (input: KeyInput) => {
    assertPut(reference(input.key), verdict(input));
    return {};
  },
  'open.remove': (input: KeyInput & { hasOpenRecord: boolean }) => {
    assertRemoval(reference(input.key), verdict(input), input.hasRecord || input.hasOpenRecord);
    return {};
  },
  'pack.plan': (input: {
    blockLength: number;
    smallLength: number;
    lengths: string[];
    sealAt?: number[];
  }) => {
    const packing = startPacking(input);
    const placements = input.lengths.map((length, index) => {
      const placed = packing.place(BigInt(length));
      if (input.sealAt?.includes(index)) packing.flush();
      return placed;
    });
    packing.flush();
    const sealed = packing.takeSealed().sort((left, right) => left.block - right.block);
    return { placements, blocks: sealed.map(({ length }) => String(length)) };
  },
};
