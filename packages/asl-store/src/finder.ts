import { type Bytes, formatHex, isAslError, parseHex, type Reference } from '@amduat/asl-core';
import type { IndexRecord } from '@amduat/asl-store-index';
import { findRecord, type Reading, readRecord } from '@amduat/enc-asl-core-index';
import { readArtifact } from './artifact-reader.js';
import type { Storage } from './port.js';
import { openRun, RUNS_PREFIX, type Run } from './run-file.js';
import { openSealed, type SegmentReader } from './segment-reader.js';

/** Finds bytes by their reference alone, in whatever segment there is. */
export interface Finder {
  get(key: Reference): Promise<Bytes | undefined>;
}

const SEGMENTS_PREFIX = 'segments/';

/**
 * Opens a finder. It reads no log, and knows nothing of positions, visibility or policy.
 *
 * @spec STO-RDR-4, STO-RDR-6
 */
export function openFinder(storage: Storage): Finder {
  return new SegmentFinder(storage);
}

class SegmentFinder implements Finder {
  readonly #storage: Storage;
  /** Segments that no run stands for, by their SegmentID. */
  readonly #singles = new Map<string, SegmentReader>();
  #runs: readonly Run[] | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async get(key: Reference): Promise<Bytes | undefined> {
    const search = new Search(this.#storage, key);
    const bytes =
      (await this.#searchKnown(search)) ??
      ((await this.#discover()) ? await this.#searchKnown(search) : undefined);
    if (bytes === undefined && search.failure !== undefined) throw search.failure.error;
    return bytes;
  }

  async #searchKnown(search: Search): Promise<Bytes | undefined> {
    for (const reader of this.#singles.values()) {
      const bytes = await search.read(reader);
      if (bytes !== undefined) return bytes;
    }
    for (const run of this.#runs ?? []) {
      const bytes = await this.#searchRun(run, search);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  async #searchRun(run: Run, search: Search): Promise<Bytes | undefined> {
    try {
      const record = await search.find(run.reader);
      if (record === undefined) return undefined;
      if (!record.tombstone) return await readArtifact(this.#storage, record);
    } catch (error) {
      if (!isAslError(error)) throw error;
    }
    // What decides among the seals of a run may hide bytes that one of them has; and a run that cannot be read decides
    // nothing.
    for (const { segmentId } of run.seals) {
      const bytes = await search.open(segmentId);
      if (bytes !== undefined) return bytes;
    }
    return undefined;
  }

  /** Opens what was not known; false if there is nothing new. */
  async #discover(): Promise<boolean> {
    const before = this.#singles.size + (this.#runs?.length ?? 0);
    this.#runs ??= await openRuns(this.#storage);
    const merged = new Set(
      this.#runs.flatMap((run) => run.seals.map(({ segmentId }) => formatHex(segmentId))),
    );
    for (const folder of await this.#storage.folders(SEGMENTS_PREFIX)) {
      const id = folder.slice(SEGMENTS_PREFIX.length);
      const segmentId = id.length === 64 ? parseHex(id) : undefined;
      if (segmentId === undefined || this.#singles.has(id) || merged.has(id)) continue;
      const reader = await openIfThere(this.#storage, segmentId);
      if (reader !== undefined) this.#singles.set(id, reader);
    }
    return this.#singles.size + this.#runs.length > before;
  }
}

/** The search for one key: what failed on the way is no answer, but may turn out not to matter. */
class Search {
  readonly #storage: Storage;
  readonly #key: Reference;
  readonly #seen = new Set<SegmentReader>();
  failure: { readonly error: unknown } | undefined;

  constructor(storage: Storage, key: Reference) {
    this.#storage = storage;
    this.#key = key;
  }

  async find(reader: SegmentReader): Promise<IndexRecord | undefined> {
    const run = <T>(reading: Reading<T>): T | Promise<T> =>
      reader.runNow === undefined ? reader.run(reading) : reader.runNow(reading);
    const fields = await run(findRecord(reader.segment, this.#key));
    return fields && (await run(readRecord(reader.segment, fields)));
  }

  /** The artifact's bytes, if the segment says where they are and they are right. */
  async read(reader: SegmentReader): Promise<Bytes | undefined> {
    if (this.#seen.has(reader)) return undefined;
    this.#seen.add(reader);
    return await this.#attempt(async () => {
      const record = await this.find(reader);
      return record?.tombstone === false ? await readArtifact(this.#storage, record) : undefined;
    });
  }

  async open(segmentId: Uint8Array): Promise<Bytes | undefined> {
    const reader = await this.#attempt(() => openSealed(this.#storage, segmentId));
    return reader && (await this.read(reader));
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isAslError(error)) throw error;
      this.failure ??= { error };
      return undefined;
    }
  }
}

/** The longest runs first, without those whose segments longer ones stand for. */
async function openRuns(storage: Storage): Promise<Run[]> {
  const runs: Run[] = [];
  for (const name of await storage.list(RUNS_PREFIX)) {
    const run = await openRun(storage, name);
    if (run !== undefined) runs.push(run);
  }
  runs.sort((left, right) => right.seals.length - left.seals.length);
  const merged = new Set<string>();
  return runs.filter(({ seals }) => {
    const ids = seals.map(({ segmentId }) => formatHex(segmentId));
    const isNeeded = ids.some((id) => !merged.has(id));
    for (const id of ids) merged.add(id);
    return isNeeded;
  });
}

/** A folder without a segment in it may be that of a segment that is being stored. */
async function openIfThere(storage: Storage, segmentId: Uint8Array): Promise<SegmentReader | undefined> {
  try {
    return await openSealed(storage, segmentId);
  } catch (error) {
    if (isAslError(error, 'STORE.MISSING')) return undefined;
    throw error;
  }
}
