import {
  asciiBytes,
  assertU64,
  type Bytes,
  ByteWriter,
  type Hasher,
  type Reference,
  sha256Hasher,
} from '@amduat/asl-core';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  contentEntries,
  contentEntryOf,
  type EntryCodec,
  isPublished,
  type StateEntry,
  stateEntries,
} from './entry.js';
import { leavesOf, subtreeOf } from './entry-trie.js';
import type { LogPosition } from './record.js';

/** What a state is summed up in: 32 octets each. */
export interface StateRoots {
  /** Over everything the state says, under the blind of its position. */
  readonly stateRoot: Bytes;
  /** Over what the domain shows. */
  readonly publicRoot: Bytes;
  /** Over the content alone, the same in every domain. */
  readonly contentRoot: Bytes;
}

const STATE: Uint8Array = Uint8Array.of(2);
const BLIND_TAG = asciiBytes('ASL/STATE/1');
const NO_BLIND: Uint8Array = new Uint8Array(32);

/**
 * Computes the blind of a position.
 *
 * @spec STX-ROOT-4, DOM-SEC-2
 * @param secret - the log secret of a closed domain, 32 octets; undefined for an open one; borrowed.
 * @param position - S, u64.
 * @returns 32 octets; owned. Zeros in an open domain.
 */
export function blindOf(secret: Uint8Array | undefined, position: LogPosition): Bytes {
  assertU64(position, 'position');
  if (secret === undefined) return NO_BLIND.slice();
  const said = new ByteWriter(BLIND_TAG.length + 8).bytes(BLIND_TAG).u64(position, 'little').finish();
  return hmac(sha256, secret, said) as Bytes;
}

/**
 * Computes the root of the trie over entries.
 *
 * @spec STX-TRIE-1, STX-TRIE-2, STX-TRIE-3, STX-ROOT-1
 * @param codec - of the kind of the entries.
 * @param entries - in any order; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned. Of no entries, zeros.
 * @throws AslError `IDX.DUPLICATE` when two are of one key.
 * @remarks About two hashes for each entry; takes room for all leaves.
 */
export function entryRoot<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  entries: Iterable<E>,
  hasher: Hasher = sha256Hasher,
): Bytes {
  return subtreeOf(leavesOf(codec, entries, hasher), 0, hasher).hash.slice();
}

/**
 * Computes StateRoot from the root of the trie over all state entries.
 *
 * @spec STX-ROOT-3
 * @param blind - of the position, 32 octets: zeros in an open domain; borrowed.
 * @param root - 32 octets; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function stateRootOf(blind: Uint8Array, root: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return hasher.digest([STATE, blind, root]);
}

/**
 * Computes the roots of a state from all of its entries.
 *
 * @spec STX-ROOT-1, STX-ROOT-2, STX-ROOT-3
 * @param entries - every one of the state, in any order; borrowed.
 * @param blind - as for {@link stateRootOf}.
 * @param hasher - a SHA-256.
 * @throws AslError `IDX.DUPLICATE` when two are of one key.
 * @example
 * import { referenceOf } from '@amduat/asl-core';
 * import { rootsOf, ZERO_DOMAIN } from '@amduat/asl-store-index';
 * const key = referenceOf({ bytes: new TextEncoder().encode('hello') });
 * const record = { length: 5n, domain: ZERO_DOMAIN, source: ZERO_DOMAIN };
 * const { publicRoot } = rootsOf([{ key, record, tombstones: [] }], new Uint8Array(32));
 * if (publicRoot.some((byte) => byte !== 0)) throw new Error('nothing is published');
 */
export function rootsOf(
  entries: Iterable<StateEntry>,
  blind: Uint8Array,
  hasher: Hasher = sha256Hasher,
): StateRoots {
  const all = [...entries];
  const contents = all.flatMap((entry) => contentEntryOf(entry) ?? []);
  return {
    stateRoot: stateRootOf(blind, entryRoot(stateEntries, all, hasher), hasher),
    publicRoot: entryRoot(stateEntries, all.filter(isPublished), hasher),
    contentRoot: entryRoot(contentEntries, contents, hasher),
  };
}
