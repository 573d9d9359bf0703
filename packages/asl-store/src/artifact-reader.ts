import {
  type Bytes,
  blake3Hasher,
  CORE_ERRORS,
  concatBytes,
  type Extent,
  equalReferences,
  errorMaker,
  formatReference,
  type Hasher,
  hasherFor,
  type Reference,
  startReference,
  verifyArtifact,
  verifyBlock,
} from '@amduat/asl-core';
import { type IndexRecord, recordLength } from '@amduat/asl-store-index';
import { storeError } from './errors.js';
import { nodeSha256Hasher } from './hasher.js';
import { generationName } from './names.js';
import { lowestGeneration, missing, readAll } from './objects.js';
import type { Storage } from './port.js';

const coreError = errorMaker(CORE_ERRORS);

const READ_LENGTH = 2 ** 20;

/** Every hash function of the registry; SHA-256 by the platform. */
const HASHERS: readonly Hasher[] = [nodeSha256Hasher, blake3Hasher];

/** What of a record says where an artifact's bytes are, and what they have to hash to. */
export type Located = Pick<IndexRecord, 'key' | 'location' | 'typeTag'>;

/**
 * Reads all of an artifact and verifies it against its reference.
 *
 * @spec STO-RDR-6, STO-ERR-2, CORE-LOC-5
 * @throws AslError `STORE.MISSING`, `CORE.EXTENT.BOUNDS` or `CORE.DIGEST`.
 */
export async function readArtifact(storage: Storage, record: Located): Promise<Bytes> {
  const now = readArtifactNow(storage, record);
  if (now !== undefined) return now;
  const parts: Bytes[] = [];
  for (const extent of record.location) if (extent.length > 0) parts.push(await readExtent(storage, extent));
  const [first] = parts;
  const bytes = parts.length === 1 && first !== undefined ? first : concatBytes(parts);
  verifyBytes(bytes, record);
  return bytes;
}

/** What most reads come to: one short slice, at once. Undefined in every other case. */
function readArtifactNow(storage: Storage, record: Located): Bytes | undefined {
  const [extent, more] = record.location;
  const bytes = extent === undefined || more !== undefined ? undefined : readNow(storage, extent);
  if (bytes !== undefined) verifyBytes(bytes, record);
  return bytes;
}

/** Reads a slice that is short, if it is there and whole. */
function readNow({ readSync }: Storage, { blockId, offset, length }: Extent): Bytes | undefined {
  if (readSync === undefined || length > READ_LENGTH) return undefined;
  const bytes = readSync(generationName('blocks', blockId, 0n), offset, length);
  return bytes?.length === length ? bytes : undefined;
}

function verifyBytes(bytes: Bytes, { key, typeTag }: Located): void {
  verifyArtifact(typeTag === undefined ? { bytes } : { bytes, typeTag }, key, HASHERS);
}

/**
 * Reads a part of an artifact and verifies it against the BlockIDs of the blocks it touches.
 *
 * @spec STO-RDR-6, STO-ERR-6
 * @throws AslError `STORE.RANGE` when the part is not within the artifact; `STORE.MISSING`, `CORE.BLOCK.DIGEST` or
 * `CORE.EXTENT.BOUNDS`.
 */
export async function readArtifactRange(
  storage: Storage,
  record: Located,
  start: bigint,
  end: bigint,
): Promise<Bytes> {
  const length = recordLength(record);
  if (start < 0n || start > end || end > length) {
    throw storeError('STORE.RANGE', `${start} to ${end} is not within the ${length} octets of the artifact`, {
      expected: length.toString(),
      got: [start.toString(), end.toString()],
    });
  }
  const parts: Bytes[] = [];
  let offset = 0n;
  for (const extent of record.location) {
    const from = clamp(start - offset, extent.length);
    const to = clamp(end - offset, extent.length);
    offset += BigInt(extent.length);
    if (from < to) parts.push((await readVerified(storage, extent)).slice(from, to));
  }
  return concatBytes(parts);
}

/**
 * Reads an artifact block by block: each piece is verified against its BlockID before it is given, and all of them
 * against the reference before the stream ends.
 *
 * @spec STO-RDR-6
 */
export async function* streamArtifact(
  storage: Storage,
  record: Located,
): AsyncGenerator<Bytes, void, undefined> {
  const { key, typeTag } = record;
  const stream = startReference(recordLength(record), typeTag, hasherFor(key.hashId, HASHERS));
  for (const extent of record.location) {
    if (extent.length === 0) continue;
    const piece = await readVerified(storage, extent);
    stream.update(piece);
    yield piece;
  }
  assertReference(stream.finish(), key);
}

/**
 * Hashes an artifact, a piece at a time, and verifies it against its reference.
 *
 * @throws AslError `STORE.MISSING`, `CORE.EXTENT.BOUNDS` or `CORE.DIGEST`.
 */
export async function verifyStored(storage: Storage, record: Located): Promise<void> {
  const { key, typeTag, location } = record;
  const stream = startReference(recordLength(record), typeTag, hasherFor(key.hashId, HASHERS));
  for (const { blockId, offset, length } of location) {
    for (let at = 0; at < length; at += READ_LENGTH) {
      const part = { blockId, offset: offset + at, length: Math.min(READ_LENGTH, length - at) };
      stream.update(await readExtent(storage, part));
    }
  }
  assertReference(stream.finish(), key);
}

/** Tells whether every octet that a location names is there; not whether it is right. */
export async function isPresent(storage: Storage, record: Located): Promise<boolean> {
  for (const { blockId, offset, length } of record.location) {
    if (length === 0) continue;
    const last = storage.readSync?.(generationName('blocks', blockId, 0n), offset + length - 1, 1);
    if (last?.length === 1) continue;
    const name = await lowestGeneration(storage, 'blocks', blockId);
    const size = name && (await storage.size(name));
    if (size === undefined || offset + length > Number(size)) return false;
  }
  return true;
}

async function readExtent(storage: Storage, extent: Extent): Promise<Bytes> {
  const { blockId, offset, length } = extent;
  const now = readNow(storage, extent);
  if (now !== undefined) return now;
  const bytes = await storage.read(await blockName(storage, blockId), offset, length);
  if (bytes === undefined) throw missing('blocks', blockId);
  if (bytes.length < length) throw beyondBlock(extent, offset + bytes.length);
  return bytes;
}

/** The octets of an extent, out of a block that was hashed as a whole. */
async function readVerified(storage: Storage, extent: Extent): Promise<Bytes> {
  const { blockId, offset, length } = extent;
  const block = await readAll(storage, await blockName(storage, blockId));
  if (block === undefined) throw missing('blocks', blockId);
  verifyBlock(block, blockId, nodeSha256Hasher);
  if (offset + length > block.length) throw beyondBlock(extent, block.length);
  return length === block.length ? block : block.slice(offset, offset + length);
}

async function blockName(storage: Storage, blockId: Uint8Array): Promise<string> {
  const name = await lowestGeneration(storage, 'blocks', blockId);
  if (name === undefined) throw missing('blocks', blockId);
  return name;
}

function assertReference(computed: Reference, key: Reference): void {
  if (equalReferences(computed, key)) return;
  throw coreError(
    'CORE.DIGEST',
    `the artifact is ${formatReference(computed)}, not ${formatReference(key)}`,
    {
      expected: formatReference(key),
      got: formatReference(computed),
    },
  );
}

function beyondBlock(extent: Extent, blockEnd: number): ReturnType<typeof coreError> {
  const end = extent.offset + extent.length;
  return coreError('CORE.EXTENT.BOUNDS', `an extent ends at ${end}, its block at ${blockEnd}`, {
    expected: blockEnd,
    got: end,
  });
}

function clamp(value: bigint, most: number): number {
  return value <= 0n ? 0 : value >= BigInt(most) ? most : Number(value);
}
