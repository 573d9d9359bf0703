import { type Bytes, formatHex, parseHex } from '@amduat/asl-core';

/** The one object every store has (STO-OBJ-4). */
export const GENESIS_NAME = 'snapshots/genesis';

/** An object of a store, read from its name (STO-OBJ-1). */
export type ObjectName =
  | { readonly kind: 'block' | 'segment'; readonly id: Bytes; readonly generation: bigint }
  | { readonly kind: 'log' | 'writer'; readonly epoch: bigint }
  | { readonly kind: 'genesis' };

const HASHED = /^(blocks|segments)\/([0-9a-f]{64})\/(0|[1-9][0-9]{0,19})$/;
const NUMBERED = /^(log|writer)\/([0-9]{20})$/;
const U64_MAX = 2n ** 64n - 1n;

export type HashedKind = 'blocks' | 'segments';

/** The folder of all generations of an object. */
export function folderOf(kind: HashedKind, id: Uint8Array): string {
  return `${kind}/${formatHex(id)}/`;
}

export function generationName(kind: HashedKind, id: Uint8Array, generation: bigint): string {
  return `${folderOf(kind, id)}${generation}`;
}

export function epochName(kind: 'log' | 'writer', epoch: bigint): string {
  return `${kind}/${epoch.toString().padStart(20, '0')}`;
}

/**
 * Reads the name of an object.
 *
 * @spec STO-OBJ-1
 * @returns what it names, or undefined if it is no name of a store.
 */
export function parseName(name: string): ObjectName | undefined {
  if (name === GENESIS_NAME) return { kind: 'genesis' };
  const [, hashedKind, hex, digits] = HASHED.exec(name) ?? [];
  if (hex !== undefined && digits !== undefined) {
    const generation = BigInt(digits);
    if (generation > U64_MAX) return undefined;
    return { kind: hashedKind === 'blocks' ? 'block' : 'segment', id: parseHex(hex) as Bytes, generation };
  }
  const [, numberedKind, epochDigits] = NUMBERED.exec(name) ?? [];
  if (epochDigits === undefined) return undefined;
  const epoch = BigInt(epochDigits);
  if (epoch === 0n || epoch > U64_MAX) return undefined;
  return { kind: numberedKind === 'log' ? 'log' : 'writer', epoch };
}
