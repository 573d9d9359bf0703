import { createHash } from 'node:crypto';
import { asciiBytes, copyBytes, type Reference } from '@amduat/asl-core';
import { decodeGenesis, encodeGenesis, RECORD_TYPES, scanLog } from '@amduat/asl-log';
import type { IndexRecord } from '@amduat/asl-store-index';
import { decodeSegment, encodeSegment } from '@amduat/enc-asl-core-index';
import { appendBody, type ForgedRecord, logFile, rewriteLog } from './log.js';
import {
  blockName,
  logName,
  namesOf,
  type Objects,
  objectOf,
  segmentName,
  withObjects,
  writerName,
} from './objects.js';
import { ALPHA_KEY, BETA_KEY, CROWD_KEY, EMPTY_KEY, type History, LARGE_KEY, TAGGED_KEY } from './sample.js';
import { placeOf, type Resealed, resealOctets, resealRecord, resealRecords } from './segments.js';
import { HONEST_SNAPSHOTS, SNAPSHOT_FORGERIES } from './snapshots.js';

/** What a reader gets for the key a forgery is about: its bytes, nothing, or a refusal. */
export type Answer = 'right' | 'absent' | (string & {});

/** A store in which every hash is right for what it says, and something that it says is not. */
export interface Forgery {
  readonly name: string;
  readonly clauses: string;
  /** The sample is that of a closed domain; an open one by default. */
  readonly closed?: boolean;
  /** What the sample has; `plain` by default. */
  readonly history?: History;
  /** @returns the store, the object that is to be named, and the code. */
  forge(objects: Objects): { readonly objects: Objects; readonly object: string; readonly code: string };
  /** Of what a reader asks for. */
  readonly key: Reference;
  /** What the state may say of it: several answers where the way to search is free. */
  readonly view: readonly Answer[];
  /** What may be found by the reference alone. */
  readonly byReference: readonly Answer[];
}

/** What a forger does to a store that stays right. */
export interface Honest {
  readonly name: string;
  /** Of the samples that it is done to; `plain` by default. */
  readonly histories?: readonly History[];
  rewrite(objects: Objects): Objects;
}

type Forge = Forgery['forge'];
type Answers = Pick<Forgery, 'key' | 'view' | 'byReference'>;

const both = (key: Reference, ...answers: Answer[]): Answers => ({
  key,
  view: answers,
  byReference: answers,
});
/** The log is refused; bytes are found without it. */
const withoutLog = (code: string): Answers => ({ key: ALPHA_KEY, view: [code], byReference: ['right'] });

const refused = ({ objects, name }: Resealed, code: string): ReturnType<Forge> => ({
  objects,
  object: name,
  code,
});

/** One record of a segment changed by the encoder's rules. */
const inRecord =
  (key: Reference, code: string, change: (record: IndexRecord) => IndexRecord): Forge =>
  (objects) =>
    refused(resealRecord(objects, placeOf(objects, key), change), code);

/** Octets of a segment changed against the rules. */
const inOctets =
  (key: Reference, code: string, change: Parameters<typeof resealOctets>[2]): Forge =>
  (objects) =>
    refused(resealOctets(objects, placeOf(objects, key), change), code);

/** The first extent of a record moved. */
const moved = (record: IndexRecord, by: { offset?: number; length?: number }): IndexRecord => {
  const [first, ...rest] = record.location;
  if (first === undefined) throw new Error('the record has no extent');
  const { offset = 0, length = 0 } = by;
  const extent = { ...first, offset: first.offset + offset, length: first.length + length };
  return { ...record, location: [extent, ...rest] };
};

const MISSING_ID = new Uint8Array(32).fill(0x5a);
const LAST_EPOCH = 2;

/** Records of the last epoch changed; the log is right for what they say. */
const inLog =
  (code: string, change: (records: readonly ForgedRecord[]) => readonly ForgedRecord[]): Forge =>
  (objects) => ({
    objects: rewriteLog(objects, (records, epoch) => (epoch === LAST_EPOCH ? change(records) : records)),
    object: logName(LAST_EPOCH),
    code,
  });

/** One more record at the end, of some octets. */
const appended = (code: string, type: number, body: readonly Uint8Array[]): Forge =>
  inLog(code, (records) => {
    const logseq = (records.at(-1)?.logseq ?? 0n) + 1n;
    return [
      ...records,
      { logseq, type, payload: Buffer.concat([Uint8Array.of(1), new Uint8Array(32), ...body]) },
    ];
  });

function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** An anchor at the end of the log, for a position below. */
const anchored = (
  code: string,
  change: (anchor: { snapshotLogseq: bigint; logseq: bigint; snapshotId: Uint8Array }) => object,
): Forge =>
  inLog(code, (records) => {
    const logseq = (records.at(-1)?.logseq ?? 0n) + 1n;
    const anchor = { snapshotLogseq: logseq - 1n, logseq, snapshotId: MISSING_ID };
    const zero = new Uint8Array(32);
    const roots = { stateRoot: zero, publicRoot: zero, manifestHash: zero };
    return appendBody(records, { type: 'snapshot-anchor', ...roots, ...anchor, ...change(anchor) });
  });

/** The largest block, so that there is one to cut. */
function longestBlock(objects: Objects): string {
  const names = namesOf(objects, 'blocks/');
  const lengthOf = (name: string) => objectOf(objects, name).length;
  return names.reduce((longest, name) => (lengthOf(name) > lengthOf(longest) ? name : longest));
}

const inLongestBlock =
  (change: (bytes: Uint8Array) => Uint8Array): Forge =>
  (objects) => {
    const object = longestBlock(objects);
    const bytes = change(objectOf(objects, object));
    return { objects: withObjects(objects, { [object]: bytes }), object, code: 'CORE.BLOCK.DIGEST' };
  };

/** The first block of an artifact. */
function blockOf(objects: Objects, key: Reference): string {
  const { name, index } = placeOf(objects, key);
  const extent = decodeSegment(objectOf(objects, name))[index]?.location[0];
  if (extent === undefined) throw new Error('the artifact has no block');
  return blockName(extent.blockId);
}

/** A claim that is right in itself, of another line. */
function claimWith(claim: Uint8Array, change: (line: string) => string): Uint8Array {
  const [line = '', , rest = ''] = Buffer.from(claim).toString('latin1').split('\n');
  const changed = change(line);
  const hash = createHash('sha256').update(changed, 'latin1').digest('hex');
  return asciiBytes(`${changed}\n${hash}\n${rest === '' ? '' : `${rest}\n`}`);
}

const IN_SEGMENTS: readonly Forgery[] = [
  {
    name: 'two keys of one segment swapped',
    clauses: '[STO-VFY-1] [STO-RDR-6] [IDX-REC-3]',
    forge: (objects) => {
      const places = [placeOf(objects, ALPHA_KEY), placeOf(objects, BETA_KEY)];
      const swapped = resealRecords(objects, places[0] as (typeof places)[0], (records) => {
        const [alpha, beta] = places.map(({ index }) => records[index] as IndexRecord);
        return records.map((record) =>
          record === alpha
            ? { ...record, location: beta?.location ?? [] }
            : record === beta
              ? { ...record, location: alpha?.location ?? [] }
              : record,
        );
      });
      return refused(swapped, 'CORE.DIGEST');
    },
    ...both(ALPHA_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'a location one octet further on',
    clauses: '[STO-VFY-1] [STO-RDR-6]',
    forge: inRecord(ALPHA_KEY, 'CORE.DIGEST', (record) => moved(record, { offset: 1 })),
    ...both(ALPHA_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'a location one octet shorter',
    clauses: '[STO-VFY-1] [IDX-REC-3]',
    forge: inRecord(BETA_KEY, 'CORE.DIGEST', (record) => moved(record, { length: -1 })),
    ...both(BETA_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'the extents of a large artifact in another order',
    clauses: '[STO-VFY-1] [CORE-LOC-8]',
    forge: inRecord(LARGE_KEY, 'CORE.DIGEST', (record) => ({
      ...record,
      location: record.location.toReversed(),
    })),
    ...both(LARGE_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'an artifact without its type tag',
    clauses: '[STO-VFY-1] [CORE-ART-3]',
    forge: inRecord(TAGGED_KEY, 'CORE.DIGEST', ({ typeTag: _, ...record }) => record),
    ...both(TAGGED_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'the empty artifact located in a block',
    clauses: '[STO-VFY-1] [CORE-LOC-2]',
    forge: (objects) => {
      const { name, index } = placeOf(objects, ALPHA_KEY);
      const alpha = decodeSegment(objectOf(objects, name))[index];
      const change = (record: IndexRecord) => ({ ...record, location: alpha?.location ?? [] });
      return refused(resealRecord(objects, placeOf(objects, EMPTY_KEY), change), 'CORE.DIGEST');
    },
    ...both(EMPTY_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'an extent that ends beyond its block',
    clauses: '[STO-VFY-1] [CORE-LOC-5]',
    forge: inRecord(ALPHA_KEY, 'CORE.EXTENT.BOUNDS', (record) => moved(record, { length: 60 })),
    ...both(ALPHA_KEY, 'CORE.EXTENT.BOUNDS'),
  },
  {
    name: 'an extent that begins beyond its block',
    clauses: '[STO-VFY-1] [CORE-LOC-5]',
    forge: inRecord(ALPHA_KEY, 'CORE.EXTENT.BOUNDS', (record) => moved(record, { offset: 2 ** 31 })),
    ...both(ALPHA_KEY, 'CORE.EXTENT.BOUNDS'),
  },
  {
    name: 'a location in a block that is not there',
    clauses: '[STO-ERR-2] [CORE-LOC-4]',
    forge: (objects) => {
      const forged = resealRecord(objects, placeOf(objects, ALPHA_KEY), (record) => ({
        ...record,
        location: record.location.map((extent) => ({ ...extent, blockId: MISSING_ID })),
      }));
      return { objects: forged.objects, object: blockName(MISSING_ID), code: 'STORE.MISSING' };
    },
    ...both(ALPHA_KEY, 'STORE.MISSING'),
  },
  {
    name: 'records that are dated before their seal',
    clauses: '[STO-VFY-1] [SEG-REC-2] [IDX-VIS-2]',
    forge: (objects) => {
      const place = placeOf(objects, CROWD_KEY);
      const dated = (records: readonly IndexRecord[]) => records.map((record) => ({ ...record, logseq: 1n }));
      return refused(resealRecords(objects, place, dated), 'SEG.LOGSEQ');
    },
    ...both(CROWD_KEY, 'right'),
  },
  {
    name: 'two segments of one seal with one key',
    clauses: '[STO-VFY-5] [STO-VFY-1] [IDX-GET-3]',
    forge: (objects) => {
      const { name, segmentId, index } = placeOf(objects, ALPHA_KEY);
      const record = decodeSegment(objectOf(objects, name))[index] as IndexRecord;
      const rival = encodeSegment([{ ...record, visibility: 'published' }]);
      const sealed = rewriteLog(
        withObjects(objects, { [segmentName(rival.segmentId)]: rival.bytes }),
        (records) =>
          records.map((entry) =>
            entry.logseq === 1n
              ? (appendBody([], {
                  type: 'segment-seal',
                  segmentIds: [segmentId, rival.segmentId].sort(Buffer.compare),
                })[0] as ForgedRecord)
              : entry,
          ),
      );
      const later = [name, segmentName(rival.segmentId)].sort().at(-1) as string;
      return { objects: sealed, object: later, code: 'IDX.DUPLICATE' };
    },
    key: ALPHA_KEY,
    view: ['IDX.DUPLICATE'],
    byReference: ['right'],
  },
  {
    name: 'a visibility that does not exist',
    clauses: '[STO-VFY-1] [SEG-REC-5]',
    forge: inOctets(ALPHA_KEY, 'SEG.RECORD.VISIBILITY', (bytes, record) => {
      bytes[record + 58] = 2;
    }),
    ...both(ALPHA_KEY, 'SEG.RECORD.VISIBILITY'),
  },
  {
    name: 'flags that do not exist',
    clauses: '[STO-VFY-1] [SEG-REC-3]',
    forge: inOctets(ALPHA_KEY, 'SEG.RECORD.FLAGS', (bytes, record) => {
      bytes[record + 57] = 4;
    }),
    ...both(ALPHA_KEY, 'SEG.RECORD.FLAGS'),
  },
  {
    name: 'a tombstone that keeps its location',
    clauses: '[STO-VFY-1] [SEG-REC-7]',
    forge: inOctets(ALPHA_KEY, 'SEG.RECORD.TOMBSTONE', (bytes, record) => {
      bytes[record + 57] = 1;
    }),
    ...both(ALPHA_KEY, 'SEG.RECORD.TOMBSTONE'),
  },
  {
    name: 'a reserved octet of a record',
    clauses: '[STO-VFY-1] [SEG-HDR-7]',
    forge: inOctets(ALPHA_KEY, 'SEG.RESERVED', (bytes, record) => {
      bytes[record + 59] = 1;
    }),
    ...both(ALPHA_KEY, 'SEG.RESERVED'),
  },
  {
    name: 'a domain that is not in the table',
    clauses: '[STO-VFY-1] [SEG-REC-6]',
    forge: inOctets(ALPHA_KEY, 'SEG.RECORD.DOMAIN', (bytes, record) => {
      bytes[record + 60] = 1;
    }),
    ...both(ALPHA_KEY, 'SEG.RECORD.DOMAIN'),
  },
  {
    name: 'a filter without its keys',
    clauses: '[STO-VFY-1] [SEG-BLM-2] [SEG-BLM-3]',
    forge: inOctets(CROWD_KEY, 'SEG.BLOOM', (bytes, _, { filterOffset, fanOutOffset }) => {
      bytes.fill(0, filterOffset, fanOutOffset);
    }),
    ...both(CROWD_KEY, 'right', 'absent'),
  },
  {
    name: 'a fan-out that falls',
    clauses: '[STO-VFY-1] [SEG-FAN-2] [SEG-FAN-3]',
    forge: inOctets(CROWD_KEY, 'SEG.FANOUT', (bytes, _, { fanOutOffset, paddingOffset }) => {
      for (let at = fanOutOffset; at < paddingOffset; at += 8) bytes.set([0xff, 0xff], at);
    }),
    ...both(CROWD_KEY, 'SEG.FANOUT'),
  },
  {
    name: 'records in another order',
    clauses: '[STO-VFY-1] [SEG-REC-1]',
    forge: inOctets(CROWD_KEY, 'SEG.ORDER', (bytes, record) => {
      const [first, second] = [copyBytes(bytes.subarray(record, record + 64)), record + 64];
      bytes.copyWithin(record, second, second + 64);
      bytes.set(first, second);
    }),
    ...both(CROWD_KEY, 'right', 'absent'),
  },
  {
    name: 'the padding before the records in use',
    clauses: '[STO-VFY-1] [SEG-FILE-2]',
    forge: inOctets(ALPHA_KEY, 'SEG.PADDING', (bytes, _, { recordsOffset }) => {
      bytes[recordsOffset - 1] = 1;
    }),
    ...both(ALPHA_KEY, 'right'),
  },
  {
    name: 'a table entry that nothing names',
    clauses: '[STO-VFY-1] [SEG-TAB-2]',
    forge: (objects) => {
      const place = placeOf(objects, ALPHA_KEY);
      const named = resealRecord(objects, place, (record) => ({ ...record, domain: MISSING_ID }));
      const change = (bytes: Uint8Array, record: number) => void bytes.fill(0, record + 60, record + 62);
      return refused(
        resealOctets(named.objects, placeOf(named.objects, ALPHA_KEY), change),
        'SEG.TABLE.UNUSED',
      );
    },
    ...both(ALPHA_KEY, 'right'),
  },
  {
    name: 'a segment under the name of another',
    clauses: '[STO-VFY-1] [SEG-ID-2] [SEG-ID-3]',
    forge: (objects) => {
      const object = placeOf(objects, ALPHA_KEY).name;
      const other = objectOf(objects, placeOf(objects, LARGE_KEY).name);
      return { objects: withObjects(objects, { [object]: other }), object, code: 'SEG.DIGEST' };
    },
    ...both(ALPHA_KEY, 'SEG.DIGEST'),
  },
];

const IN_BLOCKS: readonly Forgery[] = [
  {
    name: 'a block that is cut short',
    clauses: '[STO-VFY-1] [CORE-BLK-2]',
    forge: inLongestBlock((bytes) => bytes.subarray(0, -1)),
    ...both(LARGE_KEY, 'CORE.EXTENT.BOUNDS'),
  },
  {
    name: 'a block that goes on',
    clauses: '[STO-VFY-1] [CORE-BLK-2]',
    forge: inLongestBlock((bytes) => Buffer.concat([bytes, Uint8Array.of(0)])),
    ...both(LARGE_KEY, 'right'),
  },
  {
    name: 'two blocks under one another’s names',
    clauses: '[STO-VFY-1] [CORE-BLK-2] [STO-RDR-6]',
    forge: (objects) => {
      const [object, other] = [blockOf(objects, ALPHA_KEY), blockOf(objects, TAGGED_KEY)];
      const swapped = { [object]: objectOf(objects, other), [other]: objectOf(objects, object) };
      return { objects: withObjects(objects, swapped), object, code: 'CORE.BLOCK.DIGEST' };
    },
    ...both(TAGGED_KEY, 'CORE.DIGEST'),
  },
  {
    name: 'a second generation of a block with other bytes',
    clauses: '[STO-VFY-1] [STO-OBJ-3]',
    forge: (objects) => {
      const first = blockOf(objects, ALPHA_KEY);
      const object = `${first.slice(0, -1)}1`;
      return {
        objects: withObjects(objects, { [object]: asciiBytes('others') }),
        object,
        code: 'CORE.BLOCK.DIGEST',
      };
    },
    ...both(ALPHA_KEY, 'right'),
  },
];

const IN_LOGS: readonly Forgery[] = [
  {
    name: 'a seal of a segment that is not there',
    clauses: '[STO-ERR-2] [LOG-RPL-5]',
    forge: (objects) => {
      const { objects: forged } = inLog('', (records) =>
        appendBody(records, { type: 'segment-seal', segmentIds: [MISSING_ID] }),
      )(objects);
      return { objects: forged, object: segmentName(MISSING_ID), code: 'STORE.MISSING' };
    },
    key: ALPHA_KEY,
    view: ['STORE.MISSING'],
    byReference: ['right'],
  },
  {
    name: 'the log of another domain',
    clauses: '[STO-VFY-1] [LOG-HDR-7]',
    forge: (objects) => {
      const domainId = new Uint8Array(32).fill(0x77);
      const { records } = scanLog(objectOf(objects, logName(1)));
      const header = {
        domainId,
        baseLogseq: 0n,
        baseRecordHash: domainId,
        baseManifestHash: new Uint8Array(32),
      };
      const forged = { [logName(1)]: logFile(header, records), [logName(2)]: undefined };
      return { objects: withObjects(objects, forged), object: logName(1), code: 'LOG.DOMAIN' };
    },
    ...withoutLog('LOG.DOMAIN'),
  },
  {
    name: 'an epoch that begins where no lower one ends',
    clauses: '[STO-VFY-5] [STO-EPO-5]',
    forge: (objects) => {
      const { header, records } = scanLog(objectOf(objects, logName(2)));
      const later = records.map((record) => ({ ...record, logseq: record.logseq + 3n }));
      const forged = logFile({ ...header, baseLogseq: header.baseLogseq + 3n }, later);
      return {
        objects: withObjects(objects, { [logName(2)]: forged }),
        object: logName(1),
        code: 'LOG.BASE',
      };
    },
    ...withoutLog('LOG.BASE'),
  },
  {
    name: 'two epochs that disagree on the record between them',
    clauses: '[STO-EPO-5]',
    forge: (objects) => {
      const { header, records } = scanLog(objectOf(objects, logName(2)));
      const forged = logFile({ ...header, baseRecordHash: MISSING_ID }, records);
      return {
        objects: withObjects(objects, { [logName(2)]: forged }),
        object: logName(1),
        code: 'LOG.BASE',
      };
    },
    ...withoutLog('LOG.BASE'),
  },
  {
    name: 'a lower epoch that says something else than it did when it was succeeded',
    clauses: '[STO-EPO-5] [LOG-CHN-1]',
    forge: (objects) => {
      const { header, records } = scanLog(objectOf(objects, logName(1)));
      const forged = logFile(header, [
        ...records.slice(0, -1),
        ...appendBody(records.slice(0, -1), { type: 'tombstone', key: ALPHA_KEY, reason: 1 }).slice(-1),
      ]);
      return {
        objects: withObjects(objects, { [logName(1)]: forged }),
        object: logName(1),
        code: 'LOG.BASE',
      };
    },
    ...withoutLog('LOG.BASE'),
  },
  {
    name: 'an epoch without the log files below its base',
    clauses: '[STO-EPO-4] [STO-EPO-5]',
    forge: (objects) => ({
      objects: withObjects(objects, { [logName(1)]: undefined }),
      object: logName(2),
      code: 'LOG.BASE',
    }),
    ...withoutLog('LOG.BASE'),
  },
  {
    name: 'a record in a lower epoch, above the base of the next, that does not follow',
    clauses: '[STO-VFY-1] [LOG-CHN-1]',
    forge: (objects) => {
      const bytes = objectOf(objects, logName(1));
      const { header, records, end } = scanLog(bytes);
      const next = appendBody(records, { type: 'tombstone', key: ALPHA_KEY, reason: 1 }).slice(-1);
      const frame = logFile({ ...header, baseRecordHash: MISSING_ID, baseLogseq: 9n }, next).subarray(160);
      const forged = Buffer.concat([bytes.subarray(0, end.offset), frame]);
      return {
        objects: withObjects(objects, { [logName(1)]: forged }),
        object: logName(1),
        code: 'LOG.CHAIN',
      };
    },
    ...both(ALPHA_KEY, 'right'),
  },
  {
    name: 'a frame that stands there twice',
    clauses: '[STO-VFY-1] [LOG-REC-1]',
    forge: (objects) => {
      const bytes = objectOf(objects, logName(2));
      const { frames, end } = scanLog(bytes);
      const last = bytes.subarray(frames.at(-1)?.offset, end.offset);
      const forged = Buffer.concat([bytes.subarray(0, end.offset), last]);
      return { objects: withObjects(objects, { [logName(2)]: forged }), object: logName(2), code: 'LOG.SEQ' };
    },
    ...withoutLog('LOG.SEQ'),
  },
  {
    name: 'a gap in the logseq',
    clauses: '[STO-VFY-1] [LOG-REC-1]',
    forge: inLog('LOG.SEQ', (records) =>
      records.map((record, index) => (index === 0 ? record : { ...record, logseq: record.logseq + 1n })),
    ),
    ...withoutLog('LOG.SEQ'),
  },
  {
    name: 'a record of type 0',
    clauses: '[STO-VFY-1] [LOG-REC-2]',
    forge: appended('LOG.TYPE', 0, []),
    ...withoutLog('LOG.TYPE'),
  },
  {
    name: 'a salt in an open domain',
    clauses: '[STO-VFY-1] [LOG-PFX-2]',
    forge: inLog('LOG.SALT', (records) =>
      appendBody(records, { type: 'tombstone', key: BETA_KEY, reason: 0 }, { salt: MISSING_ID }),
    ),
    ...withoutLog('LOG.SALT'),
  },
  {
    name: 'a record of an open domain that is not public',
    clauses: '[STO-VFY-1] [LOG-PFX-1]',
    forge: inLog('LOG.PUBLIC', (records) =>
      appendBody(records, { type: 'tombstone', key: BETA_KEY, reason: 0 }, { public: 0 }),
    ),
    ...withoutLog('LOG.PUBLIC'),
  },
  {
    name: 'a tombstone of a published key that is not public',
    clauses: '[STO-VFY-1] [LOG-PFX-1]',
    closed: true,
    forge: inLog('LOG.PUBLIC', (records) =>
      appendBody(records, { type: 'tombstone', key: ALPHA_KEY, reason: 0 }, { public: 0 }),
    ),
    ...withoutLog('LOG.PUBLIC'),
  },
  {
    name: 'a seal of a closed domain that is public',
    clauses: '[STO-VFY-1] [LOG-PFX-1]',
    closed: true,
    forge: inLog('LOG.PUBLIC', (records) =>
      appendBody(records, { type: 'segment-seal', segmentIds: [MISSING_ID] }, { public: 1 }),
    ),
    ...withoutLog('LOG.PUBLIC'),
  },
  {
    name: 'a lift of no tombstone',
    clauses: '[STO-VFY-1] [LOG-ACT-3]',
    forge: inLog('LOG.LIFT', (records) => appendBody(records, { type: 'tombstone-lift', tombstone: 1n })),
    ...withoutLog('LOG.LIFT'),
  },
  {
    name: 'an anchor with the SnapshotID of nothing',
    clauses: '[STO-VFY-1] [LOG-ACT-6]',
    forge: anchored('LOG.ANCHOR.SNAPSHOT', () => ({})),
    ...withoutLog('LOG.ANCHOR.SNAPSHOT'),
  },
  {
    name: 'an anchor of its own position',
    clauses: '[STO-VFY-1] [LOG-ACT-5]',
    forge: anchored('LOG.ANCHOR.POSITION', ({ logseq }) => ({ snapshotLogseq: logseq })),
    ...withoutLog('LOG.ANCHOR.POSITION'),
  },
  {
    name: 'a seal of no segment',
    clauses: '[STO-VFY-1] [LOG-PAY-2]',
    forge: appended('LOG.PAYLOAD.COUNT', RECORD_TYPES['segment-seal'], [u32(0)]),
    ...withoutLog('LOG.PAYLOAD.COUNT'),
  },
  {
    name: 'a seal of one segment twice',
    clauses: '[STO-VFY-1] [LOG-PAY-3]',
    forge: appended('LOG.PAYLOAD.ORDER', RECORD_TYPES['segment-seal'], [u32(2), MISSING_ID, MISSING_ID]),
    ...withoutLog('LOG.PAYLOAD.ORDER'),
  },
  {
    name: 'a publication of a key of no hash function',
    clauses: '[STO-VFY-1] [LOG-PAY-4]',
    forge: appended('LOG.PAYLOAD.HASH_ID', RECORD_TYPES['artifact-publish'], [
      u32(1),
      Uint8Array.of(0x7f, 0x7f),
      MISSING_ID,
    ]),
    ...withoutLog('LOG.PAYLOAD.HASH_ID'),
  },
  {
    name: 'a payload that goes on after its fields',
    clauses: '[STO-VFY-1] [LOG-PAY-1]',
    forge: appended('LOG.PAYLOAD.LENGTH', RECORD_TYPES['segment-seal'], [u32(1), MISSING_ID, MISSING_ID]),
    ...withoutLog('LOG.PAYLOAD.LENGTH'),
  },
];

const ELSEWHERE: readonly Forgery[] = [
  {
    name: 'the genesis manifest under another name',
    clauses: '[STO-VFY-4] [STO-VFY-1] [DOM-ID-2]',
    forge: (objects) => {
      const object = 'snapshots/genesis';
      const genesis = encodeGenesis({ ...decodeGenesis(objectOf(objects, object)), name: 'other' });
      return { objects: withObjects(objects, { [object]: genesis }), object, code: 'DOM.ID' };
    },
    ...withoutLog('LOG.DOMAIN'),
  },
  {
    name: 'the genesis manifest of an open domain made closed',
    clauses: '[STO-VFY-1] [DOM-ID-2]',
    forge: (objects) => {
      const object = 'snapshots/genesis';
      const genesis = encodeGenesis({ ...decodeGenesis(objectOf(objects, object)), open: false });
      return { objects: withObjects(objects, { [object]: genesis }), object, code: 'DOM.ID' };
    },
    ...withoutLog('LOG.DOMAIN'),
  },
  {
    name: 'the claim of another domain',
    clauses: '[STO-VFY-4] [STO-VFY-1]',
    forge: (objects) => {
      const object = writerName(2);
      const other = 'ab'.repeat(32);
      const claim = claimWith(objectOf(objects, object), (line) => line.replace(/[0-9a-f]{64}/, other));
      return { objects: withObjects(objects, { [object]: claim }), object, code: 'STORE.CONFLICT' };
    },
    ...both(ALPHA_KEY, 'right'),
  },
  {
    name: 'a claim with a field that there is not',
    clauses: '[STO-VFY-1]',
    forge: (objects) => {
      const object = writerName(2);
      const claim = claimWith(objectOf(objects, object), (line) => line.replace(/\}$/, ',"more":1}'));
      return { objects: withObjects(objects, { [object]: claim }), object, code: 'STORE.CONFLICT' };
    },
    ...both(ALPHA_KEY, 'right'),
  },
  {
    name: 'an object with a name of its own',
    clauses: '[STO-ERR-3] [STO-OBJ-1]',
    forge: (objects) => {
      const object = 'blocks/readme.txt';
      return {
        objects: withObjects(objects, { [object]: asciiBytes('hello') }),
        object,
        code: 'STORE.STRAY',
      };
    },
    ...both(ALPHA_KEY, 'right'),
  },
];

export const FORGERIES: readonly Forgery[] = [
  ...IN_SEGMENTS,
  ...IN_BLOCKS,
  ...IN_LOGS,
  ...ELSEWHERE,
  ...SNAPSHOT_FORGERIES,
];

/** Everything a forger does, without a lie: what is found in a forgery is the lie, not the forger's hand. */
export const HONEST: readonly Honest[] = [
  ...HONEST_SNAPSHOTS,
  { name: 'the log rewritten', rewrite: (objects) => rewriteLog(objects, (records) => records) },
  {
    name: 'a segment sealed again with another visibility',
    rewrite: (objects) =>
      resealRecord(objects, placeOf(objects, BETA_KEY), (record) => ({ ...record, visibility: 'published' }))
        .objects,
  },
  {
    name: 'octets of a segment changed within the rules',
    rewrite: (objects) =>
      resealOctets(objects, placeOf(objects, ALPHA_KEY), (bytes, record) => {
        bytes[record + 58] = 1;
      }).objects,
  },
  {
    name: 'a claim written again',
    rewrite: (objects) =>
      withObjects(objects, { [writerName(1)]: claimWith(objectOf(objects, writerName(1)), (line) => line) }),
  },
  {
    name: 'a tombstone and its lift',
    rewrite: (objects) =>
      rewriteLog(objects, (records, epoch) => {
        if (epoch !== LAST_EPOCH) return records;
        const more = appendBody(records, { type: 'tombstone', key: ALPHA_KEY, reason: 1 });
        return appendBody(more, { type: 'tombstone-lift', tombstone: more.at(-1)?.logseq ?? 0n });
      }),
  },
];
