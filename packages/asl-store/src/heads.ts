import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Bytes, equalBytes, errorMaker, formatHex, merkleLeafHash, merkleRoot } from '@amduat/asl-core';
import { decodeHead, encodeHead, HEAD_ERRORS, type Head, type NoteSigner, signHead } from '@amduat/asl-log';
import { nodeSha256Hasher as hasher } from './hasher.js';
import type { Store } from './store.js';

const headError = errorMaker(HEAD_ERRORS);

/** What is remembered of the heads that a key has signed: the greatest. It is kept apart from every store (HEAD-SGN-3). */
export interface HeadMemory {
  /** The greatest head that a key has signed for a domain; undefined if it has signed none. */
  load(key: Uint8Array, domainId: Uint8Array): Promise<Head | undefined>;
  /** Remembers a head, durably. */
  save(key: Uint8Array, head: Head): Promise<void>;
}

/**
 * Remembers heads in files of a folder: one for each key and domain.
 *
 * @spec HEAD-SGN-3
 * @param folder - made when it is first needed.
 */
export function headMemory(folder: string): HeadMemory {
  const nameOf = (key: Uint8Array, domainId: Uint8Array) =>
    join(folder, `${formatHex(key)}-${formatHex(domainId)}`);
  return {
    async load(key, domainId) {
      try {
        return decodeHead(await fs.readFile(nameOf(key, domainId), 'latin1'));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(key, head) {
      const name = nameOf(key, head.domainId);
      await fs.mkdir(folder, { recursive: true, mode: 0o700 });
      const making = `${name}.${process.pid}`;
      const file = await fs.open(making, 'w', 0o600);
      try {
        await file.writeFile(encodeHead(head), 'latin1');
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(making, name);
      await syncFolder(dirname(name));
    },
  };
}

/** A head as it was signed. */
export interface SignedHead {
  readonly head: Head;
  readonly note: Bytes;
}

/**
 * Signs the head of a store's log as it is.
 *
 * @spec HEAD-SGN-1, HEAD-SGN-2, HEAD-SGN-3
 * @param signer - of the authority of the domain.
 * @param memory - of what the key has signed before.
 * @throws AslError `HEAD.LARGER` when the key has signed a longer log of this domain, `HEAD.FORKED` when it has signed one
 * whose records are not the first of this.
 */
export async function signStoreHead(
  store: Store,
  signer: NoteSigner,
  memory: HeadMemory,
): Promise<SignedHead> {
  // HEAD-SGN-1: what a reader is given is durable (STO-RDR-2).
  const { position: size } = await store.refresh();
  const leaves = (await store.leaves(size)).map((data) => merkleLeafHash(data, hasher));
  const { domainId } = store;
  const head = { domainId, size, root: merkleRoot(leaves, hasher) };
  const before = await memory.load(signer.key, domainId);
  if (before !== undefined) assertFollows(before, head, leaves);
  await memory.save(signer.key, head);
  return { head, note: signHead(head, signer, hasher) };
}

/** HEAD-SGN-2 */
function assertFollows(before: Head, head: Head, leaves: readonly Uint8Array[]): void {
  if (before.size > head.size) {
    const details = { expected: `at least ${before.size}`, got: head.size.toString() };
    throw headError(
      'HEAD.LARGER',
      `the key has signed a log of ${before.size} records, this has ${head.size}`,
      details,
    );
  }
  const root = merkleRoot(leaves.slice(0, Number(before.size)), hasher);
  if (equalBytes(root, before.root)) return;
  const details = { size: before.size.toString(), expected: formatHex(before.root), got: formatHex(root) };
  throw headError('HEAD.FORKED', `the key has signed another log of ${before.size} records`, details);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
