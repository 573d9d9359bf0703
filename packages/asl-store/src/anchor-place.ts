import { asciiBytes, ByteWriter, equalBytes } from '@amduat/asl-core';
import type { LogPosition } from '@amduat/asl-store-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { readAll } from './objects.js';
import { DERIVED_PREFIX, type Storage } from './port.js';
import { keepDerived } from './segment-reader.js';

/** Where in a log file a frame is expected. */
export interface LogPlace {
  readonly epoch: bigint;
  readonly offset: number;
  /** first_logseq of the frame before, or the base. */
  readonly previous: bigint;
}

/** Where the records after the last position that was anchored begin: what is below need not be read. */
export interface AnchorPlace extends LogPlace {
  readonly position: LogPosition;
  /** record_hash(position). */
  readonly recordHash: Uint8Array;
  readonly manifestHash: Uint8Array;
}

/** Its file is derived: magic, epoch u64, offset u64, previous u64, position u64, two hashes, SHA-256 of all that. */
const NAME = `${DERIVED_PREFIX}anchor`;
const MAGIC = asciiBytes('ASLANC01');
const CONTENT_LENGTH = 8 + 4 * 8 + 2 * 32;

/** Keeps the place, if that is possible. */
export async function keepAnchorPlace(storage: Storage, place: AnchorPlace): Promise<void> {
  const content = new ByteWriter(CONTENT_LENGTH)
    .bytes(MAGIC)
    .u64(place.epoch, 'little')
    .u64(BigInt(place.offset), 'little')
    .u64(place.previous, 'little')
    .u64(place.position, 'little')
    .bytes(place.recordHash)
    .bytes(place.manifestHash)
    .finish();
  await keepDerived(storage, NAME, [content, hasher.digest([content])]);
}

/** The place that was kept; undefined if there is none, or it is damaged. */
export async function readAnchorPlace(storage: Storage): Promise<AnchorPlace | undefined> {
  const bytes = await readAll(storage, NAME);
  if (bytes?.length !== CONTENT_LENGTH + 32) return undefined;
  const content = bytes.subarray(0, CONTENT_LENGTH);
  if (!equalBytes(hasher.digest([content]), bytes.subarray(CONTENT_LENGTH))) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    epoch: view.getBigUint64(8, true),
    offset: Number(view.getBigUint64(16, true)),
    previous: view.getBigUint64(24, true),
    position: view.getBigUint64(32, true),
    recordHash: bytes.slice(40, 72),
    manifestHash: bytes.slice(72, 104),
  };
}
