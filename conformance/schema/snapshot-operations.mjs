// @ts-check
import { z } from 'zod';
import { bytes, hex32, referenceBytes, u32, u64 } from './values.mjs';

/** @import { Operation } from './operations.mjs' */

const publication = z.union([z.literal(0), z.literal(1), z.literal(2)]);
const stateEntry = z.strictObject({
  reference: referenceBytes,
  present: z.boolean(),
  typeTag: u32.optional(),
  length: u64,
  origin: hex32,
  source: hex32,
  publication,
  tombstones: z.array(u64),
});
const contentEntry = z.strictObject({ reference: referenceBytes, typeTag: u32.optional(), length: u64 });

const kind = z.enum(['state', 'content']);
const entry = z.union([stateEntry, contentEntry], 'expected a state entry or a content entry');
const ofKind = z.strictObject({ kind, entry });
const encoded = z.strictObject({ kind, bytes });
const entries = z.array(entry);

const rows = z.strictObject({
  rows: z.array(
    z.strictObject({
      key: referenceBytes,
      tombstones: z.array(u64),
      publication: z.strictObject({ published: z.boolean(), logseq: u64 }).optional(),
    }),
  ),
});

const manifest = z.strictObject({
  position: u64,
  blind: hex32,
  domainId: hex32,
  recordHash: hex32,
  policyHash: hex32,
  anchored: u64,
  segments: z.array(z.strictObject({ logseq: u64, segmentId: hex32 })),
  types: z.array(u32),
});
const expected = z.strictObject({ domainId: hex32, position: u64, recordHash: hex32, open: z.boolean() });

/** @type {Readonly<Record<string, Operation>>} */
export const snapshotOperations = {
  // What a state says of a key, or of its content, as bytes, and back. An entry without a record has no typeTag, the
  // length 0 and zeros for origin and source.
  'entry.encode': { in: ofKind, ok: encoded, inverse: 'entry.decode' },
  'entry.decode': { in: encoded, ok: ofKind, inverse: 'entry.encode' },

  // The root of the trie over entries of one kind, in any order; the proof of what it has for a key; what a proof shows
  // against a root.
  'trie.root': { in: z.strictObject({ kind, entries }), ok: z.strictObject({ root: hex32 }) },
  'trie.prove': {
    in: z.strictObject({ kind, entries, key: referenceBytes }),
    ok: z.strictObject({ proof: bytes }),
  },
  'trie.verify': {
    in: z.strictObject({ kind, root: hex32, key: referenceBytes, proof: bytes }),
    ok: z.strictObject({ entry: entry.optional(), absent: z.literal(true).optional() }),
  },

  // The roots of a state, given all its entries. Without a secret only where the domain is open.
  'state.roots': {
    in: z.strictObject({
      open: z.boolean(),
      secret: hex32.optional(),
      position: u64,
      entries: z.array(stateEntry),
    }),
    ok: z.strictObject({ blind: hex32, stateRoot: hex32, publicRoot: hex32, contentRoot: hex32 }),
  },

  // The policy table file of rows in ascending order, and back; with hash, position only as that of them.
  'policyTable.encode': {
    in: rows,
    ok: z.strictObject({ bytes, hash: hex32 }),
    inverse: 'policyTable.decode',
  },
  'policyTable.decode': {
    in: z.strictObject({ bytes, hash: hex32.optional(), position: u64.optional() }),
    ok: rows,
    inverse: 'policyTable.encode',
  },

  // A manifest as bytes, and back; with hash, expected only as that of them.
  'manifest.encode': {
    in: manifest,
    ok: z.strictObject({ bytes, hash: hex32 }),
    inverse: 'manifest.decode',
  },
  'manifest.decode': {
    in: z.strictObject({ bytes, hash: hex32.optional(), expected: expected.optional() }),
    ok: manifest,
    inverse: 'manifest.encode',
  },
};
