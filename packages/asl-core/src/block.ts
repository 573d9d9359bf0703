import { assertU32, type Bytes, concatBytes, equalBytes, formatHex } from './bytes.js';
import { coreError } from './errors.js';
import { type Hasher, sha256Hasher } from './hash.js';

/** The most octets of a block when it is sealed (CORE-BLK-3). */
export const BLOCK_LENGTH_MAX: number = 2 ** 30;

/** 32 octets that name a block; opaque to readers (CORE-BLK-2). */
export type BlockId = Uint8Array;

/** A part of a block: `length` octets from `offset` on, both u32. */
export interface Extent {
  readonly blockId: BlockId;
  readonly offset: number;
  readonly length: number;
}

/** Where an artifact's bytes are: the concatenation of these extents, in this order. */
export type ArtifactLocation = readonly Extent[];

/** The BlockID of the empty block, which needs no object (CORE-LOC-2). */
export const EMPTY_BLOCK_ID: Bytes = sha256Hasher.digest([]);

/** The location of the artifact of length zero (CORE-LOC-2). */
export const EMPTY_LOCATION: ArtifactLocation = [{ blockId: EMPTY_BLOCK_ID, offset: 0, length: 0 }];

/**
 * Computes the BlockID of bytes that are to be sealed.
 *
 * @spec CORE-BLK-1, CORE-BLK-3
 * @param bytes - the block's content, at most 2^30 octets; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 * @throws AslError `CORE.BLOCK.LENGTH` when there are more.
 */
export function blockIdOf(bytes: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  if (bytes.length > BLOCK_LENGTH_MAX) {
    throw coreError(
      'CORE.BLOCK.LENGTH',
      `a block has at most ${BLOCK_LENGTH_MAX} octets, got ${bytes.length}`,
      {
        expected: BLOCK_LENGTH_MAX,
        got: bytes.length,
      },
    );
  }
  return hasher.digest([bytes]);
}

/**
 * Checks the bytes of a block against its BlockID.
 *
 * @spec CORE-BLK-2
 * @throws AslError `CORE.BLOCK.DIGEST` when they hash to something else.
 */
export function verifyBlock(bytes: Uint8Array, blockId: BlockId, hasher: Hasher = sha256Hasher): void {
  const computed = hasher.digest([bytes]);
  if (equalBytes(computed, blockId)) return;
  throw coreError(
    'CORE.BLOCK.DIGEST',
    `the block's bytes hash to ${formatHex(computed)}, not ${formatHex(blockId)}`,
    {
      expected: formatHex(blockId),
      got: formatHex(computed),
    },
  );
}

/**
 * Checks a location as far as that is possible without the blocks: at least one extent, no idle one, and exactly
 * `length` octets in all.
 *
 * @spec CORE-LOC-1, CORE-LOC-2, CORE-LOC-3, CORE-LOC-6
 * @param location - borrowed.
 * @param length - octets of the artifact, u64.
 * @throws AslError `CORE.LOCATION.EMPTY`, `CORE.EXTENT.EMPTY` or `CORE.LOCATION.LENGTH`.
 */
export function assertLocation(location: ArtifactLocation, length: bigint): void {
  if (location.length === 0) throw coreError('CORE.LOCATION.EMPTY', 'a location has at least one extent');
  let total = 0n;
  for (const [index, extent] of location.entries()) {
    assertExtent(extent, index, location.length === 1 && length === 0n);
    total += BigInt(extent.length);
  }
  if (total !== length) throw locationLength(length, total);
}

/**
 * Reads an artifact's bytes out of blocks.
 *
 * @spec CORE-LOC-1, CORE-LOC-2, CORE-LOC-3, CORE-LOC-4, CORE-LOC-5, CORE-LOC-6
 * @param location - borrowed.
 * @param length - octets of the artifact.
 * @param blockBytes - gives the whole bytes of a block, or undefined if it is not here.
 * @returns the artifact's bytes; owned.
 * @throws AslError `CORE.LOCATION.EMPTY`, `CORE.EXTENT.EMPTY`, `CORE.BLOCK.ABSENT`, `CORE.EXTENT.BOUNDS` or
 * `CORE.LOCATION.LENGTH`, in the order of the clauses, extent by extent.
 * @remarks What is reserved is bounded by bytes that blocks really have, never by `length`.
 */
export function readLocation(
  location: ArtifactLocation,
  length: bigint,
  blockBytes: (blockId: BlockId) => Uint8Array | undefined,
): Bytes {
  if (location.length === 0) throw coreError('CORE.LOCATION.EMPTY', 'a location has at least one extent');
  const parts: Uint8Array[] = [];
  let total = 0n;
  for (const [index, extent] of location.entries()) {
    const part = readExtent(extent, index, location.length === 1 && length === 0n, blockBytes);
    parts.push(part);
    total += BigInt(part.length);
  }
  if (total !== length) throw locationLength(length, total);
  return concatBytes(parts);
}

function readExtent(
  extent: Extent,
  index: number,
  isEmptyArtifact: boolean,
  blockBytes: (blockId: BlockId) => Uint8Array | undefined,
): Uint8Array {
  assertExtent(extent, index, isEmptyArtifact);
  if (extent.length === 0) return extent.blockId.subarray(0, 0);
  const block = blockBytes(extent.blockId);
  if (block === undefined) {
    throw coreError(
      'CORE.BLOCK.ABSENT',
      `block ${formatHex(extent.blockId)} of extent ${index} is not here`,
      {
        extent: index,
        got: formatHex(extent.blockId),
      },
    );
  }
  // CORE-LOC-5: the sum of two u32 is exact in a number.
  if (extent.offset + extent.length > block.length) {
    throw coreError(
      'CORE.EXTENT.BOUNDS',
      `extent ${index} ends at ${extent.offset + extent.length}, its block at ${block.length}`,
      {
        extent: index,
        expected: block.length,
        got: extent.offset + extent.length,
      },
    );
  }
  return block.subarray(extent.offset, extent.offset + extent.length);
}

function assertExtent(extent: Extent, index: number, isEmptyArtifact: boolean): void {
  assertU32(extent.offset, `extent ${index} offset`);
  assertU32(extent.length, `extent ${index} length`);
  if (extent.length > 0) return;
  // CORE-LOC-2, CORE-LOC-3: the one extent without bytes that there may be.
  if (isEmptyArtifact && extent.offset === 0 && equalBytes(extent.blockId, EMPTY_BLOCK_ID)) return;
  throw coreError('CORE.EXTENT.EMPTY', `extent ${index} has no octets`, {
    extent: index,
    expected: 1,
    got: 0,
  });
}

function locationLength(expected: bigint, got: bigint): ReturnType<typeof coreError> {
  return coreError(
    'CORE.LOCATION.LENGTH',
    `the extents add up to ${got} octets, the artifact has ${expected}`,
    {
      expected: expected.toString(),
      got: got.toString(),
    },
  );
}
