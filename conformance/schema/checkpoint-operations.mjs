// @ts-check
import { z } from 'zod';
import { bytes, hex32, u64 } from './values.mjs';

/** @import { Operation } from './operations.mjs' */

const head = z.strictObject({ domainId: hex32, size: u64, root: hex32 });
const text = z.strictObject({ text: z.string() });
const key = z.strictObject({ name: z.string(), key: hex32 });
const path = z.array(hex32);
const leaves = z.array(bytes);
const nothing = z.strictObject({});

/** @type {Readonly<Record<string, Operation>>} */
export const checkpointOperations = {
  // The text of a head, and back.
  'head.encode': { in: head, ok: text, inverse: 'head.decode' },
  'head.decode': { in: text, ok: head, inverse: 'head.encode' },

  // The signed note of a text by the private key `seed`, with its public key; the head of a domain that a note holds.
  'head.sign': {
    in: z.strictObject({ text: z.string(), seed: hex32 }),
    ok: z.strictObject({ note: bytes, key: hex32 }),
  },
  'head.open': {
    in: z.strictObject({ note: bytes, key: hex32, domainId: hex32 }),
    ok: z.strictObject({ size: u64, root: hex32 }),
  },

  // The text form of a key, and back.
  'head.formatKey': { in: key, ok: text, inverse: 'head.parseKey' },
  'head.parseKey': { in: text, ok: key, inverse: 'head.formatKey' },

  // Paths and proofs over leaf data, and whether one holds. A leaf is its data, not its hash.
  'head.inclusion': { in: z.strictObject({ leaves, index: u64 }), ok: z.strictObject({ path }) },
  'head.verifyInclusion': {
    in: z.strictObject({ leaf: bytes, index: u64, size: u64, root: hex32, path }),
    ok: nothing,
  },
  'head.consistency': { in: z.strictObject({ leaves, from: u64 }), ok: z.strictObject({ path }) },
  'head.verifyConsistency': {
    in: z.strictObject({ from: u64, fromRoot: hex32, size: u64, root: hex32, path }),
    ok: nothing,
  },

  // The name of a tile, or of a bundle; every tile and bundle of a log of these leaf data, ascending by name.
  'head.tileName': {
    in: z.strictObject({
      level: z.union([z.int().min(0).max(5), z.literal('entries')]),
      number: u64,
      width: z.int().min(1).max(256),
    }),
    ok: z.strictObject({ name: z.string() }),
  },
  'head.tiles': {
    in: z.strictObject({ leaves }),
    ok: z.strictObject({ tiles: z.array(z.strictObject({ name: z.string(), bytes })) }),
  },
};
