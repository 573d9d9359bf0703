import {
  concatBytes,
  encodeReference,
  formatHex,
  merkleLeafHash,
  merkleRoot,
  type Reference,
  sha256Hasher,
} from '@amduat/asl-core';
import { hex, type Operations } from '@amduat/asl-core/conformance';
import {
  appendRecord,
  assertChain,
  assertConsistency,
  assertDomain,
  assertInclusion,
  consistencyRanges,
  decodeGenesis,
  decodeHead,
  domainIdOf,
  ed25519Signer,
  encodeFrame,
  encodeGenesis,
  encodeHead,
  encodeHeader,
  encodeState,
  formatKey,
  genesisState,
  inclusionRanges,
  type LeafRange,
  type LogRecord,
  type LogScan,
  type LogState,
  leafData,
  openHead,
  parseKey,
  type RecordBody,
  replay,
  scanLog,
  signHead,
  stateAtBase,
  tileName,
  tilesOf,
} from './index.js';

interface GenesisInput {
  authorityKey: string;
  recoveryKeyHash: string;
  name: string;
  open: boolean;
  nonce: string;
}

/** A body as a vector writes it: bytes in hexadecimal, u64 in decimal digits, an anchor without its own logseq. */
type BodyInput =
  | { type: 'segment-seal'; segmentIds: string[] }
  | { type: 'tombstone'; key: string; reason: number }
  | { type: 'tombstone-lift'; tombstone: string }
  | {
      type: 'snapshot-anchor';
      snapshotId: string;
      snapshotLogseq: string;
      stateRoot: string;
      publicRoot: string;
      manifestHash: string;
    }
  | { type: 'artifact-publish' | 'artifact-unpublish'; keys: string[] }
  | { type: 'authority-rotate'; newKey: string; recoveryKey?: string; signature: string };

interface DomainInput {
  domainId: string;
  open: boolean;
  secret?: string;
}

interface LogInput extends DomainInput {
  bytes: string;
}

/** The reference that these 34 octets are, whatever their hash_id: the log is to refuse one that is not registered. */
function reference(digits: string): Reference {
  const bytes = hex(digits);
  const hashId = ((bytes[0] as number) << 8) | (bytes[1] as number);
  return { hashId, digest: bytes.subarray(2) } as Reference;
}

function body(input: BodyInput, logseq: bigint): RecordBody {
  switch (input.type) {
    case 'segment-seal':
      return { type: input.type, segmentIds: input.segmentIds.map(hex) };
    case 'tombstone':
      return { type: input.type, key: reference(input.key), reason: input.reason };
    case 'tombstone-lift':
      return { type: input.type, tombstone: BigInt(input.tombstone) };
    case 'snapshot-anchor':
      return {
        type: input.type,
        snapshotId: hex(input.snapshotId),
        snapshotLogseq: BigInt(input.snapshotLogseq),
        stateRoot: hex(input.stateRoot),
        publicRoot: hex(input.publicRoot),
        manifestHash: hex(input.manifestHash),
        logseq,
      };
    case 'artifact-publish':
    case 'artifact-unpublish':
      return { type: input.type, keys: input.keys.map(reference) };
    case 'authority-rotate': {
      const { recoveryKey } = input;
      const rotation = { type: input.type, newKey: hex(input.newKey), signature: hex(input.signature) };
      return recoveryKey === undefined ? rotation : { ...rotation, recoveryKey: hex(recoveryKey) };
    }
  }
}

interface HeadInput {
  domainId: string;
  size: string;
  root: string;
}

const headOf = ({ domainId, size, root }: HeadInput) => ({
  domainId: hex(domainId),
  size: BigInt(size),
  root: hex(root),
});

/** The roots of parts of the tree over leaves. */
function rootsOf(leaves: readonly string[], ranges: readonly LeafRange[]): string[] {
  const hashes = leaves.map((leaf) => merkleLeafHash(hex(leaf)));
  return ranges.map(({ from, to }) => formatHex(merkleRoot(hashes.slice(Number(from), Number(to)))));
}

function append(state: LogState, input: BodyInput, secret: string | undefined) {
  const bytes = secret === undefined ? undefined : hex(secret);
  return appendRecord(state, body(input, state.position + 1n), bytes);
}

function replayed(input: LogInput, to?: string): { scan: LogScan; state: LogState } {
  const scan = scanLog(hex(input.bytes), { domainId: hex(input.domainId) });
  const end = scan.header.baseLogseq + BigInt(scan.records.length);
  const state = replay(
    stateAtBase(scan.header, input.open),
    scan.records,
    to === undefined ? end : BigInt(to),
  );
  return { scan, state };
}

function policyOf(state: LogState) {
  return [...state.policy.rows()].map(({ key, tombstones, publication }) => ({
    key: formatHex(encodeReference(key)),
    tombstones: tombstones.map(String),
    ...(publication && {
      publication: { published: publication.published, logseq: publication.logseq.toString() },
    }),
  }));
}

function manifest(input: GenesisInput) {
  return {
    authorityKey: hex(input.authorityKey),
    recoveryKeyHash: hex(input.recoveryKeyHash),
    name: input.name,
    open: input.open,
    nonce: hex(input.nonce),
  };
}

const answers = {
  'domain.encodeGenesis': (input: GenesisInput) => {
    const bytes = encodeGenesis(manifest(input));
    return { bytes: formatHex(bytes), domainId: formatHex(domainIdOf(bytes)) };
  },
  'domain.decodeGenesis': (input: { bytes: string }) => {
    const decoded = decodeGenesis(hex(input.bytes));
    return {
      authorityKey: formatHex(decoded.authorityKey),
      recoveryKeyHash: formatHex(decoded.recoveryKeyHash),
      name: decoded.name,
      open: decoded.open,
      nonce: formatHex(decoded.nonce),
    };
  },
  'domain.assertDomain': (input: { bytes: string; domainId: string }) => {
    assertDomain(hex(input.bytes), hex(input.domainId));
    return {};
  },
  'log.encode': (input: DomainInput & { groups: BodyInput[][] }) => {
    const domainId = hex(input.domainId);
    let state = genesisState(domainId, input.open);
    const base = { baseLogseq: 0n, baseRecordHash: domainId, baseManifestHash: new Uint8Array(32) };
    const parts: Uint8Array[] = [encodeHeader({ domainId, ...base })];
    for (const group of input.groups) {
      const records: LogRecord[] = [];
      for (const item of group) {
        const appended = append(state, item, input.secret);
        records.push(appended.record);
        state = appended.state;
      }
      parts.push(encodeFrame(records));
    }
    return { bytes: formatHex(concatBytes(parts)) };
  },
  'log.append': (input: LogInput & { body: BodyInput }) => {
    const { record } = append(replayed(input).state, input.body, input.secret);
    return { recordHash: formatHex(record.recordHash), payload: formatHex(record.payload) };
  },
  'log.scan': (input: { bytes: string; domainId?: string }) => {
    const options = input.domainId === undefined ? {} : { domainId: hex(input.domainId) };
    const { header, end, records } = scanLog(hex(input.bytes), { ...options, hasher: sha256Hasher });
    assertChain(records, header, sha256Hasher);
    return {
      end: end.kind,
      offset: end.offset.toString(),
      records: records.map(({ logseq, type, recordHash }) => ({
        logseq: logseq.toString(),
        type,
        recordHash: formatHex(recordHash),
      })),
    };
  },
  'log.replay': (input: LogInput & { to?: string }) => {
    const { state } = replayed(input, input.to);
    return {
      position: state.position.toString(),
      recordHash: formatHex(state.recordHash),
      snapshotId: formatHex(state.indexState.snapshotId),
      seals: state.seals.map(({ logseq, segmentId }) => ({
        logseq: logseq.toString(),
        segmentId: formatHex(segmentId),
      })),
      policy: policyOf(state),
      anchors: state.anchors.map(({ logseq, snapshotLogseq }) => ({
        logseq: logseq.toString(),
        snapshotLogseq: snapshotLogseq.toString(),
      })),
      types: state.types,
      unknownTypes: state.unknownTypes,
    };
  },
  'log.stateDump': (input: LogInput & { to?: string }) => {
    const bytes = encodeState(replayed(input, input.to).state);
    return { bytes: formatHex(bytes), sha256: formatHex(sha256Hasher.digest([bytes])) };
  },
  'log.leaves': (input: LogInput) => {
    const leaves = replayed(input).scan.records.map((record) => merkleLeafHash(leafData(record)));
    return { leaves: leaves.map(formatHex), root: formatHex(merkleRoot(leaves)) };
  },
  'head.encode': (input: HeadInput) => ({ text: encodeHead(headOf(input)) }),
  'head.decode': ({ text }: { text: string }) => {
    const { domainId, size, root } = decodeHead(text);
    return { domainId: formatHex(domainId), size: size.toString(), root: formatHex(root) };
  },
  'head.sign': ({ text, seed }: { text: string; seed: string }) => {
    const signer = ed25519Signer(hex(seed));
    return { note: formatHex(signHead(decodeHead(text), signer)), key: formatHex(signer.key) };
  },
  'head.open': ({ note, key, domainId }: { note: string; key: string; domainId: string }) => {
    const { size, root } = openHead(hex(note), { domainId: hex(domainId), key: hex(key) });
    return { size: size.toString(), root: formatHex(root) };
  },
  'head.formatKey': ({ name, key }: { name: string; key: string }) => ({
    text: formatKey({ name, key: hex(key) }),
  }),
  'head.parseKey': ({ text }: { text: string }) => {
    const { name, key } = parseKey(text);
    return { name, key: formatHex(key) };
  },
  'head.inclusion': ({ leaves, index }: { leaves: string[]; index: string }) => ({
    path: rootsOf(leaves, inclusionRanges({ index: BigInt(index), size: BigInt(leaves.length) })),
  }),
  'head.verifyInclusion': (input: {
    leaf: string;
    index: string;
    size: string;
    root: string;
    path: string[];
  }) => {
    const place = { index: BigInt(input.index), size: BigInt(input.size) };
    assertInclusion(merkleLeafHash(hex(input.leaf)), place, input.path.map(hex), hex(input.root));
    return {};
  },
  'head.consistency': ({ leaves, from }: { leaves: string[]; from: string }) => ({
    path: rootsOf(leaves, consistencyRanges(BigInt(from), BigInt(leaves.length))),
  }),
  'head.verifyConsistency': (input: {
    from: string;
    fromRoot: string;
    size: string;
    root: string;
    path: string[];
  }) => {
    const first = { size: BigInt(input.from), root: hex(input.fromRoot) };
    assertConsistency(first, { size: BigInt(input.size), root: hex(input.root) }, input.path.map(hex));
    return {};
  },
  'head.tileName': ({
    level,
    number,
    width,
  }: {
    level: number | 'entries';
    number: string;
    width: number;
  }) => ({
    name: tileName(level, BigInt(number), width),
  }),
  'head.tiles': ({ leaves }: { leaves: string[] }) => {
    const tiles = [...tilesOf(leaves.map(hex))].map(({ name, bytes }) => ({ name, bytes: formatHex(bytes) }));
    return { tiles: tiles.sort((left, right) => (left.name < right.name ? -1 : 1)) };
  },
};

/** The operations of ASL/DOMAIN/1 and ASL/LOG/1 over this package, as the vectors name them. */
export const operations: Operations = answers;

/** What leads back from the `ok` of an operation to its `in`. */
export const inverses: Operations = {
  'head.encode': answers['head.decode'],
  'head.decode': answers['head.encode'],
  'head.formatKey': answers['head.parseKey'],
  'head.parseKey': answers['head.formatKey'],
  'domain.encodeGenesis': answers['domain.decodeGenesis'],
  'domain.decodeGenesis': (ok: GenesisInput) => ({ bytes: answers['domain.encodeGenesis'](ok).bytes }),
};
