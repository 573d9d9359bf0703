import { type Bytes, formatHex, parseHex } from '@amduat/asl-core';

/** The one object every store has (STO-OBJ-4). */
export const GENESIS_NAME = 'snapshots/genesis';

/** An object of a store, read from its name (STO-OBJ-1). */
export type ObjectName =
  | {
      readonly kind: 'block' | 'segment' | 'policy' | 'snapshot';
      readonly id: Bytes;
      readonly generation: bigint;
    }
  | { readonly kind: 'log' | 'writer'; readonly epoch: bigint }
  | { readonly kind: 'leaves' | 'records'; readonly logseq: bigint }
  | { readonly kind: 'genesis' };

const HASHED = /^(blocks|segments|policies|snapshots)\/([0-9a-f]{64})\/(0|[1-9][0-9]{0,19})$/;
const NUMBERED = /^(log|writer|leaves|records)\/([0-9]{20})$/;
const U64_MAX = 2n ** 64n - 1n;

export type HashedKind = keyof typeof KINDS;

/** Folder → what is in it. */
const KINDS = { blocks: 'block', segments: 'segment', policies: 'policy', snapshots: 'snapshot' } as const;

/** The folder of all generations of an object. */
export function folderOf(kind: HashedKind, id: Uint8Array): string {
  return `${kind}/${formatHex(id)}/`;
}

export function generationName(kind: HashedKind, id: Uint8Array, generation: bigint): string {
  return `${folderOf(kind, id)}${generation}`;
}

export function epochName(kind: 'log' | 'writer', epoch: bigint): string {
  return numberedName(kind, epoch);
}

/** The name of what a cut kept. */
export function logseqName(kind: 'leaves' | 'records', logseq: bigint): string {
  return numberedName(kind, logseq);
}

function numberedName(kind: string, number: bigint): string {
  return `${kind}/${number.toString().padStart(20, '0')}`;
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
    return { kind: KINDS[hashedKind as HashedKind], id: parseHex(hex) as Bytes, generation };
  }
  const [, numberedKind, numberDigits] = NUMBERED.exec(name) ?? [];
  if (numberDigits === undefined) return undefined;
  const number = BigInt(numberDigits);
  if (number === 0n || number > U64_MAX) return undefined;
  if (numberedKind === 'log' || numberedKind === 'writer') return { kind: numberedKind, epoch: number };
  return { kind: numberedKind as 'leaves' | 'records', logseq: number };
}
