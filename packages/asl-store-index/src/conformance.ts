import { decodeReference, encodeReference, formatHex, type Reference } from '@amduat/asl-core';
import { hex, type Operations } from '@amduat/asl-core/conformance';
import {
  applyPolicy,
  assertPut,
  assertRemoval,
  blindOf,
  type ContentEntry,
  contentEntries,
  decodeEntry,
  decodeEntryProof,
  decodeManifest,
  decodePolicy,
  EMPTY_POLICY,
  type EntryCodec,
  encodeEntryProof,
  encodeManifest,
  encodePolicy,
  entryRoot,
  equalIndexStates,
  formatIndexState,
  type Manifest,
  manifestHashOf,
  type PolicyChange,
  type PolicyRow,
  type PolicyTable,
  parseIndexState,
  policyHashOf,
  policyOf,
  proveEntry,
  rootsOf,
  type StateEntry,
  snapshotIdOf,
  sortRecords,
  startPacking,
  stateEntries,
  type Verdict,
  verdictOf,
  verifyEntry,
  visibleCandidate,
} from './index.js';

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

interface RowInput {
  key: string;
  tombstones: string[];
  publication?: { published: boolean; logseq: string };
}

interface EntryInput {
  reference: string;
  present?: boolean;
  typeTag?: number;
  length: string;
  origin?: string;
  source?: string;
  publication?: number;
  tombstones?: string[];
}

interface ManifestInput {
  position: string;
  blind: string;
  domainId: string;
  recordHash: string;
  policyHash: string;
  anchored: string;
  segments: { logseq: string; segmentId: string }[];
  types: number[];
}

const NOTHING = '00'.repeat(32);
const PUBLICATIONS = [undefined, 'published', 'unpublished'] as const;

const tagged = (typeTag: number | undefined) => (typeTag === undefined ? {} : { typeTag });

/** How the entries of a kind are coded, and how vectors write them. */
interface Kind<E extends { readonly key: Reference }> {
  codec: EntryCodec<E>;
  of(input: EntryInput): E;
  show(entry: E): EntryInput;
}

const CONTENT: Kind<ContentEntry> = {
  codec: contentEntries,
  of: ({ reference: key, typeTag, length }) => ({
    key: reference(key),
    ...tagged(typeTag),
    length: BigInt(length),
  }),
  show: ({ key, typeTag, length }) => ({
    reference: formatHex(encodeReference(key)),
    ...tagged(typeTag),
    length: String(length),
  }),
};

const STATE: Kind<StateEntry> = {
  codec: stateEntries,
  of({
    reference: key,
    present,
    typeTag,
    length,
    origin = '',
    source = '',
    publication = 0,
    tombstones = [],
  }) {
    const record = { ...tagged(typeTag), length: BigInt(length), domain: hex(origin), source: hex(source) };
    const said = PUBLICATIONS[publication];
    return {
      key: reference(key),
      ...(present && { record }),
      ...(said && { publication: said }),
      tombstones: tombstones.map(BigInt),
    };
  },
  show: ({ key, record, publication, tombstones }) => ({
    reference: formatHex(encodeReference(key)),
    present: record !== undefined,
    ...tagged(record?.typeTag),
    length: String(record?.length ?? 0n),
    origin: record === undefined ? NOTHING : formatHex(record.domain),
    source: record === undefined ? NOTHING : formatHex(record.source),
    publication: PUBLICATIONS.indexOf(publication),
    tombstones: tombstones.map(String),
  }),
};

/** Runs over entries of the kind that a vector names. */
function over<T>(
  kind: 'state' | 'content',
  run: <E extends { readonly key: Reference }>(kind: Kind<E>) => T,
): T {
  return kind === 'state' ? run(STATE) : run(CONTENT);
}

const rowOf = ({ key, tombstones, publication }: RowInput): PolicyRow => ({
  key: reference(key),
  tombstones: tombstones.map(BigInt),
  ...(publication && { publication: { ...publication, logseq: BigInt(publication.logseq) } }),
});

const manifestOf = (input: ManifestInput): Manifest => ({
  position: BigInt(input.position),
  blind: hex(input.blind),
  domainId: hex(input.domainId),
  recordHash: hex(input.recordHash),
  policyHash: hex(input.policyHash),
  anchored: BigInt(input.anchored),
  segments: input.segments.map(({ logseq, segmentId }) => ({
    logseq: BigInt(logseq),
    segmentId: hex(segmentId),
  })),
  types: input.types,
});

const showManifest = (manifest: Manifest): ManifestInput => ({
  position: String(manifest.position),
  blind: formatHex(manifest.blind),
  domainId: formatHex(manifest.domainId),
  recordHash: formatHex(manifest.recordHash),
  policyHash: formatHex(manifest.policyHash),
  anchored: String(manifest.anchored),
  segments: manifest.segments.map(({ logseq, segmentId }) => ({
    logseq: String(logseq),
    segmentId: formatHex(segmentId),
  })),
  types: [...manifest.types],
});

type KindInput<T> = T & { kind: 'state' | 'content' };

const answers = {
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
  'entry.encode': ({ kind, entry }: KindInput<{ entry: EntryInput }>) =>
    over(kind, ({ codec, of }) => ({ kind, bytes: formatHex(codec.encode(of(entry))) })),
  'entry.decode': ({ kind, bytes }: KindInput<{ bytes: string }>) =>
    over(kind, ({ codec, show }) => ({ kind, entry: show(decodeEntry(codec, hex(bytes))) })),
  'trie.root': ({ kind, entries }: KindInput<{ entries: EntryInput[] }>) =>
    over(kind, ({ codec, of }) => ({ root: formatHex(entryRoot(codec, entries.map(of))) })),
  'trie.prove': ({ kind, entries, key }: KindInput<{ entries: EntryInput[]; key: string }>) =>
    over(kind, ({ codec, of }) => {
      const proof = proveEntry(codec, entries.map(of), reference(key));
      return { proof: formatHex(encodeEntryProof(codec, proof)) };
    }),
  'trie.verify': ({ kind, root, key, proof }: KindInput<{ root: string; key: string; proof: string }>) =>
    over(kind, ({ codec, show }) => {
      const entry = verifyEntry(codec, hex(root), reference(key), decodeEntryProof(codec, hex(proof)));
      return entry === undefined ? { absent: true } : { entry: show(entry) };
    }),
  'state.roots': (input: { open: boolean; secret?: string; position: string; entries: EntryInput[] }) => {
    const secret = input.open || input.secret === undefined ? undefined : hex(input.secret);
    const blind = blindOf(secret, BigInt(input.position));
    const roots = rootsOf(input.entries.map(STATE.of), blind);
    return {
      blind: formatHex(blind),
      stateRoot: formatHex(roots.stateRoot),
      publicRoot: formatHex(roots.publicRoot),
      contentRoot: formatHex(roots.contentRoot),
    };
  },
  'policyTable.encode': ({ rows }: { rows: RowInput[] }) => {
    const bytes = encodePolicy(policyOf(rows.map(rowOf)));
    return { bytes: formatHex(bytes), hash: formatHex(policyHashOf(bytes)) };
  },
  'policyTable.decode': (input: { bytes: string; hash?: string; position?: string }) => {
    const options = {
      ...(input.hash !== undefined && { hash: hex(input.hash) }),
      ...(input.position !== undefined && { position: BigInt(input.position) }),
    };
    return { rows: [...decodePolicy(hex(input.bytes), options).rows()].map(row) };
  },
  'manifest.encode': (input: ManifestInput) => {
    const bytes = encodeManifest(manifestOf(input));
    return { bytes: formatHex(bytes), hash: formatHex(manifestHashOf(bytes)) };
  },
  'manifest.decode': (input: {
    bytes: string;
    hash?: string;
    expected?: { domainId: string; position: string; recordHash: string; open: boolean };
  }) => {
    const { hash, expected } = input;
    const snapshot = expected && {
      domainId: hex(expected.domainId),
      position: BigInt(expected.position),
      recordHash: hex(expected.recordHash),
      open: expected.open,
    };
    const options = { ...(hash !== undefined && { hash: hex(hash) }), ...(snapshot && { snapshot }) };
    return showManifest(decodeManifest(hex(input.bytes), options));
  },
};

/** The operations of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1 over this package, as the vectors name them. */
export const operations: Operations = answers;

/** What leads back from the `ok` of an operation to its `in`. */
export const inverses: Operations = {
  'entry.encode': answers['entry.decode'],
  'entry.decode': answers['entry.encode'],
  'policyTable.encode': answers['policyTable.decode'],
  'policyTable.decode': (ok: { rows: RowInput[] }) => ({ bytes: answers['policyTable.encode'](ok).bytes }),
  'manifest.encode': answers['manifest.decode'],
  'manifest.decode': (ok: ManifestInput) => ({ bytes: answers['manifest.encode'](ok).bytes }),
};
