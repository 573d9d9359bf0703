import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, formatReference, parseReference, type Reference, referenceOf } from '@amduat/asl-core';
import {
  fileSystemStorage,
  initStore,
  nodeSha256Hasher,
  openStore,
  type Store,
  type View,
  verifyStore,
} from '@amduat/asl-store';
import { expect } from 'vitest';
import type { Random } from '../random.js';
import { type Ended, type KillPlan, type LeftBehind, runAndKill } from './child.js';
import { type Corpus, makeCorpus } from './corpus.js';

/** What was found in a store after a kill. */
export interface Findings {
  /** References that were acknowledged and are not there, or not as they were put. */
  readonly lost: readonly string[];
  /** Artifacts that were read back. */
  readonly checkedCount: number;
  /** Artifacts that were put, and not acknowledged. */
  readonly openCount: number;
  /** Those of them that are there all the same. */
  readonly openThereCount: number;
}

/** Files that the writer was busy with when it was killed, at most. */
const OPEN_MAX = 40;
/** Files that are put a second time when a writer goes on after another. */
const OVERLAP = 5;
const SAMPLE = 40;

/** A store that is written by one process after another, each of which is killed. */
export class Victim {
  /** Reference → the file with the bytes. */
  readonly acknowledged = new Map<string, string>();
  readonly #folder: string;
  readonly #corpus: Corpus;
  #firstOpen = 0;
  /** What the next writer has to report. */
  #tail: LeftBehind | null = null;

  private constructor(folder: string, corpus: Corpus) {
    this.#folder = folder;
    this.#corpus = corpus;
  }

  static async make(folder: string, fileCount: number, random: Random): Promise<Victim> {
    const store = join(folder, 'store');
    await initStore(fileSystemStorage(store), { name: 'victim', open: true, authorityKey: random.bytes(32) });
    return new Victim(store, makeCorpus(join(folder, 'files'), fileCount, random));
  }

  /** Whether everything was put. */
  get isExhausted(): boolean {
    return this.#firstOpen >= this.#corpus.paths.length;
  }

  /** Goes on where the last writer was killed. */
  async ingest(plan: KillPlan): Promise<Ended> {
    const first = Math.max(0, this.#firstOpen - OVERLAP);
    const ended = await runAndKill([this.#folder, this.#corpus.folder, first.toString()], plan);
    // STO-EPO-9
    if (ended.hello !== undefined) expect(ended.hello.leftBehind).toEqual(this.#tail);
    for (const { ref, file } of ended.acknowledged) {
      this.acknowledged.set(ref, this.#corpus.paths[file] as string);
      this.#firstOpen = Math.max(this.#firstOpen, file + 1);
    }
    return ended;
  }

  /** Looks for everything of the last round, some of what is older, and what was not acknowledged. */
  async check({ acknowledged }: Ended, random: Random): Promise<Findings> {
    const older = [...this.acknowledged.keys()];
    const sample = Array.from(
      { length: Math.min(SAMPLE, older.length) },
      () => older[random.below(older.length)],
    );
    const refs = new Set([...acknowledged.map(({ ref }) => ref), ...(sample as string[])]);
    return await this.#reading(async (store, view) => {
      const lost = await this.#lostOf(refs, view);
      // STO-RDR-4: by the reference alone, too.
      for (const ref of [...refs].slice(0, 3)) lost.push(...(await this.#lostOf([ref], store)));
      return { lost, checkedCount: refs.size, ...(await this.#checkOpen(view)) };
    });
  }

  /** Looks for everything that was ever acknowledged. */
  async checkAll(): Promise<Findings> {
    return await this.#reading(async (_, view) => {
      const lost = await this.#lostOf(this.acknowledged.keys(), view);
      return { lost, checkedCount: this.acknowledged.size, openCount: 0, openThereCount: 0 };
    });
  }

  /** Verifies the store: nothing but a torn tail of the last log file may be wrong with it. */
  async verify(): Promise<LeftBehind | null> {
    const storage = fileSystemStorage(this.#folder);
    const logs = await storage.list('log/');
    const faults: string[] = [];
    let tail: LeftBehind | null = null;
    for await (const { object, error } of verifyStore(storage)) {
      const offset = error.details.offset;
      if (error.code !== 'LOG.TORN' || object !== logs.at(-1) || typeof offset !== 'number') {
        faults.push(`${object}: ${error.message}`);
      } else {
        tail = { name: object, offset, length: ((await storage.size(object)) ?? 0) - offset };
      }
    }
    storage.close();
    expect(faults).toEqual([]);
    this.#tail = tail;
    return tail;
  }

  async #reading<T>(body: (store: Store, view: View) => Promise<T>): Promise<T> {
    const store = await openStore(fileSystemStorage(this.#folder));
    try {
      return await body(store, await store.at());
    } finally {
      await store.close();
    }
  }

  async #lostOf(refs: Iterable<string>, from: Pick<View, 'get'>): Promise<string[]> {
    const lost: string[] = [];
    for (const ref of refs) {
      const bytes = await from.get(parseReference(ref));
      const expected = readFileSync(this.acknowledged.get(ref) as string);
      if (bytes === undefined || !equalBytes(bytes, expected)) lost.push(ref);
    }
    return lost;
  }

  /** STO-DUR-3: what was not acknowledged is there whole, or not at all. */
  async #checkOpen(view: View): Promise<Pick<Findings, 'openCount' | 'openThereCount'>> {
    let openCount = 0;
    let openThereCount = 0;
    for (const path of this.#corpus.paths.slice(this.#firstOpen, this.#firstOpen + OPEN_MAX)) {
      const expected = readFileSync(path);
      const key: Reference = referenceOf({ bytes: expected }, nodeSha256Hasher);
      if (this.acknowledged.has(formatReference(key))) continue;
      openCount++;
      const bytes = await view.get(key);
      if (bytes === undefined) continue;
      expect(equalBytes(bytes, expected)).toBe(true);
      openThereCount++;
    }
    return { openCount, openThereCount };
  }
}
