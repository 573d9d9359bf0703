import { compareReferences, equalBytes, formatHex, isAslError, type Reference } from '@amduat/asl-core';
import type { Seal } from '@amduat/asl-log';
import {
  type Candidate,
  decidingCandidate,
  effectiveLogseq,
  type IndexRecord,
  type LogPosition,
  type LogSeq,
} from '@amduat/asl-store-index';
import {
  type EncodedSegment,
  fieldsOf,
  findNumber,
  findRecord,
  loadRecords,
  mayContain,
  type OpenSegment,
  RECORD_LENGTH,
  type Reading,
  type RecordFields,
  type ResidentSegment,
  readRecord,
} from '@amduat/enc-asl-core-index';
import { type MergeSource, mergeSources, sealOf } from './merge.js';
import { mergeStart } from './merge-policy.js';
import { generationName } from './names.js';
import type { Storage } from './port.js';
import { ReaderCache } from './reader-cache.js';
import { keepRun, openRun, RUNS_PREFIX, type Run, runName } from './run-file.js';
import { SegmentCursor, takeLeast } from './segment-cursor.js';
import { openSealed, openWhole, type SegmentReader } from './segment-reader.js';

/** The record of a key that decides at a position. */
export interface Found {
  readonly record: IndexRecord;
  /** Effective. */
  readonly logseq: LogSeq;
}

/** The position of a lookup, and how many of the seals are visible there. */
export interface Bounds {
  readonly sealCount: number;
  readonly position: LogPosition;
}

/** The index of a store: its seals, and the segments and merged segments that answer for them. */
export interface SealIndex {
  /** Takes the list of visible segments, which begins with all that were taken before. */
  extend(seals: readonly Seal[]): void;
  /** Hands over a segment that was just sealed, so that it need not be read. */
  provide(segment: EncodedSegment): void;
  /**
   * Looks up the record of a key that decides.
   *
   * @spec IDX-GET-1, IDX-GET-3, IDX-GET-4, IDX-GET-5, STO-MRG-1, STO-MRG-2
   * @returns the record, a tombstone included; at once where nothing has to be waited for.
   */
  find(bounds: Bounds, key: Reference): Found | undefined | Promise<Found | undefined>;
  /** Gives the deciding record of every key, tombstones included, in ascending order of the keys. */
  scan(bounds: Bounds): AsyncGenerator<Found, void, undefined>;
  /** Makes a merged segment, if lookups would touch too many segments without. */
  merge(): Promise<void>;
}

/** A segment that answers for the seals from one ordinal up to, but without, another. */
interface Source {
  readonly from: number;
  readonly to: number;
  /** The seal a segment is visible through. The records of a run carry their own logseq: it has none. */
  readonly seal: Seal | undefined;
  readonly run: Run | undefined;
  reader: SegmentReader | undefined;
  /** Lookups that had to read records of it. */
  readCount: number;
  /** False once it turned out that it has to be searched by itself. */
  isMergeable: boolean;
}

interface FoundIn extends Candidate {
  readonly fields: RecordFields;
  readonly reader: SegmentReader;
}

type RunNow = NonNullable<SegmentReader['runNow']>;

/** A lookup that has to wait for something. */
const NOT_NOW = Symbol('not now');

/** After so many lookups that read them, the records of a segment are kept in memory, as far as there is room. */
const READS_BEFORE_LOAD = 512;
const LOADED_MAX = 2 ** 27;

export function openSealIndex(storage: Storage): SealIndex {
  return new Index(storage);
}

class Index implements SealIndex {
  readonly #storage: Storage;
  #seals: readonly Seal[] = [];
  /** Stand for all seals, each for one part, in order. */
  #sources: Source[] = [];
  #hasRuns = false;
  /** Runs that turned out to be damaged, or were gone. */
  readonly #badRuns = new Set<string>();
  readonly #provided = new Map<string, SegmentReader>();
  readonly #cache = new ReaderCache();
  #merging: Promise<void> | undefined;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  extend(seals: readonly Seal[]): void {
    const known = this.#seals.length;
    this.#seals = seals;
    for (let at = known; at < seals.length; at++) this.#sources.push(this.#single(at));
  }

  provide({ bytes, segmentId, pageHashes }: EncodedSegment): void {
    const name = generationName('segments', segmentId, 0n);
    this.#provided.set(formatHex(segmentId), openWhole(this.#storage, name, segmentId, bytes, pageHashes));
  }

  find(bounds: Bounds, key: Reference): Found | undefined | Promise<Found | undefined> {
    try {
      const found = this.#findNow(bounds, key);
      if (found !== NOT_NOW) return found;
    } catch (error) {
      // Met again where there is time to do something about it.
      if (!isAslError(error)) throw error;
    }
    return this.#findSlowly(bounds, key);
  }

  #findNow(bounds: Bounds, key: Reference): Found | undefined | typeof NOT_NOW {
    let first: FoundIn | undefined;
    let several: FoundIn[] | undefined;
    for (const source of this.#sources) {
      if (source.from >= bounds.sealCount) break;
      const { reader } = source;
      if (reader?.runNow === undefined) return NOT_NOW;
      const { segment } = reader;
      const fields = isResident(segment)
        ? findResident(segment, key)
        : this.#findReading(source, reader.runNow, findRecord(segment, key));
      if (fields === undefined) continue;
      if (source.to > bounds.sealCount && fields.logseq > bounds.position) return NOT_NOW;
      const candidate = { ...sealOf(source.seal), logseq: fields.logseq, fields, reader };
      if (first === undefined) first = candidate;
      else several = [...(several ?? [first]), candidate];
    }
    if (first === undefined) return undefined;
    const deciding = decidingCandidate(several ?? [first], bounds.position);
    if (deciding === undefined) return undefined;
    const { reader, fields } = deciding;
    if (reader.runNow === undefined) return NOT_NOW;
    return { record: reader.runNow(readRecord(reader.segment, fields)), logseq: effectiveLogseq(deciding) };
  }

  /** Runs a lookup that may read records; where that is often so, the records are loaded. */
  #findReading<T>(source: Source, runNow: RunNow, reading: Reading<T>): T {
    if (++source.readCount === READS_BEFORE_LOAD) this.#loadRecords(source, runNow);
    return runNow(reading);
  }

  /** At once: lookups that are answered at once leave no time for anything that has to be waited for. */
  #loadRecords(source: Source, runNow: RunNow): void {
    const { reader } = source;
    const loaded = this.#sources.reduce(
      (sum, { reader }) => sum + (reader?.segment.records?.byteLength ?? 0),
      0,
    );
    if (reader === undefined || loaded + RECORD_LENGTH * reader.segment.layout.recordCount > LOADED_MAX)
      return;
    try {
      source.reader = { ...reader, segment: runNow(loadRecords(reader.segment)) };
    } catch (error) {
      // A lookup that needs what is wrong will say so.
      if (!isAslError(error)) throw error;
    }
  }

  async #findSlowly(bounds: Bounds, key: Reference): Promise<Found | undefined> {
    await this.#prepare();
    const candidates: FoundIn[] = [];
    for (const source of this.#sourcesOf(bounds)) {
      try {
        candidates.push(...(await this.#search(source, bounds, key)));
      } catch (error) {
        if (source.run === undefined || !isAslError(error)) throw error;
        // STO-MRG-3: a merged segment that is not there any more, or is damaged, decides nothing.
        await this.#dropRun(source);
        return await this.#findSlowly(bounds, key);
      }
    }
    const deciding = decidingCandidate(candidates, bounds.position);
    if (deciding === undefined) return undefined;
    const { reader, fields } = deciding;
    return {
      record: await reader.run(readRecord(reader.segment, fields)),
      logseq: effectiveLogseq(deciding),
    };
  }

  async #search(source: Source, bounds: Bounds, key: Reference): Promise<FoundIn[]> {
    const reader = await this.#open(source);
    const fields = await reader.run(findRecord(reader.segment, key));
    if (fields === undefined) return [];
    if (source.to <= bounds.sealCount || fields.logseq <= bounds.position) {
      return [{ ...sealOf(source.seal), logseq: fields.logseq, fields, reader }];
    }
    // What decides among all seals of the run is later than the position: the earlier ones are asked by themselves.
    const found: FoundIn[] = [];
    for (const single of await this.#earlier(source, bounds))
      found.push(...(await this.#search(single, bounds, key)));
    return found;
  }

  async *scan(bounds: Bounds): AsyncGenerator<Found, void, undefined> {
    let last: Reference | undefined;
    for (;;) {
      await this.#prepare();
      const sources = this.#sourcesOf(bounds);
      try {
        for await (const found of this.#scanSources(sources, bounds)) {
          if (last !== undefined && compareReferences(found.record.key, last) <= 0) continue;
          last = found.record.key;
          yield found;
        }
        return;
      } catch (error) {
        const runs = sources.filter(({ run }) => run !== undefined);
        if (runs.length === 0 || !isAslError(error)) throw error;
        // STO-MRG-3: without the merged segments, if it was one of them, from the key on that was given last.
        for (const run of runs) await this.#dropRun(run);
      }
    }
  }

  async *#scanSources(sources: readonly Source[], bounds: Bounds): AsyncGenerator<Found, void, undefined> {
    const cursors: SegmentCursor<Source>[] = [];
    for (const source of sources) {
      const parts = source.to <= bounds.sealCount ? [source] : await this.#earlier(source, bounds);
      for (const part of parts) cursors.push(new SegmentCursor(part, await this.#open(part)));
    }
    for await (const heads of takeLeast(cursors)) {
      const candidates = heads.map(({ source, record }) => ({
        ...sealOf(source.seal),
        logseq: record.logseq,
        record,
      }));
      const deciding = decidingCandidate(candidates, bounds.position);
      if (deciding !== undefined) yield { record: deciding.record, logseq: effectiveLogseq(deciding) };
    }
  }

  async merge(): Promise<void> {
    this.#merging ??= this.#mergeTail().finally(() => {
      this.#merging = undefined;
    });
    await this.#merging;
  }

  /** Opens what a lookup at the end needs, as little as that may be. */
  async #prepare(): Promise<void> {
    if (!this.#hasRuns) {
      this.#hasRuns = true;
      await this.#loadRuns();
    }
    await this.merge();
  }

  async #mergeTail(): Promise<void> {
    const counts: number[] = [];
    for (const source of this.#sources) {
      const { segment } = await this.#open(source);
      counts.push(source.isMergeable ? segment.layout.recordCount : Number.POSITIVE_INFINITY);
    }
    const start = mergeStart(counts);
    if (start === undefined) return;
    const merged = this.#sources.slice(start, counts.length);
    const source = await this.#mergeSources(merged);
    if (source === undefined) {
      for (const part of merged) part.isMergeable = false;
      return;
    }
    this.#replace(source);
    for (const { run } of merged)
      if (run !== undefined) await this.#storage.delete(run.name).catch(ignoreRefusal);
  }

  /** The run that stands for these sources; undefined if no segment says what they say together. */
  async #mergeSources(sources: readonly Source[]): Promise<Source | undefined> {
    const opened: MergeSource[] = [];
    for (const source of sources) opened.push({ seal: source.seal, reader: await this.#open(source) });
    const merged = await mergeSources(opened);
    const [first, last] = [sources[0], sources.at(-1)];
    if (merged === undefined || first === undefined || last === undefined) return undefined;
    const seals = this.#seals.slice(first.from, last.to);
    const name = runName(seals);
    await keepRun(this.#storage, seals, merged);
    this.#badRuns.delete(name);
    const run = (await openRun(this.#storage, name)) ?? {
      name,
      seals,
      reader: openWhole(this.#storage, name, merged.segmentId, merged.bytes, merged.pageHashes),
    };
    return {
      from: first.from,
      to: last.to,
      seal: undefined,
      run,
      reader: run.reader,
      readCount: 0,
      isMergeable: true,
    };
  }

  async #loadRuns(): Promise<void> {
    const ordinals = new Map<string, number>();
    for (const [at, seal] of this.#seals.entries()) ordinals.set(nameOfSeal(seal), at);
    const found: Source[] = [];
    for (const name of await this.#storage.list(RUNS_PREFIX)) {
      const run = this.#badRuns.has(name) ? undefined : await openRun(this.#storage, name);
      const from = run?.seals[0] && ordinals.get(nameOfSeal(run.seals[0]));
      if (run === undefined || from === undefined || !this.#standsFor(run, from)) continue;
      const to = from + run.seals.length;
      found.push({ from, to, seal: undefined, run, reader: run.reader, readCount: 0, isMergeable: true });
    }
    found.sort((left, right) => right.to - right.from - (left.to - left.from));
    for (const source of found) this.#replace(source);
  }

  /** STO-MRG-3: a run that stands for other seals than those of the log is stale. */
  #standsFor({ seals }: Run, from: number): boolean {
    return seals.every((seal, index) => {
      const expected = this.#seals[from + index];
      return expected?.logseq === seal.logseq && equalBytes(expected.segmentId, seal.segmentId);
    });
  }

  /** Puts a run in the place of the sources it covers, if it covers whole ones. */
  #replace(run: Source): void {
    const start = this.#sources.findIndex(({ from }) => from === run.from);
    const end = this.#sources.findIndex(({ to }) => to === run.to);
    if (start < 0 || end <= start) return;
    this.#sources.splice(start, end - start + 1, run);
  }

  async #dropRun(source: Source): Promise<void> {
    const at = this.#sources.indexOf(source);
    if (at < 0 || source.run === undefined) return;
    this.#sources.splice(at, 1, ...this.#singles(source.from, source.to));
    this.#badRuns.add(source.run.name);
    // Another process may have made a longer one of it.
    this.#hasRuns = false;
    await this.#storage.delete(source.run.name).catch(ignoreRefusal);
  }

  /** The segments of a run up to a position that is inside it. */
  async #earlier(run: Source, { sealCount }: Bounds): Promise<Source[]> {
    const singles = this.#singles(run.from, sealCount);
    for (const single of singles) {
      const id = formatHex((single.seal as Seal).segmentId);
      single.reader = this.#cache.get(id) ?? (await this.#open(single));
      this.#cache.add(id, single.reader);
    }
    return singles;
  }

  #sourcesOf({ sealCount }: Bounds): Source[] {
    return this.#sources.filter(({ from }) => from < sealCount);
  }

  #singles(from: number, to: number): Source[] {
    return Array.from({ length: to - from }, (_, index) => this.#single(from + index));
  }

  #single(at: number): Source {
    const seal = this.#seals[at] as Seal;
    return { from: at, to: at + 1, seal, run: undefined, reader: undefined, readCount: 0, isMergeable: true };
  }

  async #open(source: Source): Promise<SegmentReader> {
    if (source.reader !== undefined) return source.reader;
    const { segmentId } = source.seal as Seal;
    const id = formatHex(segmentId);
    source.reader = this.#provided.get(id) ?? (await openSealed(this.#storage, segmentId));
    this.#provided.delete(id);
    return source.reader;
  }
}

function isResident(segment: OpenSegment): segment is ResidentSegment {
  return segment.records !== undefined && segment.fanOut !== undefined;
}

function findResident(segment: ResidentSegment, key: Reference): RecordFields | undefined {
  // CORE-HASH-5, SEG-BLM-3
  if (!mayContain(segment, key)) return undefined;
  const number = findNumber(segment, key.digest);
  return number < 0 ? undefined : fieldsOf(segment, number);
}

/** No two of a list have the same. */
function nameOfSeal({ logseq, segmentId }: Seal): string {
  return `${logseq} ${formatHex(segmentId)}`;
}

/** A derived file that cannot be removed does no harm. */
function ignoreRefusal(error: unknown): void {
  if (!isAslError(error, 'STORE.IO')) throw error;
}
