import type { LogState } from '@amduat/asl-log';
import type { LogPosition } from '@amduat/asl-store-index';
import type { Storage } from './port.js';
import { openSealIndex, type SealIndex } from './seal-index.js';

/** Indexes that are kept at a time: one for each position that replay started from. */
const INDEXES_MAX = 4;

/** The indexes of the states of a store. States that were replayed from one position share theirs. */
export class SealIndexes {
  readonly #storage: Storage;
  readonly #byBase = new Map<LogPosition, { index: SealIndex; sealCount: number }>();

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The index of a state. */
  of({ base, seals }: LogState): SealIndex {
    const known = this.#byBase.get(base) ?? { index: openSealIndex(this.#storage), sealCount: 0 };
    // The one that was asked for last is let go of last.
    this.#byBase.delete(base);
    this.#byBase.set(base, known);
    for (const [other] of this.#byBase) if (this.#byBase.size > INDEXES_MAX) this.#byBase.delete(other);
    if (seals.length > known.sealCount) {
      known.index.extend(seals);
      known.sealCount = seals.length;
    }
    return known.index;
  }
}
