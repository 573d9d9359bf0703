import { createHash } from 'node:crypto';
import {
  decodePayload,
  encodeHeader,
  encodePayload,
  type LogHeader,
  RECORD_TYPES,
  type RecordBody,
  recordHashOf,
  scanLog,
} from '@amduat/asl-log';
import { namesOf, type Objects, objectOf, withObjects } from './objects.js';

/** What of a record a forger chooses; its hash follows. */
export interface ForgedRecord {
  readonly logseq: bigint;
  readonly type: number;
  readonly payload: Uint8Array;
}

type Change = (records: readonly ForgedRecord[], epoch: number) => readonly ForgedRecord[];

/**
 * Writes the log anew with other records, each in a frame of its own: chain, bases and hashes are right for what it says.
 * A header may be changed beside that.
 */
export function rewriteLog(
  objects: Objects,
  change: Change,
  changeHeader: (header: LogHeader) => LogHeader = (header) => header,
): Objects {
  const hashes = new Map<bigint, Uint8Array>();
  const changes: Record<string, Uint8Array> = {};
  for (const name of namesOf(objects, 'log/')) {
    const scan = scanLog(objectOf(objects, name));
    const header = changeHeader(scan.header);
    const baseRecordHash = hashes.get(header.baseLogseq) ?? header.baseRecordHash;
    changes[name] = logFile(
      { ...header, baseRecordHash },
      change(scan.records, Number(name.slice(4))),
      hashes,
    );
  }
  return withObjects(objects, changes);
}

/** A log file; every record_hash is noted in `hashes`. */
export function logFile(
  header: LogHeader,
  records: readonly ForgedRecord[],
  hashes: Map<bigint, Uint8Array> = new Map(),
): Uint8Array {
  const parts: Uint8Array[] = [encodeHeader(header)];
  let previous = header.baseRecordHash;
  for (const record of records) {
    previous = recordHashOf(previous, record.type, record.payload);
    hashes.set(record.logseq, previous);
    parts.push(frameOf(record, previous));
  }
  return Buffer.concat(parts);
}

/** As ASL/LOG/1 §9.2 says, without a look at what is written. */
function frameOf({ logseq, type, payload }: ForgedRecord, recordHash: Uint8Array): Uint8Array {
  const recordHead = Buffer.alloc(16);
  recordHead.writeBigUInt64LE(logseq, 0);
  recordHead.writeUInt32LE(type, 8);
  recordHead.writeUInt32LE(payload.length, 12);
  const record = Buffer.concat([recordHead, payload, recordHash]);
  const head = Buffer.alloc(16);
  head.write('ASLF', 0, 'latin1');
  head.writeUInt32LE(record.length, 4);
  head.writeBigUInt64LE(logseq, 8);
  const frameHash = createHash('sha256').update(head).update(record).digest();
  return Buffer.concat([head, frameHash, record]);
}

/** The record after the last, saying something. */
export function appendBody(
  records: readonly ForgedRecord[],
  body: RecordBody,
  prefix: { readonly public?: number; readonly salt?: Uint8Array } = {},
): ForgedRecord[] {
  const logseq = (records.at(-1)?.logseq ?? 0n) + 1n;
  const { public: isPublic = 1, salt = new Uint8Array(32) } = prefix;
  const payload = encodePayload({ public: isPublic, salt, body });
  return [...records, { logseq, type: RECORD_TYPES[body.type], payload }];
}

/** With another SegmentID wherever one stands. */
export function replaceSegmentId(
  records: readonly ForgedRecord[],
  from: Uint8Array,
  to: Uint8Array,
): ForgedRecord[] {
  return records.map((record) => {
    const decoded = decodePayload(record.type, record.payload);
    if (decoded?.body.type !== 'segment-seal') return record;
    const segmentIds = decoded.body.segmentIds
      .map((id) => (Buffer.compare(id, from) === 0 ? to : id))
      .sort(Buffer.compare);
    return { ...record, payload: encodePayload({ ...decoded, body: { type: 'segment-seal', segmentIds } }) };
  });
}
