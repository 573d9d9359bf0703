import type { Bytes } from '@amduat/asl-core';

/**
 * What a store asks of the storage below it: names and bytes, nothing a local file system and an object store cannot
 * both give. A name is made of parts of `a`–`z`, `0`–`9`, `.`, `-` and `_`, joined by `/`.
 *
 * Every method that meets an error of the system throws `STORE.IO` (STO-ERR-4); that a name is not there is no error.
 * It stays internal to the project until a back end beside the two of this package needs it to be frozen.
 */
export interface Storage {
  /**
   * Stores all of the bytes under a name, durably, or nothing.
   *
   * @spec STO-PRT-1
   * @param parts - the content is their concatenation; borrowed until the call settles.
   * @returns `exists` when the name is taken; nothing was changed then, and what is there may not be durable yet.
   */
  createOnce(name: string, parts: readonly Uint8Array[]): Promise<'created' | 'exists'>;
  /**
   * Reads a part of an object.
   *
   * @returns owned octets, fewer than `length` only where the object ends; undefined if there is no object.
   */
  read(name: string, offset: number, length: number): Promise<Bytes | undefined>;
  /** As {@link Storage.read}, at once; only a storage that never waits for a network has it. */
  readonly readSync?: (name: string, offset: number, length: number) => Bytes | undefined;
  /** The length of an object, or undefined if there is none. */
  size(name: string): Promise<number | undefined>;
  /**
   * Gives every name that begins with `prefix`, which is empty or ends in `/`, in ascending order. Names that begin
   * with `derived/` are given only when asked for.
   *
   * @spec STO-PRT-4
   */
  list(prefix: string): Promise<string[]>;
  /** Gives the folders directly in one: of each name that begins with `prefix`, the part up to the next `/`. */
  folders(prefix: string): Promise<string[]>;
  /** Removes an object; nothing happens if there is none. */
  delete(name: string): Promise<void>;
  /**
   * Adds bytes to an object that is there, durably. What was read of zeros after its end is not part of it.
   *
   * @spec STO-PRT-3
   * @param bytes - borrowed until the call settles.
   */
  append(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes durable what is there under a name, and the name. */
  sync(name: string): Promise<void>;
  /**
   * Keeps derived bytes under a name that begins with `derived/`, in place of what is there: all of them or, as after a
   * crash, none or others. Whoever reads them checks them.
   */
  keep(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Removes what creations that never ended left behind. Only the holder of the greatest epoch calls it. */
  tidy(): Promise<void>;
  /** Lets go of what is held open; the storage can be used on. */
  close(): void;
}

/** Begins the names of everything that can be made again (STO-OBJ-2). */
export const DERIVED_PREFIX = 'derived/';
