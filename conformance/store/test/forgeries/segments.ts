import { copyBytes, equalBytes, type Reference } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import {
  decodeSegment,
  encodeSegment,
  RECORD_LENGTH,
  readLayout,
  type SegmentLayout,
  segmentIdOf,
} from '@amduat/enc-asl-core-index';
import { replaceSegmentId, rewriteLog } from './log.js';
import { namesOf, type Objects, objectOf, segmentName, withObjects } from './objects.js';

/** The segment that has a record of a key, and the number of the record. */
export interface Place {
  readonly name: string;
  readonly segmentId: Uint8Array;
  readonly index: number;
}

export function placeOf(objects: Objects, key: Reference): Place {
  for (const name of namesOf(objects, 'segments/')) {
    const bytes = objectOf(objects, name);
    const records = decodeSegment(bytes);
    const index = records.findIndex((record) => equalBytes(record.key.digest, key.digest));
    if (index >= 0 && !records[index]?.tombstone) return { name, segmentId: segmentIdOf(bytes), index };
  }
  throw new Error('no segment has the key');
}

/** A forged store, and the segment with the lie. */
export interface Resealed {
  readonly objects: Objects;
  readonly name: string;
}

/** Puts other bytes in a segment's place, under their own SegmentID, and lets the log seal that. */
function reseal(objects: Objects, { name, segmentId }: Place, bytes: Uint8Array): Resealed {
  const forgedId = segmentIdOf(bytes);
  const forgedName = segmentName(forgedId);
  const replaced = withObjects(objects, { [name]: undefined, [forgedName]: bytes });
  const resealed = rewriteLog(replaced, (records) => replaceSegmentId(records, segmentId, forgedId));
  return { objects: resealed, name: forgedName };
}

/** Seals a segment again with other records; the encoder sees to the rest. */
export function resealRecords(
  objects: Objects,
  place: Place,
  change: (records: readonly IndexRecord[]) => readonly IndexRecord[],
): Resealed {
  const records = decodeSegment(objectOf(objects, place.name));
  return reseal(objects, place, encodeSegment(change(records)).bytes);
}

/** Seals a segment again with one record changed. */
export function resealRecord(
  objects: Objects,
  place: Place,
  change: (record: IndexRecord) => IndexRecord,
): Resealed {
  return resealRecords(objects, place, (records) =>
    records.map((record, index) => (index === place.index ? change(record) : record)),
  );
}

/** Seals a segment again with some of its octets changed, whatever the encoder would think of it. */
export function resealOctets(
  objects: Objects,
  place: Place,
  change: (bytes: Uint8Array, record: number, layout: SegmentLayout) => void,
): Resealed {
  const bytes = copyBytes(objectOf(objects, place.name));
  const layout = readLayout(bytes, bytes.length);
  change(bytes, layout.recordsOffset + RECORD_LENGTH * place.index, layout);
  return reseal(objects, place, bytes);
}
