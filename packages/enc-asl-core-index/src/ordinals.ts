import { type Bytes, compareBytes, concatBytes, copyBytes, formatHex } from '@amduat/asl-core';
import { TABLE_ENTRY_LENGTH } from './limits.js';

/** Collects identifiers of 32 octets and numbers them in ascending order of their octets. */
export interface OrdinalTable {
  /** Adds an identifier; borrowed until the table is no longer used. */
  add(id: Uint8Array): void;
  /** Ends the adding: the entries in order, each once; owned. */
  finish(): Bytes;
  /** The place of an identifier that was added. Only after `finish`. */
  ordinalOf(id: Uint8Array): number;
  readonly count: number;
}

/** Begins a table. Records mostly share the objects of their identifiers, so identity is tried before the octets. */
export function startOrdinals(label: string): OrdinalTable {
  const places = new Map<Uint8Array, { id: Uint8Array; ordinal: number }>();
  const byOctets = new Map<string, { id: Uint8Array; ordinal: number }>();
  return {
    add(id) {
      if (places.has(id)) return;
      if (id.length !== TABLE_ENTRY_LENGTH) {
        throw new RangeError(`${label}: expected ${TABLE_ENTRY_LENGTH} octets, got ${id.length}`);
      }
      const octets = formatHex(id);
      const place = byOctets.get(octets) ?? { id: copyBytes(id), ordinal: 0 };
      byOctets.set(octets, place);
      places.set(id, place);
    },
    finish() {
      const sorted = [...byOctets.values()].sort((left, right) => compareBytes(left.id, right.id));
      for (const [ordinal, place] of sorted.entries()) place.ordinal = ordinal;
      return concatBytes(sorted.map(({ id }) => id));
    },
    ordinalOf(id) {
      const place = places.get(id);
      if (place === undefined) throw new RangeError(`${label}: ${formatHex(id)} was not added`);
      return place.ordinal;
    },
    get count() {
      return byOctets.size;
    },
  };
}
