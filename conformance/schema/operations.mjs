// @ts-check
import { z } from 'zod';
import { checkpointOperations } from './checkpoint-operations.mjs';
import { logOperations } from './log-operations.mjs';
import { proofOperations } from './proof-operations.mjs';
import { segmentOperations } from './segment-operations.mjs';
import { snapshotOperations } from './snapshot-operations.mjs';
import { bytes, referenceBytes, u16, u32, u64 } from './values.mjs';

/**
 * One operation of an implementation: what a vector's `in` holds, and what `expect.ok` holds.
 * `inverse` names the operation that leads back from `ok` to `in`; only such an operation has roundtrip vectors.
 * @typedef {{ in: z.ZodObject, ok: z.ZodObject, inverse?: string }} Operation
 */

const artifact = { bytes, typeTag: u32.optional() };
const encoded = z.strictObject({ bytes });
const text = z.strictObject({ text: z.string() });
const nothing = z.strictObject({});

const tombstone = z.strictObject({ kind: z.literal('tombstone'), key: referenceBytes, logseq: u64 });
const lift = z.strictObject({ kind: z.literal('lift'), tombstone: u64 });
const publication = z.strictObject({
  kind: z.enum(['publish', 'unpublish']),
  keys: z.array(referenceBytes).min(1),
  logseq: u64,
});
const changes = z.array(z.discriminatedUnion('kind', [tombstone, lift, publication]));
const policyRow = z.strictObject({
  key: referenceBytes,
  tombstones: z.array(u64),
  publication: z.strictObject({ published: z.boolean(), logseq: u64 }).optional(),
});

/** @type {Readonly<Record<string, Operation>>} */
export const operations = {
  // An artifact to its canonical encoding, and back.
  'core.encodeArtifact': { in: z.strictObject(artifact), ok: encoded, inverse: 'core.decodeArtifact' },
  'core.decodeArtifact': { in: encoded, ok: z.strictObject(artifact), inverse: 'core.encodeArtifact' },

  // The reference of an artifact; without hashId, by the default hash function.
  'core.reference': {
    in: z.strictObject({ ...artifact, hashId: u16.optional() }),
    ok: z.strictObject({ reference: referenceBytes, text: z.string() }),
  },

  // The same for an artifact that arrives in pieces, with the length that was announced.
  'core.streamReference': {
    in: z.strictObject({
      chunks: z.array(bytes),
      length: u64,
      typeTag: u32.optional(),
      hashId: u16.optional(),
    }),
    ok: z.strictObject({ reference: referenceBytes }),
  },

  // The binary form of a reference to its text form, and back.
  'core.decodeReference': { in: encoded, ok: text, inverse: 'core.parseReference' },
  'core.parseReference': {
    in: text,
    ok: z.strictObject({ reference: referenceBytes }),
    inverse: 'core.decodeReference',
  },

  // The place of `a` before, at or after `b`; both are binary references.
  'core.compareReferences': {
    in: z.strictObject({ a: bytes, b: bytes }),
    ok: z.strictObject({ order: z.union([z.literal(-1), z.literal(0), z.literal(1)]) }),
  },

  // Whether an artifact is the one that a binary reference names.
  'core.verify': { in: z.strictObject({ reference: bytes, ...artifact }), ok: nothing },

  // The BlockID of bytes that are sealed; whether bytes are those of a BlockID.
  'core.sealBlock': { in: encoded, ok: z.strictObject({ id: bytes }) },
  'core.verifyBlock': { in: z.strictObject({ id: bytes, bytes }), ok: nothing },

  // The bytes of an artifact of `length` bytes at a location, from the blocks at hand.
  'core.readLocation': {
    in: z.strictObject({
      blocks: z.array(z.strictObject({ id: bytes, bytes })),
      extents: z.array(z.strictObject({ block: bytes, offset: u32, length: u32 })),
      length: u64,
    }),
    ok: encoded,
  },

  // The label of the record that a key has at a position, or that it has none. Segments are listed by seal; those of
  // equal records are one segment that was sealed more than once.
  'index.lookup': {
    in: z.strictObject({
      segments: z.array(
        z.strictObject({
          seal: u64,
          records: z.array(
            z.strictObject({ key: referenceBytes, logseq: u64, tombstone: z.boolean(), label: z.string() }),
          ),
        }),
      ),
      key: referenceBytes,
      position: u64,
    }),
    ok: z.strictObject({ record: z.string().optional(), absent: z.literal(true).optional() }),
  },

  // The name of the state at a position, and the text form of both; that text read; whether two texts name one state.
  'state.snapshotId': {
    in: z.strictObject({ domainId: bytes, position: u64, recordHash: bytes }),
    ok: z.strictObject({ snapshotId: bytes, text: z.string() }),
  },
  'state.parse': { in: text, ok: z.strictObject({ snapshotId: bytes, position: u64 }) },
  'state.equal': {
    in: z.strictObject({ a: z.string(), b: z.string() }),
    ok: z.strictObject({ equal: z.boolean() }),
  },

  // The policy table after changes, in ascending order of keys.
  'policy.apply': {
    in: z.strictObject({ changes }),
    ok: z.strictObject({ rows: z.array(policyRow) }),
  },

  // The verdict on a key after changes, given whether a lookup finds a record for it.
  'policy.verdict': {
    in: z.strictObject({ changes, key: referenceBytes, hasRecord: z.boolean() }),
    ok: z.strictObject({ verdict: z.enum(['inadmissible', 'absent', 'internal', 'published']) }),
  },

  // Whether a put, or a removal, of a key is admitted; hasRecord is as in policy.verdict.
  'open.put': {
    in: z.strictObject({ changes, key: referenceBytes, hasRecord: z.boolean() }),
    ok: nothing,
  },
  'open.remove': {
    in: z.strictObject({ changes, key: referenceBytes, hasRecord: z.boolean(), hasOpenRecord: z.boolean() }),
    ok: nothing,
  },

  // Where puts of these lengths go, and how long the blocks get. Blocks are numbered from 0 as they are begun; the
  // segment is sealed after the puts of the indices in sealAt, and at the end.
  'pack.plan': {
    in: z.strictObject({
      blockLength: u32,
      smallLength: u32,
      lengths: z.array(u64),
      sealAt: z.array(u32).optional(),
    }),
    ok: z.strictObject({
      placements: z.array(z.array(z.strictObject({ block: u32, offset: u32, length: u32 }))),
      blocks: z.array(u64),
    }),
  },

  ...segmentOperations,
  ...logOperations,
  ...snapshotOperations,
  ...checkpointOperations,
  ...proofOperations,
};
