// @ts-check
import { z } from 'zod';
import { bytes, hex32, referenceBytes, u8, u32, u64 } from './values.mjs';

/** @import { Operation } from './operations.mjs' */

const record = z.strictObject({
  key: referenceBytes,
  logseq: u64,
  tombstone: z.boolean(),
  extents: z.array(z.strictObject({ block: hex32, offset: u32, length: u32 })),
  typeTag: u32.optional(),
  visibility: z.enum(['internal', 'published']),
  domain: hex32,
  source: hex32,
});
const records = z.strictObject({ records: z.array(record) });

/** @type {Readonly<Record<string, Operation>>} */
export const segmentOperations = {
  // A set of index records to a segment, and back, in ascending order.
  'segment.encode': {
    in: records,
    ok: z.strictObject({ bytes, segmentId: hex32 }),
    inverse: 'segment.decode',
  },
  'segment.decode': {
    in: z.strictObject({ bytes, segmentId: hex32.optional() }),
    ok: records,
    inverse: 'segment.encode',
  },
  'segment.id': { in: z.strictObject({ bytes }), ok: z.strictObject({ segmentId: hex32 }) },

  // A lookup by positioned reads. The byte at damage.offset is changed by an exclusive or before it; segmentId, if it is
  // not given, is that of the bytes before the damage.
  'segment.lookup': {
    in: z.strictObject({
      bytes,
      key: referenceBytes,
      segmentId: hex32.optional(),
      damage: z.strictObject({ offset: u32, xor: u8 }).optional(),
    }),
    ok: z.strictObject({ record: record.optional(), absent: z.literal(true).optional() }),
  },

  // Whether the filter leaves it open that a segment holds a key.
  'segment.mayContain': {
    in: z.strictObject({ bytes, key: referenceBytes }),
    ok: z.strictObject({ mayContain: z.boolean() }),
  },
};
