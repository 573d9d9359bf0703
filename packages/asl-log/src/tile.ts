import {
  type Bytes,
  concatBytes,
  type Hasher,
  merkleLeafHash,
  merkleRoot,
  sha256Hasher,
} from '@amduat/asl-core';

/** A file of a tiled log. */
export interface Tile {
  readonly name: string;
  readonly bytes: Bytes;
}

const WIDTH = 256;
const LEVEL_MAX = 5;

/**
 * The name of a tile or of a bundle of entries.
 *
 * @spec HEAD-TILE-1
 * @param level - 0 to 5, or `entries`.
 * @param number - from 0, u64.
 * @param width - 1 to 256 hashes or entries.
 * @throws RangeError when one of them is out of range.
 */
export function tileName(level: number | 'entries', number: bigint, width: number): string {
  const isLevel = level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= LEVEL_MAX);
  if (!isLevel || number < 0n || !Number.isInteger(width) || width < 1 || width > WIDTH) {
    throw new RangeError('tile: expected a level of 0 to 5, a number and a width of 1 to 256');
  }
  const digits = number.toString();
  const padded = digits.padStart(3 * Math.ceil(digits.length / 3), '0');
  const groups = padded.match(/.{3}/g) as string[];
  const path = groups.map((group, index) => (index < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < WIDTH ? `.p/${width}` : ''}`;
}

/**
 * The tiles and bundles of a log.
 *
 * @spec HEAD-TILE-1, HEAD-TILE-2
 * @param leaves - the data of all leaves, in order; borrowed.
 * @param hasher - a SHA-256.
 * @returns every tile, partial ones included.
 * @remarks Takes room for all hashes.
 */
export function* tilesOf(
  leaves: readonly Uint8Array[],
  hasher: Hasher = sha256Hasher,
): Generator<Tile, void, undefined> {
  for (const [number, entries] of groupsOf(leaves).entries()) {
    const name = tileName('entries', BigInt(number), entries.length);
    yield { name, bytes: concatBytes(entries.flatMap(entryOf)) };
  }
  let hashes: readonly Bytes[] = leaves.map((leaf) => merkleLeafHash(leaf, hasher));
  for (let level = 0; hashes.length > 0 && level <= LEVEL_MAX; level++) {
    const groups = groupsOf(hashes);
    for (const [number, group] of groups.entries()) {
      yield { name: tileName(level, BigInt(number), group.length), bytes: concatBytes(group) };
    }
    hashes = groups.filter((group) => group.length === WIDTH).map((group) => merkleRoot(group, hasher));
  }
}

function groupsOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / WIDTH);
  return Array.from({ length: count }, (_, at) => items.slice(WIDTH * at, WIDTH * (at + 1)));
}

function entryOf(data: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(data.length >> 8, data.length & 255), data];
}
