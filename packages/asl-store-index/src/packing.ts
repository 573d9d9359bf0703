import {
  type ArtifactLocation,
  assertU64,
  BLOCK_LENGTH_MAX,
  type BlockId,
  EMPTY_LOCATION,
} from '@amduat/asl-core';

/** The two numbers a packing depends on. */
export interface PackingLimits {
  /** T: the octets a block is filled up to, 1 to 2^30. */
  readonly blockLength: number;
  /** L: the most octets of a small artifact, 0 to T. */
  readonly smallLength: number;
}

/** T = 2^25, L = 2^20. */
export const DEFAULT_PACKING: PackingLimits = { blockLength: 2 ** 25, smallLength: 2 ** 20 };

/** The most slices one artifact is cut into. */
export const SLICES_MAX: number = 2 ** 24;

/** A slice of an artifact: where the octets that follow those of the slice before it go. */
export interface Placement {
  /** Ordinal of the block: blocks are counted from 0 in the order in which their first octet is placed. */
  readonly block: number;
  readonly offset: number;
  readonly length: number;
}

/** A block to which nothing more is added. */
export interface SealedBlock {
  readonly block: number;
  readonly length: number;
}

/** Decides which octets go into which block. It sees lengths only, in the order of the puts. */
export interface Packing {
  /**
   * Places the next artifact.
   *
   * @param length - u64.
   * @returns its slices, in order; none for the empty artifact.
   * @throws RangeError when they would be more than {@link SLICES_MAX}; nothing is placed then.
   */
  place(length: bigint): Placement[];
  /** Seals the current block, if there is one: the seal of the segment. */
  flush(): void;
  /**
   * The blocks sealed since the last call, in the order in which they were sealed. Those that `place` sealed are
   * complete once the slices it gave are filled.
   */
  takeSealed(): SealedBlock[];
}

/**
 * Begins a packing.
 *
 * @spec STX-PACK-1, STX-PACK-2, STX-PACK-3, STX-PACK-4
 * @param limits - {@link DEFAULT_PACKING} by default.
 * @throws RangeError when a limit is out of its range.
 * @example
 * import { startPacking } from '@amduat/asl-store-index';
 * const packing = startPacking({ blockLength: 8, smallLength: 4 });
 * const slices = [packing.place(3n), packing.place(10n), packing.place(2n)];
 * packing.flush();
 * const blocks = slices.map((artifact) => artifact.map((slice) => slice.block).join());
 * if (blocks.join(' ') !== '0 1,2 0' || packing.takeSealed().length !== 3) throw new Error();
 */
export function startPacking(limits: PackingLimits = DEFAULT_PACKING): Packing {
  const { blockLength, smallLength } = limits;
  assertLimit(blockLength, 1, BLOCK_LENGTH_MAX, 'blockLength');
  assertLimit(smallLength, 0, blockLength, 'smallLength');
  let sealed: SealedBlock[] = [];
  let begun = 0;
  let current: SealedBlock | undefined;

  function placeLarge(length: bigint): Placement[] {
    const slices = planSlices(length, blockLength).map((slice) => ({
      block: begun++,
      offset: 0,
      length: slice,
    }));
    sealed.push(...slices.map(({ block, length }) => ({ block, length })));
    return slices;
  }

  function placeSmall(length: number): Placement[] {
    if (current !== undefined && current.length + length > blockLength) flush();
    const { block, length: offset } = current ?? { block: begun++, length: 0 };
    current = { block, length: offset + length };
    return [{ block, offset, length }];
  }

  function flush(): void {
    if (current !== undefined) sealed.push(current);
    current = undefined;
  }

  return {
    place(length) {
      assertU64(length, 'length');
      if (length === 0n) return [];
      return length > BigInt(smallLength) ? placeLarge(length) : placeSmall(Number(length));
    },
    flush,
    takeSealed() {
      const taken = sealed;
      sealed = [];
      return taken;
    },
  };
}

/**
 * Makes the location of an artifact out of its slices, once their blocks have names.
 *
 * @spec STX-PACK-3
 * @param slices - as {@link Packing.place} gave them.
 * @param blockIdOf - the BlockID of an ordinal.
 * @returns one extent a slice; the location of the empty artifact for none.
 */
export function locationOf(
  slices: readonly Placement[],
  blockIdOf: (block: number) => BlockId,
): ArtifactLocation {
  if (slices.length === 0) return EMPTY_LOCATION;
  return slices.map(({ block, offset, length }) => ({ blockId: blockIdOf(block), offset, length }));
}

/** The lengths of a large artifact's slices: T each, and what is left. */
function planSlices(length: bigint, blockLength: number): number[] {
  const count = (length + BigInt(blockLength) - 1n) / BigInt(blockLength);
  if (count > BigInt(SLICES_MAX)) {
    throw new RangeError(
      `length: ${length} octets are ${count} slices of ${blockLength}, at most ${SLICES_MAX}`,
    );
  }
  const slices = new Array<number>(Number(count)).fill(blockLength);
  slices[slices.length - 1] = Number(length - (count - 1n) * BigInt(blockLength));
  return slices;
}

function assertLimit(value: number, least: number, most: number, label: string): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${label}: expected an integer of ${least} to ${most}, got ${value}`);
}
