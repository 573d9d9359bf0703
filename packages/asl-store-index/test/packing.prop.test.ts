import { readLocation, referenceOf } from '@amduat/asl-core';
import {
  DEFAULT_PACKING,
  locationOf,
  type PackingLimits,
  type Placement,
  type SealedBlock,
  SLICES_MAX,
  startPacking,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const limits: fc.Arbitrary<PackingLimits> = fc
  .integer({ min: 1, max: 24 })
  .chain((blockLength) =>
    fc.record({ blockLength: fc.constant(blockLength), smallLength: fc.nat({ max: blockLength }) }),
  );

/** The bytes of each put, and whether the segment is sealed after it. */
const puts = fc.array(fc.tuple(fc.uint8Array({ maxLength: 60 }), fc.boolean()), { maxLength: 20 });

type Puts = readonly (readonly [Uint8Array, boolean])[];

function plan(
  packingLimits: PackingLimits,
  sequence: Puts,
): { slices: Placement[][]; sealed: SealedBlock[][] } {
  const packing = startPacking(packingLimits);
  const sealed: SealedBlock[][] = [];
  const slices = sequence.map(([bytes, isSealed]) => {
    const placed = packing.place(BigInt(bytes.length));
    if (isSealed) packing.flush();
    sealed.push(packing.takeSealed());
    return placed;
  });
  packing.flush();
  sealed.push(packing.takeSealed());
  return { slices, sealed };
}

/** Lays the bytes down; an octet that is laid twice, or a gap, fails. */
function fill(sequence: Puts, slices: readonly Placement[][]): number[][] {
  const blocks: number[][] = [];
  for (const [index, [bytes]] of sequence.entries()) {
    let from = 0;
    for (const { block, offset, length } of slices[index] as Placement[]) {
      expect(block).toBeLessThanOrEqual(blocks.length);
      blocks[block] ??= [];
      expect(offset).toBe(blocks[block].length);
      expect(length).toBeGreaterThan(0);
      blocks[block].push(...bytes.subarray(from, from + length));
      from += length;
    }
    expect(from).toBe(bytes.length);
  }
  return blocks;
}

describe('[STX-PACK-2] packing', () => {
  it('leaves no gaps, fills no block beyond T, and seals each block once', () => {
    fc.assert(
      fc.property(limits, puts, (packingLimits, sequence) => {
        const { slices, sealed } = plan(packingLimits, sequence);
        const blocks = fill(sequence, slices);
        const lengths = sealed.flat().sort((left, right) => left.block - right.block);
        expect(lengths).toEqual(blocks.map((bytes, block) => ({ block, length: bytes.length })));
        for (const bytes of blocks) expect(bytes.length).toBeLessThanOrEqual(packingLimits.blockLength);
      }),
    );
  });

  it('seals the current block only where the next small artifact does not fit, or the segment is sealed', () => {
    fc.assert(
      fc.property(limits, puts, (packingLimits, sequence) => {
        const { slices, sealed } = plan(packingLimits, sequence);
        let current: number | undefined;
        let filled = 0;
        for (const [index, [bytes, isSealed]] of sequence.entries()) {
          const closed: number[] = [];
          if (bytes.length > packingLimits.smallLength) {
            closed.push(...(slices[index] as Placement[]).map(({ block }) => block));
          } else if (bytes.length > 0) {
            const { block } = slices[index]?.[0] as Placement;
            if (block !== current) {
              if (current !== undefined) {
                expect(filled + bytes.length).toBeGreaterThan(packingLimits.blockLength);
                closed.push(current);
              }
              filled = 0;
            }
            current = block;
            filled += bytes.length;
          }
          if (isSealed && current !== undefined) closed.push(current);
          if (isSealed) current = undefined;
          expect(sealed[index]?.map(({ block }) => block)).toEqual(closed);
        }
      }),
    );
  });

  it('is decided by the sequence of puts alone', () => {
    fc.assert(
      fc.property(limits, puts, (packingLimits, sequence) => {
        expect(plan(packingLimits, sequence)).toEqual(plan({ ...packingLimits }, sequence));
      }),
    );
  });
});

describe('[STX-PACK-1] a large artifact', () => {
  it('has blocks of its own: T octets each, the last one what is left', () => {
    fc.assert(
      fc.property(limits, puts, (packingLimits, sequence) => {
        const { slices } = plan(packingLimits, sequence);
        const uses = slices.flat().map(({ block }) => block);
        for (const [index, [bytes]] of sequence.entries()) {
          if (bytes.length <= packingLimits.smallLength) continue;
          const own = slices[index] as Placement[];
          expect(own.every(({ offset }) => offset === 0)).toBe(true);
          expect(own.slice(0, -1).every(({ length }) => length === packingLimits.blockLength)).toBe(true);
          expect(own.every(({ block }) => uses.filter((used) => used === block).length === 1)).toBe(true);
        }
      }),
    );
  });

  it('is planned whole up to a limit, and a longer one places nothing', () => {
    const packing = startPacking({ blockLength: 1, smallLength: 0 });
    expect(() => packing.place(BigInt(SLICES_MAX) + 1n)).toThrow(RangeError);
    expect(() => packing.place(2n ** 64n - 1n)).toThrow(RangeError);
    expect(packing.place(2n).map(({ block }) => block)).toEqual([0, 1]);
  });
});

describe('[STX-PACK-3] locations', () => {
  it('give back the bytes, those of the empty artifact included', () => {
    fc.assert(
      fc.property(limits, puts, (packingLimits, sequence) => {
        const { slices } = plan(packingLimits, sequence);
        const blocks = fill(sequence, slices);
        for (const [index, [bytes]] of sequence.entries()) {
          const location = locationOf(slices[index] as Placement[], (block) => Uint8Array.of(block));
          const read = readLocation(location, BigInt(bytes.length), (id) =>
            Uint8Array.from(blocks[id[0] as number] ?? []),
          );
          expect(Buffer.from(read)).toEqual(Buffer.from(bytes));
        }
      }),
    );
  });
});

describe('[STX-PACK-4] the limits', () => {
  it('do not show in what is read back, nor in its reference', () => {
    fc.assert(
      fc.property(limits, limits, puts, (one, other, sequence) => {
        const references = [one, other].map((packingLimits) => {
          const { slices } = plan(packingLimits, sequence);
          const blocks = fill(sequence, slices);
          return slices.map((placed) => {
            const bytes = placed.flatMap(
              ({ block, offset, length }) => blocks[block]?.slice(offset, offset + length) ?? [],
            );
            return referenceOf({ bytes: Uint8Array.from(bytes) });
          });
        });
        expect(references[0]).toEqual(references[1]);
      }),
    );
  });

  it('are held to their ranges', () => {
    expect(DEFAULT_PACKING).toEqual({ blockLength: 33_554_432, smallLength: 1_048_576 });
    const start = (blockLength: number, smallLength: number) => () =>
      startPacking({ blockLength, smallLength });
    for (const wrong of [
      start(0, 0),
      start(2 ** 30 + 1, 0),
      start(8, 9),
      start(8, -1),
      start(1.5, 1),
      start(8, Number.NaN),
    ]) {
      expect(wrong).toThrow(RangeError);
    }
    start(1, 0)();
    start(2 ** 30, 2 ** 30)();
    expect(() => startPacking().place(-1n)).toThrow(RangeError);
  });
});
