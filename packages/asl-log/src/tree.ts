import type { Bytes } from '@amduat/asl-core';
import { HASH_LENGTH } from './limits.js';
import type { LogRecord } from './record.js';

/**
 * The data of a record's leaf: the tree over the log (LOG-TREE-2) has one for every record.
 *
 * @spec LOG-TREE-1
 * @param record - of any type; borrowed.
 * @returns 33 octets: whether the payload is public, then the record_hash; owned.
 */
export function leafData(record: LogRecord): Bytes {
  const data = new Uint8Array(1 + HASH_LENGTH);
  // LOG-TREE-1: an empty payload, and one that begins with anything else, is not public.
  data[0] = record.payload[0] === 1 ? 1 : 0;
  data.set(record.recordHash, 1);
  return data;
}
