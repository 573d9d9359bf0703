// @ts-check
import { z } from 'zod';
import { bytes, hex32, referenceBytes, u64 } from './values.mjs';

/** @import { Operation } from './operations.mjs' */

/** @type {Readonly<Record<string, Operation>>} */
export const proofOperations = {
  // What a proof shows, given the key of an authority or none; `bytes` and `authority` are whether it shows these.
  'proof.check': {
    in: z.strictObject({ bytes, key: hex32.optional() }),
    ok: z.strictObject({
      domainId: hex32,
      position: u64,
      anchor: u64,
      size: u64,
      reference: referenceBytes,
      verdict: z.enum(['published', 'internal']),
      bytes: z.boolean(),
      authority: z.boolean(),
    }),
  },

  // The file of these fields: under StateRoot with `blind`, with the artifact's bytes if they are given.
  'proof.encode': {
    in: z.strictObject({
      genesis: bytes,
      head: bytes,
      previous: hex32,
      anchor: bytes,
      path: z.array(hex32),
      blind: hex32.optional(),
      entry: bytes,
      bytes: bytes.optional(),
    }),
    ok: z.strictObject({ bytes }),
  },
};
