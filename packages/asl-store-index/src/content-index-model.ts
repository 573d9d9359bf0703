import { formatReference, type Reference } from '@amduat/asl-core';
import type { LogPosition } from './record.js';

/** What a model's index holds at one position, under a name that whoever took it chose. */
export interface ContentSnapshot<Location> {
  readonly snapshotId: string;
  readonly position: LogPosition;
  readonly locations: ReadonlyMap<string, Location>;
}

interface Entry<Location> {
  readonly position: LogPosition;
  readonly key: string;
  /** undefined in a tombstone. */
  readonly location: Location | undefined;
}

/**
 * What an index of content is, in as few words as it takes: a snapshot, and a log of puts and tombstones over it. Slow
 * and obvious on purpose; implementations are tested against it.
 *
 * Its positions count from 0 and name the state *before* an entry, so position p here is logseq p + 1.
 *
 * @spec STX-MOD-1, STX-TMB-1
 */
export class ContentIndexModel<Location> {
  #snapshot: ContentSnapshot<Location> = { snapshotId: 'genesis', position: 0n, locations: new Map() };
  #log: Entry<Location>[] = [];

  /** The name of the snapshot the log is over; `genesis` before any is installed. */
  get currentSnapshotId(): string {
    return this.#snapshot.snapshotId;
  }

  /** The position the next entry will have. */
  get currentLogPosition(): LogPosition {
    return this.#snapshot.position + BigInt(this.#log.length);
  }

  /** Gives `key` a location; returns the position of the entry. */
  put(key: Reference, location: Location): LogPosition {
    return this.#append(formatReference(key), location);
  }

  /** Hides `key` until a later put; returns the position of the entry. */
  tombstone(key: Reference): LogPosition {
    return this.#append(formatReference(key), undefined);
  }

  /** The location of `key` now. */
  lookup(key: Reference): Location | undefined {
    return this.lookupAt(key, this.currentLogPosition);
  }

  /**
   * The location of `key` after the entries below `position`.
   *
   * @throws RangeError when the position is below the snapshot or after the end of the log.
   */
  lookupAt(key: Reference, position: LogPosition): Location | undefined {
    return this.#locationsAt(position).get(formatReference(key));
  }

  /** What the index holds now, under the name `snapshotId`. */
  snapshot(snapshotId: string): ContentSnapshot<Location> {
    const position = this.currentLogPosition;
    return { snapshotId, position, locations: this.#locationsAt(position) };
  }

  /** Goes on from a snapshot, with an empty log. */
  installSnapshot(snapshot: ContentSnapshot<Location>): void {
    this.#snapshot = snapshot;
    this.#log = [];
  }

  #append(key: string, location: Location | undefined): LogPosition {
    const position = this.currentLogPosition;
    this.#log.push({ position, key, location });
    return position;
  }

  #locationsAt(position: LogPosition): Map<string, Location> {
    const { position: first } = this.#snapshot;
    if (position < first || position > this.currentLogPosition) {
      throw new RangeError(`position: expected ${first} to ${this.currentLogPosition}, got ${position}`);
    }
    const locations = new Map(this.#snapshot.locations);
    for (const entry of this.#log) {
      if (entry.position >= position) break;
      if (entry.location === undefined) locations.delete(entry.key);
      else locations.set(entry.key, entry.location);
    }
    return locations;
  }
}
