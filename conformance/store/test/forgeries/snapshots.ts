import { copyBytes, equalBytes, type Reference } from '@amduat/asl-core';
import {
  decodePayload,
  encodePayload,
  encodeRecord,
  type LogRecord,
  leafData,
  RECORD_TYPES,
  recordHashOf,
  type SnapshotAnchor,
  scanLog,
} from '@amduat/asl-log';
import {
  applyPolicy,
  compareSegments,
  decodeManifest,
  decodePolicy,
  EMPTY_POLICY,
  encodeManifest,
  encodePolicy,
  type IndexRecord,
  type Manifest,
  type ManifestSegment,
  manifestHashOf,
  type PolicyTable,
  policyHashOf,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { decodeSegment, encodeSegment } from '@amduat/enc-asl-core-index';
import type { Answer, Forgery, Honest } from './forgeries.js';
import { appendBody, type ForgedRecord, rewriteLog } from './log.js';
import {
  leavesName,
  manifestName,
  namesOf,
  type Objects,
  objectOf,
  policyName,
  recordName,
  segmentName,
  withObjects,
} from './objects.js';
import { ALPHA_KEY, CROWD_KEY, LARGE_KEY, MERGED_KEY } from './sample.js';
import { placeOf } from './segments.js';

type Forged = ReturnType<Forgery['forge']>;
type Forge = Forgery['forge'];
type Answers = Pick<Forgery, 'key' | 'view' | 'byReference'>;

/** An anchor of the log, and what it names. */
interface Anchored {
  /** Name of the log file it stands in. */
  readonly log: string;
  readonly anchor: SnapshotAnchor;
  readonly manifest: Manifest;
  readonly policy: PolicyTable;
}

const MISSING_ID = new Uint8Array(32).fill(0x5a);
const NO_HASH = new Uint8Array(32);
const LEAF_LENGTH = 33;

function bodyOf(record: ForgedRecord): SnapshotAnchor | undefined {
  const body = decodePayload(record.type, record.payload)?.body;
  return body?.type === 'snapshot-anchor' ? body : undefined;
}

function anchorsOf(objects: Objects): Anchored[] {
  return namesOf(objects, 'log/').flatMap((log) =>
    scanLog(objectOf(objects, log)).records.flatMap((record) => {
      const anchor = bodyOf(record);
      if (anchor === undefined) return [];
      const manifest = decodeManifest(objectOf(objects, manifestName(anchor.manifestHash)));
      const policy = decodePolicy(objectOf(objects, policyName(manifest.policyHash)));
      return [{ log, anchor, manifest, policy }];
    }),
  );
}

function lastAnchor(objects: Objects): Anchored {
  const last = anchorsOf(objects).at(-1);
  if (last === undefined) throw new Error('the log has no anchor');
  return last;
}

/** The one before the last. */
function earlierAnchor(objects: Objects): Anchored {
  const [earlier] = anchorsOf(objects).slice(-2, -1);
  if (earlier === undefined) throw new Error('the log has no two anchors');
  return earlier;
}

/** What an anchor is to say instead; the hashes of the manifest and of the policy table follow. */
interface AnchorChange {
  readonly anchor?: Partial<SnapshotAnchor>;
  readonly manifest?: Partial<Manifest>;
  readonly policy?: PolicyTable;
}

/** Writes the last anchor anew, and the log, so that every hash is right again. */
function reanchor(
  objects: Objects,
  { anchor, manifest, policy }: AnchorChange,
): { readonly objects: Objects; readonly manifest: string; readonly log: string } {
  const was = lastAnchor(objects);
  const table = encodePolicy(policy ?? was.policy);
  const policyHash = policyHashOf(table);
  const bytes = encodeManifest({ ...was.manifest, policyHash, ...manifest });
  const manifestHash = manifestHashOf(bytes);
  const replaced = withObjects(objects, {
    [policyName(was.manifest.policyHash)]: undefined,
    [manifestName(was.anchor.manifestHash)]: undefined,
    [policyName(policyHash)]: table,
    [manifestName(manifestHash)]: bytes,
  });
  const body: SnapshotAnchor = { ...was.anchor, manifestHash, ...anchor };
  const rewritten = rewriteLog(
    replaced,
    (records) =>
      records.map((record) =>
        record.logseq === was.anchor.logseq ? { ...record, payload: payloadLike(record, body) } : record,
      ),
    (header) =>
      equalBytes(header.baseManifestHash, was.anchor.manifestHash)
        ? { ...header, baseManifestHash: manifestHash }
        : header,
  );
  return { objects: rewritten, manifest: manifestName(manifestHash), log: was.log };
}

function payloadLike({ type, payload }: ForgedRecord, body: SnapshotAnchor): Uint8Array {
  const decoded = decodePayload(type, payload);
  if (decoded === undefined) throw new Error('the record has no body');
  return encodePayload({ ...decoded, body });
}

/** The last anchor says something else of the state. */
const inAnchor =
  (code: string, change: (objects: Objects) => Partial<SnapshotAnchor>): Forge =>
  (objects) => {
    const { objects: forged, log } = reanchor(objects, { anchor: change(objects) });
    return { objects: forged, object: log, code };
  };

/** The last manifest says something else. */
const inManifest =
  (code: string, change: (manifest: Manifest, objects: Objects) => AnchorChange): Forge =>
  (objects) => {
    const forged = reanchor(objects, change(lastAnchor(objects).manifest, objects));
    return { objects: forged.objects, object: forged.manifest, code };
  };

/** The last manifest lists other segments. */
const inSegments = (change: (segments: readonly ManifestSegment[]) => readonly ManifestSegment[]): Forge =>
  inManifest('MANIFEST.STATE', ({ segments }) => ({
    manifest: { segments: [...change(segments)].sort(compareSegments) },
  }));

/** The merged segment of the last manifest has other records. */
const inMerged =
  (change: (records: readonly IndexRecord[]) => readonly IndexRecord[]): Forge =>
  (objects) => {
    const { segments } = lastAnchor(objects).manifest;
    const merged = segments.find(({ logseq }) => logseq === 0n);
    if (merged === undefined) throw new Error('no segment was merged');
    const name = segmentName(merged.segmentId);
    const { segmentId, bytes } = encodeSegment(change(decodeSegment(objectOf(objects, name))));
    const replaced = withObjects(objects, { [name]: undefined, [segmentName(segmentId)]: bytes });
    const other = segments.map((segment) => (segment === merged ? { logseq: 0n, segmentId } : segment));
    const forged = reanchor(replaced, { manifest: { segments: other.sort(compareSegments) } });
    return { objects: forged.objects, object: forged.manifest, code: 'MANIFEST.STATE' };
  };

/** An object taken away. */
const without = (name: (objects: Objects) => string, code: string): Forge =>
  changed(name, () => undefined, code);

/** An object with other octets. */
function changed(
  name: (objects: Objects) => string,
  change: (bytes: Uint8Array) => Uint8Array | undefined,
  code: string,
): Forge {
  return (objects): Forged => {
    const object = name(objects);
    return { objects: withObjects(objects, { [object]: change(objectOf(objects, object)) }), object, code };
  };
}

const lastManifest = (objects: Objects) => manifestName(lastAnchor(objects).anchor.manifestHash);
const lastPolicy = (objects: Objects) => policyName(lastAnchor(objects).manifest.policyHash);

/** An octet of an object, counted from its end where it is negative. */
const flippedAt = (at: number) => (bytes: Uint8Array) => {
  const copy = copyBytes(bytes);
  copy.set([(copy.at(at) as number) ^ 1], at < 0 ? copy.length + at : at);
  return copy;
};

/** The positions at which the sample that is cut was cut, and the anchor that the second cut kept. */
const CUTS = { first: 2, second: 13 };
const KEPT_ANCHOR = 3;
/** A position between the cuts. */
const LOWER = 5n;
const cutLog = (objects: Objects) => namesOf(objects, 'log/')[0] as string;

/** What the anchor that the second cut kept is to say instead, with a leaf that is right for it. */
const inKept =
  (
    change: (objects: Objects, anchor: SnapshotAnchor) => KeptChange,
    object: (objects: Objects) => string,
    code: string,
  ): Forge =>
  (objects) => {
    const { anchor, manifest, policy } = change(objects, keptAnchor(objects));
    const added: Record<string, Uint8Array> = {};
    let { manifestHash } = { ...keptAnchor(objects), ...anchor };
    if (manifest !== undefined) {
      const table = policy ?? objectOf(objects, policyName(manifest.policyHash));
      const bytes = encodeManifest({ ...manifest, policyHash: policyHashOf(table) });
      manifestHash = manifestHashOf(bytes);
      added[policyName(policyHashOf(table))] = table;
      added[manifestName(manifestHash)] = bytes;
    }
    const body = { ...keptAnchor(objects), ...anchor, manifestHash };
    const record = keptRecord(objects);
    const forged = withKept(withObjects(objects, added), { ...record, payload: payloadLike(record, body) });
    return { objects: forged, object: object(forged), code };
  };

interface KeptChange {
  readonly anchor?: Partial<SnapshotAnchor>;
  readonly manifest?: Manifest;
  readonly policy?: Uint8Array;
}

/** With a record that the second cut kept, and its leaf. */
function withKept(objects: Objects, { logseq, type, payload }: ForgedRecord): Objects {
  const [before, after] = [leavesName(CUTS.first), leavesName(CUTS.second)];
  const leaves = Buffer.concat([objectOf(objects, before), objectOf(objects, after)]);
  const end = LEAF_LENGTH * (Number(logseq) - 1);
  const recordHash = recordHashOf(leaves.subarray(end - 32, end), type, payload);
  const record = { logseq, type, payload, recordHash };
  leaves.set(leafData(record), end);
  return withObjects(objects, {
    [after]: leaves.subarray(LEAF_LENGTH * CUTS.first),
    [recordName(Number(logseq))]: encodeRecord(record),
  });
}

/** The record that the second cut kept: a head of 16 octets, its payload, its record_hash. */
function keptRecord(objects: Objects): ForgedRecord {
  const payload = objectOf(objects, recordName(KEPT_ANCHOR)).slice(16, -32);
  return { logseq: BigInt(KEPT_ANCHOR), type: RECORD_TYPES['snapshot-anchor'], payload };
}

/** The manifest that the kept anchor names. */
const keptManifest = (objects: Objects) => manifestName(keptAnchor(objects).manifestHash);
const manifestOfKept = (objects: Objects): Manifest =>
  decodeManifest(objectOf(objects, keptManifest(objects)));
const inKeptRecord = () => recordName(KEPT_ANCHOR);

const right = (key: Reference): Answers => ({ key, view: ['right'], byReference: ['right'] });
const viewed = (key: Reference, ...view: Answer[]): Answers => ({ key, view, byReference: ['right'] });

const ANCHORS: readonly Forgery[] = [
  {
    name: 'an anchor with another StateRoot',
    clauses: '[STO-VFY-5] [LOG-ACT-7] [STO-SNP-4]',
    history: 'anchored',
    forge: inAnchor('LOG.ANCHOR.ROOT', () => ({ stateRoot: MISSING_ID })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'an anchor with another PublicRoot',
    clauses: '[STO-VFY-5] [LOG-ACT-7] [STO-SNP-4]',
    history: 'anchored',
    forge: inAnchor('LOG.ANCHOR.ROOT', (objects) => ({
      publicRoot: lastAnchor(objects).anchor.stateRoot,
    })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'an anchor with another StateRoot at the base of a cut log',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    forge: inAnchor('LOG.ANCHOR.ROOT', () => ({ stateRoot: MISSING_ID })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'an anchor with the SnapshotID of another position',
    clauses: '[STO-VFY-5] [LOG-ACT-6]',
    history: 'anchored',
    forge: inAnchor('LOG.ANCHOR.SNAPSHOT', (objects) => ({
      snapshotId: earlierAnchor(objects).anchor.snapshotId,
    })),
    ...viewed(ALPHA_KEY, 'LOG.ANCHOR.SNAPSHOT'),
  },
  {
    name: 'an anchor that names a position below that of the anchor before',
    clauses: '[STO-VFY-5] [LOG-ACT-5]',
    history: 'anchored',
    forge: (objects) => {
      const { log, anchor, manifest } = lastAnchor(objects);
      const { policyHash } = earlierAnchor(objects).manifest;
      const [first] = scanLog(objectOf(objects, log)).records;
      if (first === undefined) throw new Error('the log file has no record');
      const { logseq: position, recordHash } = first;
      const segments = sealsOf(objects).filter(({ logseq }) => logseq <= position);
      const bytes = encodeManifest({
        ...manifest,
        position,
        recordHash,
        policyHash,
        segments,
        types: [1, 4, 5],
      });
      const manifestHash = manifestHashOf(bytes);
      const forged = rewriteLog(objects, (records) => {
        if (records[0]?.logseq !== position) return records;
        return appendBody(records, {
          ...anchor,
          manifestHash,
          snapshotLogseq: position,
          snapshotId: snapshotIdOf(manifest.domainId, position, recordHash),
          logseq: (records.at(-1) as ForgedRecord).logseq + 1n,
        });
      });
      const added = withObjects(forged, { [manifestName(manifestHash)]: bytes });
      return { objects: added, object: log, code: 'LOG.ANCHOR.POSITION' };
    },
    ...viewed(ALPHA_KEY, 'LOG.ANCHOR.POSITION'),
  },
  {
    name: 'an anchor that names the manifest of another position',
    clauses: '[STO-VFY-5] [STX-MAN-10] [LOG-RPL-12]',
    history: 'anchored',
    forge: (objects) => {
      const { manifestHash } = earlierAnchor(objects).anchor;
      const { objects: forged } = reanchor(objects, { anchor: { manifestHash } });
      return { objects: forged, object: manifestName(manifestHash), code: 'MANIFEST.SNAPSHOT' };
    },
    ...viewed(ALPHA_KEY, 'MANIFEST.SNAPSHOT'),
  },
];

const MANIFESTS: readonly Forgery[] = [
  {
    name: 'a manifest of another domain',
    clauses: '[STO-VFY-5] [STX-MAN-10] [LOG-RPL-12]',
    history: 'anchored',
    forge: inManifest('MANIFEST.DOMAIN', () => ({ manifest: { domainId: MISSING_ID } })),
    ...viewed(ALPHA_KEY, 'MANIFEST.DOMAIN'),
  },
  {
    name: 'a manifest of another history',
    clauses: '[STO-VFY-5] [STX-MAN-10] [LOG-RPL-12]',
    history: 'anchored',
    forge: inManifest('MANIFEST.SNAPSHOT', () => ({ manifest: { recordHash: MISSING_ID } })),
    ...viewed(ALPHA_KEY, 'MANIFEST.SNAPSHOT'),
  },
  {
    name: 'a manifest with a blind in an open domain',
    clauses: '[STO-VFY-5] [STX-MAN-10] [LOG-RPL-12]',
    history: 'anchored',
    forge: inManifest('MANIFEST.BLIND', () => ({ manifest: { blind: MISSING_ID } })),
    ...viewed(ALPHA_KEY, 'MANIFEST.BLIND'),
  },
  {
    name: 'a manifest with the blind of nothing in a closed domain',
    clauses: '[STO-VFY-5] [LOG-ACT-7] [STX-ROOT-4]',
    history: 'anchored',
    closed: true,
    forge: (objects) => {
      const { objects: forged, log } = reanchor(objects, { manifest: { blind: MISSING_ID } });
      return { objects: forged, object: log, code: 'LOG.ANCHOR.ROOT' };
    },
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest without a type',
    clauses: '[STO-VFY-1] [STX-MAN-9] [LOG-RPL-12]',
    history: 'anchored',
    forge: inManifest('MANIFEST.TYPES', () => ({ manifest: { types: [] } })),
    ...viewed(ALPHA_KEY, 'MANIFEST.TYPES'),
  },
  {
    name: 'a manifest with a segment left out',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inSegments((segments) => segments.filter(({ logseq }) => logseq !== 1n)),
    ...viewed(ALPHA_KEY, 'absent'),
  },
  {
    name: 'a manifest with the merged segment left out',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inSegments((segments) => segments.filter(({ logseq }) => logseq !== 0n)),
    ...viewed(MERGED_KEY, 'absent'),
  },
  {
    name: 'a manifest with a segment that nothing sealed',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: (objects) => {
      const { name, index } = placeOf(objects, ALPHA_KEY);
      const record = decodeSegment(objectOf(objects, name))[index] as IndexRecord;
      const { segmentId, bytes } = encodeSegment([{ ...record, visibility: 'published' }]);
      const added = withObjects(objects, { [segmentName(segmentId)]: bytes });
      return inSegments((segments) => [...segments, { logseq: 2n, segmentId }])(added);
    },
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest with a segment that the merged one stands for',
    clauses: '[STO-VFY-5] [STX-MAN-11] [IDX-GET-3]',
    history: 'anchored',
    forge: (objects) => {
      const merged = sealsOf(objects).find(({ segmentId }) => holds(objects, segmentId, MERGED_KEY));
      return inSegments((segments) => [...segments, merged as ManifestSegment])(objects);
    },
    ...viewed(MERGED_KEY, 'IDX.DUPLICATE'),
  },
  {
    name: 'a manifest with a segment under the logseq of another seal',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inSegments((segments) =>
      segments.map((segment) => (segment.logseq === 5n ? { ...segment, logseq: 6n } : segment)),
    ),
    ...right(CROWD_KEY),
  },
  {
    name: 'a manifest with a merged segment that has a record less',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inMerged((records) => records.filter(({ key }) => !equalBytes(key.digest, MERGED_KEY.digest))),
    ...viewed(MERGED_KEY, 'absent'),
  },
  {
    name: 'a manifest with a merged segment without a tombstone',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inMerged((records) => records.filter(({ tombstone }) => !tombstone)),
    ...right(MERGED_KEY),
  },
  {
    name: 'a manifest with a merged segment that says who may see a record',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inMerged((records) => records.map((record) => ({ ...record, visibility: 'published' }))),
    ...right(MERGED_KEY),
  },
  {
    name: 'a manifest with a merged segment whose records are of another seal',
    clauses: '[STO-VFY-5] [STX-MAN-11] [STO-CMP-3]',
    history: 'anchored',
    forge: inMerged((records) => records.map((record) => ({ ...record, logseq: 12n }))),
    ...right(MERGED_KEY),
  },
  {
    name: 'a manifest that names a segment which is not there',
    clauses: '[STO-ERR-2] [STO-VFY-5]',
    history: 'anchored',
    forge: (objects) => {
      const { segments } = lastAnchor(objects).manifest;
      const merged = segments.find(({ logseq }) => logseq === 0n) as ManifestSegment;
      const object = segmentName(merged.segmentId);
      return { objects: withObjects(objects, { [object]: undefined }), object, code: 'STORE.MISSING' };
    },
    ...viewed(MERGED_KEY, 'STORE.MISSING'),
  },
  {
    name: 'a manifest with a type that no record has',
    clauses: '[STO-VFY-5] [STX-MAN-11] [LOG-RPL-9]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', ({ types }) => ({ manifest: { types: [...types, 7] } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest without a type that a record has',
    clauses: '[STO-VFY-5] [STX-MAN-11] [LOG-RPL-9]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', ({ types }) => ({ manifest: { types: types.slice(0, -1) } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest that says another position was anchored before',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', ({ anchored }) => ({ manifest: { anchored: anchored + 1n } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest that says nothing was anchored before',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', () => ({ manifest: { anchored: 0n } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest that is not there',
    clauses: '[STO-ERR-2] [LOG-RPL-11]',
    history: 'anchored',
    forge: without(lastManifest, 'STORE.MISSING'),
    ...right(MERGED_KEY),
  },
  {
    name: 'a manifest with another octet',
    clauses: '[STO-VFY-1] [STX-MAN-1] [LOG-RPL-11]',
    history: 'anchored',
    forge: changed(lastManifest, flippedAt(40), 'MANIFEST.DIGEST'),
    ...right(MERGED_KEY),
  },
];

const POLICIES: readonly Forgery[] = [
  {
    name: 'a manifest with the policy table of another position',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', (_, objects) => ({
      manifest: { policyHash: earlierAnchor(objects).manifest.policyHash },
    })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a manifest with a policy table of which a row was left out',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', () => ({
      policy: applyPolicy(EMPTY_POLICY, { kind: 'tombstone', key: CROWD_KEY, logseq: 6n }),
    })),
    ...viewed(CROWD_KEY, 'absent', 'right'),
  },
  {
    name: 'a manifest with a policy table that publishes one key more',
    clauses: '[STO-VFY-5] [STX-MAN-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', (_, objects) => ({
      policy: applyPolicy(lastAnchor(objects).policy, { kind: 'publish', keys: [LARGE_KEY], logseq: 12n }),
    })),
    ...right(LARGE_KEY),
  },
  {
    name: 'a manifest with a policy table from above its position',
    clauses: '[STO-VFY-5] [STX-PTB-13] [LOG-RPL-11]',
    history: 'anchored',
    forge: inManifest('MANIFEST.STATE', (_, objects) => ({
      policy: applyPolicy(lastAnchor(objects).policy, { kind: 'publish', keys: [LARGE_KEY], logseq: 99n }),
    })),
    ...right(LARGE_KEY),
  },
  {
    name: 'a policy table that is not there',
    clauses: '[STO-ERR-2] [LOG-RPL-11]',
    history: 'anchored',
    forge: without(lastPolicy, 'STORE.MISSING'),
    ...right(MERGED_KEY),
  },
  {
    name: 'a policy table with another octet',
    clauses: '[STO-VFY-1] [STX-PTB-2] [LOG-RPL-11]',
    history: 'anchored',
    forge: changed(lastPolicy, flippedAt(70), 'POLICY.DIGEST'),
    ...right(MERGED_KEY),
  },
  {
    name: 'a policy table with a row that has a reserved octet',
    clauses: '[STO-VFY-1] [STX-PTB-10] [LOG-RPL-11]',
    history: 'anchored',
    forge: (objects) => {
      const { manifest } = lastAnchor(objects);
      const bytes = copyBytes(objectOf(objects, policyName(manifest.policyHash)));
      bytes[64 + 35] = 1;
      const object = policyName(policyHashOf(bytes));
      const { objects: forged } = reanchor(objects, { manifest: { policyHash: policyHashOf(bytes) } });
      return { objects: withObjects(forged, { [object]: bytes }), object, code: 'POLICY.ROW' };
    },
    ...right(MERGED_KEY),
  },
];

const CUT_LOGS: readonly Forgery[] = [
  {
    name: 'a cut log without the anchor that names its base',
    clauses: '[LOG-CUT-2]',
    history: 'cut',
    forge: (objects) => {
      const forged = rewriteLog(objects, (records) =>
        records.map((record) =>
          bodyOf(record) === undefined
            ? record
            : (appendBody([{ ...record, logseq: record.logseq - 1n }], {
                type: 'tombstone',
                key: MERGED_KEY,
                reason: 0,
              })[1] as ForgedRecord),
        ),
      );
      return { objects: forged, object: cutLog(objects), code: 'LOG.BASE' };
    },
    ...viewed(ALPHA_KEY, 'LOG.BASE'),
  },
  {
    name: 'a cut log with the manifest of another anchor',
    clauses: '[LOG-CUT-2]',
    history: 'cut',
    forge: (objects) => {
      const other = keptAnchor(objects).manifestHash;
      const forged = rewriteLog(
        objects,
        (records) => records,
        (header) =>
          equalBytes(header.baseManifestHash, NO_HASH) ? header : { ...header, baseManifestHash: other },
      );
      return { objects: forged, object: cutLog(objects), code: 'LOG.BASE' };
    },
    ...viewed(ALPHA_KEY, 'LOG.BASE'),
  },
  {
    name: 'a cut log that says nothing of its manifest',
    clauses: '[LOG-CUT-2] [STO-VFY-5]',
    history: 'cut',
    forge: (objects) => {
      const forged = rewriteLog(
        objects,
        (records) => records,
        (header) => ({ ...header, baseManifestHash: NO_HASH }),
      );
      return { objects: forged, object: cutLog(objects), code: 'LOG.BASE' };
    },
    ...viewed(ALPHA_KEY, 'LOG.BASE'),
  },
  {
    name: 'a cut log whose manifest is not there',
    clauses: '[LOG-CUT-2] [STO-ERR-2]',
    history: 'cut',
    forge: (objects) => ({
      objects: withObjects(objects, { [lastManifest(objects)]: undefined }),
      object: cutLog(objects),
      code: 'LOG.BASE',
    }),
    ...viewed(ALPHA_KEY, 'LOG.BASE'),
  },
  {
    name: 'a cut log whose policy table is not there',
    clauses: '[LOG-CUT-2] [STO-ERR-2]',
    history: 'cut',
    forge: (objects) => ({
      objects: withObjects(objects, { [lastPolicy(objects)]: undefined }),
      object: cutLog(objects),
      code: 'LOG.BASE',
    }),
    ...viewed(ALPHA_KEY, 'LOG.BASE'),
  },
  {
    name: 'a cut log whose manifest has a segment left out',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    forge: (objects) => {
      const { segments } = lastAnchor(objects).manifest;
      const { objects: forged, log } = reanchor(objects, {
        manifest: { segments: segments.filter(({ logseq }) => logseq !== 1n) },
      });
      return { objects: forged, object: log, code: 'LOG.ANCHOR.ROOT' };
    },
    ...viewed(ALPHA_KEY, 'absent'),
  },
  {
    name: 'a cut log with an anchor that names a position below it, and another SnapshotID',
    clauses: '[LOG-CUT-4] [STO-VFY-5]',
    history: 'cut',
    forge: (objects) => ({
      objects: addLowerAnchor(objects, MISSING_ID),
      object: cutLog(objects),
      code: 'LOG.ANCHOR.SNAPSHOT',
    }),
    ...right(ALPHA_KEY),
  },
];

const KEPT: readonly Forgery[] = [
  {
    name: 'kept leaves of which the first is left out',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: changed(
      () => leavesName(CUTS.second),
      (bytes) => bytes.subarray(LEAF_LENGTH),
      'STORE.CONFLICT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves of which the last is left out',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: changed(
      () => leavesName(CUTS.second),
      (bytes) => bytes.subarray(0, -LEAF_LENGTH),
      'STORE.CONFLICT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves that begin before the cut below',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: changed(
      () => leavesName(CUTS.second),
      (bytes) => Buffer.concat([bytes.subarray(0, LEAF_LENGTH), bytes]),
      'STORE.CONFLICT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves of which the last is another',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: changed(() => leavesName(CUTS.second), flippedAt(-1), 'STORE.CONFLICT'),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves that are not there',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: without(() => leavesName(CUTS.second), 'STORE.CONFLICT'),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves of the cut below that are not there',
    clauses: '[STO-CUT-5]',
    history: 'cut',
    forge: (objects) => ({
      objects: withObjects(objects, { [leavesName(CUTS.first)]: undefined }),
      object: leavesName(CUTS.second),
      code: 'STORE.CONFLICT',
    }),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept record whose leaf is another',
    clauses: '[STO-CUT-1] [STO-VFY-1]',
    history: 'cut',
    // The first leaf of the second cut is that of the anchor before it.
    forge: (objects) => ({
      ...changed(() => leavesName(CUTS.second), flippedAt(5), '')(objects),
      object: recordName(KEPT_ANCHOR),
      code: 'STORE.CONFLICT',
    }),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept record that says something else',
    clauses: '[STO-CUT-1] [STO-VFY-1]',
    history: 'cut',
    forge: changed(() => recordName(KEPT_ANCHOR), flippedAt(90), 'STORE.CONFLICT'),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept record under the name of another',
    clauses: '[STO-CUT-1] [STO-VFY-1]',
    history: 'cut',
    forge: (objects) => {
      const object = recordName(KEPT_ANCHOR + 1);
      const bytes = objectOf(objects, recordName(KEPT_ANCHOR));
      return { objects: withObjects(objects, { [object]: bytes }), object, code: 'STORE.CONFLICT' };
    },
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept manifest with another octet',
    clauses: '[STO-VFY-1] [STX-MAN-1] [LOG-RPL-13]',
    history: 'cut',
    forge: changed(
      (objects) => manifestName(keptAnchor(objects).manifestHash),
      flippedAt(70),
      'MANIFEST.DIGEST',
    ),
    ...right(ALPHA_KEY),
  },
];

const LOST: readonly Forgery[] = [
  {
    name: 'a kept anchor that is not there',
    clauses: '[STO-VFY-5] [STO-CUT-1]',
    history: 'cut',
    forge: (objects) => ({
      objects: withObjects(objects, { [recordName(KEPT_ANCHOR)]: undefined }),
      object: lastManifest(objects),
      code: 'STORE.MISSING',
    }),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor with another StateRoot',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    forge: inKept(() => ({ anchor: { stateRoot: MISSING_ID } }), inKeptRecord, 'LOG.ANCHOR.ROOT'),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor with another PublicRoot, of a closed domain',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    closed: true,
    forge: inKept(
      (_, { stateRoot }) => ({ anchor: { publicRoot: stateRoot } }),
      inKeptRecord,
      'LOG.ANCHOR.ROOT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose manifest has a segment left out',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    forge: inKept(
      (objects) => ({ manifest: { ...manifestOfKept(objects), segments: [] } }),
      inKeptRecord,
      'LOG.ANCHOR.ROOT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose policy table has a row left out',
    clauses: '[STO-VFY-5] [LOG-ACT-7]',
    history: 'cut',
    forge: inKept(
      (objects) => ({ manifest: manifestOfKept(objects), policy: encodePolicy(EMPTY_POLICY) }),
      inKeptRecord,
      'LOG.ANCHOR.ROOT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor with another SnapshotID',
    clauses: '[STO-VFY-5] [LOG-CUT-4]',
    history: 'cut',
    forge: inKept(() => ({ anchor: { snapshotId: MISSING_ID } }), inKeptRecord, 'LOG.ANCHOR.SNAPSHOT'),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor that names the manifest of another position',
    clauses: '[STO-VFY-5] [STX-MAN-10]',
    history: 'cut',
    forge: inKept(
      (objects) => ({ anchor: { manifestHash: lastAnchor(objects).anchor.manifestHash } }),
      lastManifest,
      'MANIFEST.SNAPSHOT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose manifest names a segment that is not there',
    clauses: '[STO-VFY-5] [STO-ERR-2]',
    history: 'cut',
    forge: inKept(
      (objects) => ({
        manifest: { ...manifestOfKept(objects), segments: [{ logseq: 1n, segmentId: MISSING_ID }] },
      }),
      () => segmentName(MISSING_ID),
      'STORE.MISSING',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose policy table is from above its position',
    clauses: '[STO-VFY-5] [STX-PTB-13]',
    history: 'cut',
    forge: inKept(
      (objects) => ({
        manifest: manifestOfKept(objects),
        policy: encodePolicy(
          applyPolicy(EMPTY_POLICY, { kind: 'publish', keys: [ALPHA_KEY], logseq: BigInt(KEPT_ANCHOR) }),
        ),
      }),
      keptManifest,
      'MANIFEST.STATE',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose policy table is not there',
    clauses: '[STO-VFY-5] [STO-ERR-2]',
    history: 'cut',
    forge: (objects) => {
      const object = policyName(manifestOfKept(objects).policyHash);
      return { objects: withObjects(objects, { [object]: undefined }), object, code: 'STORE.MISSING' };
    },
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept anchor whose manifest says that a position was anchored before',
    clauses: '[STO-VFY-5]',
    history: 'cut',
    forge: inKept(
      (objects) => ({ manifest: { ...manifestOfKept(objects), anchored: 1n } }),
      keptManifest,
      'STORE.MISSING',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a cut log whose manifest says that nothing was anchored before',
    clauses: '[STO-VFY-5]',
    history: 'cut',
    forge: inManifest('MANIFEST.STATE', () => ({ manifest: { anchored: 0n } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a cut log whose manifest says that a greater position was anchored before',
    clauses: '[STO-VFY-5]',
    history: 'cut',
    forge: inManifest('STORE.MISSING', () => ({ manifest: { anchored: LOWER } })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a cut log whose manifest lists a type of record that was not kept',
    clauses: '[STO-VFY-5] [STO-CUT-1]',
    history: 'cut',
    forge: inManifest('STORE.MISSING', ({ types }) => ({
      manifest: { types: [...types, RECORD_TYPES['authority-rotate']] },
    })),
    ...right(ALPHA_KEY),
  },
  {
    name: 'a kept record of a type that no cut keeps',
    clauses: '[STO-VFY-5] [STO-CUT-1]',
    history: 'cut',
    forge: (objects) => {
      const [record] = appendBody([{ ...keptRecord(objects) }], {
        type: 'tombstone',
        key: MERGED_KEY,
        reason: 0,
      }).slice(1) as [ForgedRecord];
      const object = recordName(Number(record.logseq));
      return { objects: withKept(objects, record), object, code: 'STORE.CONFLICT' };
    },
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves of another chain',
    clauses: '[STO-VFY-5] [STO-CUT-5]',
    history: 'cut',
    forge: (objects) => ({
      ...changed(
        () => leavesName(CUTS.first),
        (bytes) => bytes.map((octet, at) => (at % LEAF_LENGTH === 0 ? octet : octet ^ 0x5a)),
        'STORE.CONFLICT',
      )(objects),
      object: recordName(KEPT_ANCHOR),
    }),
    ...right(ALPHA_KEY),
  },
  {
    name: 'kept leaves of which one says neither that it is public nor that it is not',
    clauses: '[STO-VFY-5] [LOG-TREE-1]',
    history: 'cut',
    forge: changed(
      () => leavesName(CUTS.second),
      (bytes) => bytes.map((octet, at) => (at === 5 * LEAF_LENGTH ? 2 : octet)),
      'STORE.CONFLICT',
    ),
    ...right(ALPHA_KEY),
  },
  {
    name: 'an anchor above a cut that names a position below it, without the leaves',
    clauses: '[STO-VFY-5] [STO-CUT-5]',
    history: 'cut',
    forge: (objects) =>
      without(
        () => leavesName(CUTS.second),
        'STORE.CONFLICT',
      )(addLowerAnchor(objects, lowerSnapshotId(objects))),
    ...right(ALPHA_KEY),
  },
];

export const SNAPSHOT_FORGERIES: readonly Forgery[] = [
  ...ANCHORS,
  ...MANIFESTS,
  ...POLICIES,
  ...CUT_LOGS,
  ...KEPT,
  ...LOST,
];

/** As {@link SNAPSHOT_FORGERIES} are made, without a lie. */
export const HONEST_SNAPSHOTS: readonly Honest[] = [
  {
    name: 'an anchor written again',
    histories: ['anchored', 'cut'],
    rewrite: (objects) => reanchor(objects, {}).objects,
  },
  {
    name: 'an anchor above a cut that names a position below it',
    histories: ['cut'],
    rewrite: (objects) => addLowerAnchor(objects, lowerSnapshotId(objects)),
  },
  {
    name: 'leaves of a cut that did not come to its end',
    histories: ['anchored', 'cut'],
    rewrite: (objects) => {
      const [first, second] = recordsOf(objects);
      if (first === undefined || second === undefined) throw new Error('the log has no two records');
      const leaves = Buffer.concat([first, second].map(leafData));
      return withObjects(objects, { [leavesName(Number(second.logseq))]: leaves });
    },
  },
  {
    name: 'a record that a cut kept which did not come to its end',
    histories: ['anchored', 'cut'],
    rewrite: (objects) => {
      const kept = recordsOf(objects).find((record) => bodyOf(record) !== undefined);
      if (kept === undefined) throw new Error('the log has no anchor');
      return withObjects(objects, { [recordName(Number(kept.logseq))]: encodeRecord(kept) });
    },
  },
  {
    name: 'leaves of a cut that did not come to its end, below one that did',
    histories: ['cut'],
    rewrite: (objects) => {
      const count = Number(LOWER) - CUTS.first;
      const leaves = objectOf(objects, leavesName(CUTS.second)).slice(0, LEAF_LENGTH * count);
      return withObjects(objects, { [leavesName(Number(LOWER))]: leaves });
    },
  },
];

function recordsOf(objects: Objects): LogRecord[] {
  return namesOf(objects, 'log/').flatMap((name) => scanLog(objectOf(objects, name)).records);
}

/** The seals of the log, in its order. */
function sealsOf(objects: Objects): ManifestSegment[] {
  return recordsOf(objects).flatMap(({ logseq, type, payload }) => {
    const body = decodePayload(type, payload)?.body;
    return body?.type === 'segment-seal' ? body.segmentIds.map((segmentId) => ({ logseq, segmentId })) : [];
  });
}

function holds(objects: Objects, segmentId: Uint8Array, { digest }: Reference): boolean {
  const records = decodeSegment(objectOf(objects, segmentName(segmentId)));
  return records.some(({ key }) => equalBytes(key.digest, digest));
}

/** The anchor that the second cut kept. */
function keptAnchor(objects: Objects): SnapshotAnchor {
  const body = bodyOf(keptRecord(objects));
  if (body === undefined) throw new Error('the record is no anchor');
  return body;
}

/** One anchor more above a cut, before that of its base: it names a position below the base. */
function addLowerAnchor(objects: Objects, snapshotId: Uint8Array): Objects {
  const { anchor } = lastAnchor(objects);
  return rewriteLog(
    objects,
    (records) => {
      const moved = records.map((record) => {
        const body = bodyOf(record);
        const logseq = record.logseq + 1n;
        return { ...record, logseq, ...(body && { payload: payloadLike(record, { ...body, logseq }) }) };
      });
      if (records[0]?.logseq !== anchor.logseq) return moved;
      const body = { ...anchor, snapshotLogseq: LOWER, snapshotId, manifestHash: MISSING_ID };
      return [{ ...(records[0] as ForgedRecord), payload: payloadLike(records[0], body) }, ...moved];
    },
    (header) =>
      equalBytes(header.baseManifestHash, NO_HASH)
        ? { ...header, baseLogseq: header.baseLogseq + 1n }
        : header,
  );
}

/** As a leaf gives it that a cut kept. */
function lowerSnapshotId(objects: Objects): Uint8Array {
  const leaves = objectOf(objects, leavesName(CUTS.second));
  const end = LEAF_LENGTH * (Number(LOWER) - CUTS.first);
  return snapshotIdOf(lastAnchor(objects).manifest.domainId, LOWER, leaves.subarray(end - 32, end));
}
