import { type Bytes, concatBytes, formatHex, isAslError } from '@amduat/asl-core';
import {
  loadFanOut,
  loadFilter,
  loadRecords,
  loadTables,
  type OpenSegment,
  openSegment,
  PAGE_LENGTH,
  pageHashesOf,
  type Reading,
  runAsync,
  runSync,
} from '@amduat/enc-asl-core-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { generationName } from './names.js';
import { lowestGeneration, missing, missingObject, readAll } from './objects.js';
import { DERIVED_PREFIX, type Storage } from './port.js';

/** Segments of at most this many octets are read once, verified, and kept. */
const RESIDENT_MAX = 2 ** 20;
/** Tables of at most this many octets are kept. */
const TABLES_MAX = 2 ** 20;
const HASHED_AT_ONCE: number = 256 * PAGE_LENGTH;

/** A segment of a file, opened: what it answers, it answers from verified pages. */
export interface SegmentReader {
  readonly segment: OpenSegment;
  /** Runs a computation over the segment. */
  run<T>(reading: Reading<T>): Promise<T>;
  /** As {@link SegmentReader.run}, at once; undefined where the storage has no reads of that kind. */
  readonly runNow: (<T>(reading: Reading<T>) => T) | undefined;
}

/** What is known of a file that holds a segment from its first octet on. */
interface NamedFile {
  readonly name: string;
  readonly fileLength: number;
  readonly pageHashes: Uint8Array;
  readonly segmentId: Uint8Array;
}

/**
 * Opens a sealed segment.
 *
 * @spec IDX-GET-5, SEG-ID-3, STO-ERR-2, STO-OBJ-3
 * @throws AslError `STORE.MISSING` when it is not there, `SEG.DIGEST` when it is not what its name says.
 */
export async function openSealed(storage: Storage, segmentId: Uint8Array): Promise<SegmentReader> {
  const first = generationName('segments', segmentId, 0n);
  const start = storage.readSync?.(first, 0, RESIDENT_MAX + 1);
  if (start !== undefined && start.length <= RESIDENT_MAX) return openWhole(storage, first, segmentId, start);
  const name = await lowestGeneration(storage, 'segments', segmentId);
  if (name === undefined) throw missing('segments', segmentId);
  const fileLength = (await storage.size(name)) ?? 0;
  if (fileLength > RESIDENT_MAX) return await openLarge(storage, name, segmentId, fileLength);
  const bytes = await readAll(storage, name);
  if (bytes === undefined) throw missing('segments', segmentId);
  return openWhole(storage, name, segmentId, bytes);
}

/** Opens a segment whose bytes are at hand, such as one that was just sealed. */
export function openWhole(
  storage: Storage,
  name: string,
  segmentId: Uint8Array,
  bytes: Uint8Array,
  pageHashes: Uint8Array = pageHashesOf(bytes, hasher),
): SegmentReader {
  const file = { fileLength: bytes.length, pageHashes, segmentId, hasher };
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const segment = runSync(loadAll(file), read);
  return readerOf(storage, { name, ...file }, segment);
}

/** Opens a segment that stands at the beginning of a derived file. */
export async function openFile(storage: Storage, file: NamedFile): Promise<SegmentReader> {
  const isSmall = file.fileLength <= RESIDENT_MAX;
  const load = isSmall ? loadAll({ ...file, hasher }) : loadSome({ ...file, hasher });
  const segment = await runAsync(load, (offset, length) => readPages(storage, file.name, offset, length));
  return readerOf(storage, file, segment);
}

function* loadAll(file: Parameters<typeof openSegment>[0]): Reading<OpenSegment> {
  return yield* loadRecords(yield* loadTables(yield* loadFilter(yield* openSegment(file))));
}

function* loadSome(file: Parameters<typeof openSegment>[0]): Reading<OpenSegment> {
  const segment = yield* loadFilter(yield* loadFanOut(yield* openSegment(file)));
  const { blocksOffset, footerOffset } = segment.layout;
  return footerOffset - blocksOffset <= TABLES_MAX ? yield* loadTables(segment) : segment;
}

function readerOf(
  storage: Storage,
  { name }: { readonly name: string },
  segment: OpenSegment,
): SegmentReader {
  const { readSync } = storage;
  return {
    segment,
    run: (reading) => runAsync(reading, (offset, length) => readPages(storage, name, offset, length)),
    runNow:
      readSync &&
      ((reading) =>
        runSync(reading, (offset, length) => {
          const pages = readSync(name, offset, length);
          if (pages === undefined) throw missingObject(name);
          return pages;
        })),
  };
}

async function readPages(storage: Storage, name: string, offset: number, length: number): Promise<Bytes> {
  const pages = await storage.read(name, offset, length);
  if (pages === undefined) throw missingObject(name);
  return pages;
}

async function openLarge(
  storage: Storage,
  name: string,
  segmentId: Uint8Array,
  fileLength: number,
): Promise<SegmentReader> {
  const derivedName = `${DERIVED_PREFIX}pages/${formatHex(segmentId)}`;
  const kept = await readAll(storage, derivedName);
  if (kept !== undefined && kept.length % 32 === 0) {
    try {
      return await openFile(storage, { name, fileLength, pageHashes: kept, segmentId });
    } catch (error) {
      if (!isAslError(error, 'SEG.DIGEST')) throw error;
    }
  }
  // What is derived is missing or not right: the file itself says what its pages are.
  const pageHashes = await hashPages(storage, name, fileLength);
  const reader = await openFile(storage, { name, fileLength, pageHashes, segmentId });
  await keepDerived(storage, derivedName, [pageHashes]);
  return reader;
}

export async function hashPages(storage: Storage, name: string, fileLength: number): Promise<Bytes> {
  const hashes: Bytes[] = [];
  for (let offset = 0; offset < fileLength; offset += HASHED_AT_ONCE) {
    const pages = await readPages(storage, name, offset, Math.min(HASHED_AT_ONCE, fileLength - offset));
    hashes.push(pageHashesOf(pages, hasher));
  }
  return concatBytes(hashes);
}

/** Keeps derived bytes where that is possible; a store that can only be read answers without. */
export async function keepDerived(
  storage: Storage,
  name: string,
  parts: readonly Uint8Array[],
): Promise<void> {
  try {
    await storage.keep(name, parts);
  } catch (error) {
    if (!isAslError(error, 'STORE.IO')) throw error;
  }
}
