// @ts-check
import { z } from 'zod';
import { dottedId, errorCode, sentence } from './values.mjs';

/**
 * A capability that an implementation may decline: its vectors have the flag, or are listed. Whoever declines it is
 * expected to give the answer in `declined`, or, without that, is not asked them.
 */
const feature = z.strictObject({
  id: dottedId,
  why: sentence,
  flag: z.string().optional(),
  vectors: z.array(dottedId).optional(),
  declined: z.strictObject({ err: z.strictObject({ code: errorCode }) }).optional(),
});

/** conformance/profiles.json */
export const profileFile = z.strictObject({
  format: z.literal('asl-profiles/1'),
  features: z.array(feature),
  profiles: z.array(
    z.strictObject({
      id: dottedId,
      documents: z.array(z.string()).min(1),
      // Features without whose vectors the profile is whole.
      letsGo: z.array(dottedId),
    }),
  ),
});
