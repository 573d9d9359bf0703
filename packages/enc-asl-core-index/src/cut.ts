import type { IndexRecord } from '@amduat/asl-store-index';

/**
 * Cuts a set of records by the first bits of their digests into parts of at most `limit`, with as few bits as it takes.
 *
 * @spec SEG-SET-3
 * @param records - with no key twice, or a part might never fit; borrowed.
 * @param limit - the most records of a part.
 * @returns the parts that have records, in ascending order of their digests.
 */
export function cutByDigest(records: readonly IndexRecord[], limit: number): readonly IndexRecord[][] {
  let parts: readonly IndexRecord[][] = [[...records]];
  for (let bit = 0; bit < 256 && parts.some((part) => part.length > limit); bit++) {
    // SEG-SET-3: every part is cut by the same bits, those that fit already too.
    parts = parts.flatMap((part) => halvesOf(part, bit)).filter((part) => part.length > 0);
  }
  return parts;
}

function halvesOf(records: readonly IndexRecord[], bit: number): IndexRecord[][] {
  const halves: [IndexRecord[], IndexRecord[]] = [[], []];
  for (const record of records) {
    const byte = record.key.digest[bit >> 3] as number;
    halves[((byte >> (7 - (bit & 7))) & 1) as 0 | 1].push(record);
  }
  return halves;
}
