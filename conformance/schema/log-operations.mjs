// @ts-check
import { z } from 'zod';
import { bytes, hex32, referenceBytes, u32, u64 } from './values.mjs';

/** @import { Operation } from './operations.mjs' */

const genesis = z.strictObject({
  authorityKey: hex32,
  recoveryKeyHash: hex32,
  name: z.string(),
  open: z.boolean(),
  nonce: hex32,
});

const owner = { domainId: hex32, open: z.boolean() };
const writer = { ...owner, secret: hex32.optional() };
const keys = z.array(referenceBytes);
const body = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('segment-seal'), segmentIds: z.array(hex32) }),
  z.strictObject({ type: z.literal('tombstone'), key: referenceBytes, reason: u32 }),
  z.strictObject({ type: z.literal('tombstone-lift'), tombstone: u64 }),
  z.strictObject({
    type: z.literal('snapshot-anchor'),
    snapshotId: hex32,
    snapshotLogseq: u64,
    stateRoot: hex32,
    publicRoot: hex32,
    manifestHash: hex32,
  }),
  z.strictObject({ type: z.literal('artifact-publish'), keys }),
  z.strictObject({ type: z.literal('artifact-unpublish'), keys }),
  z.strictObject({
    type: z.literal('authority-rotate'),
    newKey: hex32,
    recoveryKey: hex32.optional(),
    signature: bytes,
  }),
]);

/** @type {Readonly<Record<string, Operation>>} */
export const logOperations = {
  // A genesis manifest, and back; whether a manifest is that of a DomainID.
  'domain.encodeGenesis': {
    in: genesis,
    ok: z.strictObject({ bytes, domainId: hex32 }),
    inverse: 'domain.decodeGenesis',
  },
  'domain.decodeGenesis': { in: z.strictObject({ bytes }), ok: genesis, inverse: 'domain.encodeGenesis' },
  'domain.assertDomain': { in: z.strictObject({ bytes, domainId: hex32 }), ok: z.strictObject({}) },

  // A log file that begins at 0, one frame for each group of records.
  'log.encode': {
    in: z.strictObject({ ...writer, groups: z.array(z.array(body).min(1)) }),
    ok: z.strictObject({ bytes }),
  },

  // The record that a writer would append to a log file.
  'log.append': {
    in: z.strictObject({ ...writer, bytes, body }),
    ok: z.strictObject({ recordHash: hex32, payload: bytes }),
  },

  // The records of a log file without their meaning; `offset` is where the good frames end.
  'log.scan': {
    in: z.strictObject({ bytes, domainId: hex32.optional() }),
    ok: z.strictObject({
      end: z.enum(['clean', 'torn']),
      offset: u64,
      records: z.array(z.strictObject({ logseq: u64, type: u32, recordHash: hex32 })),
    }),
  },

  // The state at the position `to`, or at the last one.
  'log.replay': {
    in: z.strictObject({ bytes, ...owner, to: u64.optional() }),
    ok: z.strictObject({
      position: u64,
      recordHash: hex32,
      snapshotId: hex32,
      seals: z.array(z.strictObject({ logseq: u64, segmentId: hex32 })),
      policy: z.array(
        z.strictObject({
          key: referenceBytes,
          tombstones: z.array(u64),
          publication: z.strictObject({ published: z.boolean(), logseq: u64 }).optional(),
        }),
      ),
      anchors: z.array(z.strictObject({ logseq: u64, snapshotLogseq: u64 })),
      types: z.array(u32),
      unknownTypes: z.array(u32),
    }),
  },

  // The same state, written out, and the hash of that.
  'log.stateDump': {
    in: z.strictObject({ bytes, ...owner, to: u64.optional() }),
    ok: z.strictObject({ bytes, sha256: hex32 }),
  },

  // The Merkle tree over the records of a log file that begins at 0.
  'log.leaves': {
    in: z.strictObject({ bytes, ...owner }),
    ok: z.strictObject({ leaves: z.array(hex32), root: hex32 }),
  },
};
