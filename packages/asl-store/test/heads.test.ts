import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatHex, type Reference, referenceOf } from '@amduat/asl-core';
import { type Head, openHead } from '@amduat/asl-log';
import {
  type HeadMemory,
  headMemory,
  makeKeys,
  memoryStorage,
  openStore,
  type Storage,
  signerOf,
  signStoreHead,
} from '@amduat/asl-store';
import { entryProofRoot, stateEntries, stateRootOf, verifyEntry } from '@amduat/asl-store-index';
import { describe, expect, it } from 'vitest';
import { bytesOf, codeOf, copyOf, initDemo, temporaryFolder } from './backends.js';

const signer = signerOf(makeKeys({ open: true }).authority);

function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

/** Remembers as long as the test. */
function memory(): HeadMemory & { readonly saved: Head[] } {
  const saved: Head[] = [];
  return { saved, load: async () => saved.at(-1), save: async (_, head) => void saved.push(head) };
}

async function grow(storage: Storage, texts: readonly string[]): Promise<void> {
  const writer = await (await openStore(storage)).openWriter({ workerCount: 0 });
  for (const text of texts) await writer.tombstone(keyOf(text));
  await writer.close();
}

async function sign(storage: Storage, remembered: HeadMemory) {
  return await signStoreHead(await openStore(storage), signer, remembered);
}

describe('[HEAD-SGN-1] [HEAD-SGN-2] a head', () => {
  it('is of the durable log, and the same for the same log', async () => {
    const storage = memoryStorage();
    const { domainId } = await initDemo(storage);
    await grow(storage, ['a', 'b']);
    const remembered = memory();
    const { note, head } = await sign(storage, remembered);
    expect(head.size).toBe(2n);
    expect(openHead(note, { domainId, key: signer.key })).toEqual(head);
    expect((await sign(storage, remembered)).note).toEqual(note);
    await grow(storage, ['c']);
    expect((await sign(storage, remembered)).head.size).toBe(3n);
  });

  it('is not signed of a store that was put back from an older copy, nor of one that went on otherwise', async () => {
    const storage = memoryStorage();
    await initDemo(storage);
    await grow(storage, ['a', 'b']);
    const [older, forked] = [await copyOf(storage), await copyOf(storage)];
    await grow(storage, ['c']);
    const remembered = memory();
    await sign(storage, remembered);
    expect(await codeOf(sign(older, remembered))).toBe('HEAD.LARGER');
    await grow(forked, ['x']);
    expect(await codeOf(sign(forked, remembered))).toBe('HEAD.FORKED');
    await grow(forked, ['y', 'z']);
    expect(await codeOf(sign(forked, remembered))).toBe('HEAD.FORKED');
    await grow(storage, ['d']);
    expect((await sign(storage, remembered)).head.size).toBe(4n);
  });

  it('of a log that was cut has the leaves that were dropped', async () => {
    const storage = memoryStorage();
    await initDemo(storage);
    const store = await openStore(storage);
    const writer = await store.openWriter();
    await writer.tombstone(keyOf('a'));
    await writer.snapshot();
    await writer.close();
    const { note } = await sign(storage, memory());
    await store.cut();
    expect((await sign(storage, memory())).note).toEqual(note);
  });
});

describe('[HEAD-SGN-3] what is remembered of heads', () => {
  it('is kept in a folder of its own, before the signature is given out', async () => {
    const storage = memoryStorage();
    const { domainId } = await initDemo(storage);
    await grow(storage, ['a']);
    const folder = join(temporaryFolder(), 'state');
    const files = headMemory(folder);
    expect(await files.load(signer.key, domainId)).toBeUndefined();
    const { head } = await sign(storage, files);
    expect(await headMemory(folder).load(signer.key, domainId)).toEqual(head);
    const [name] = readdirSync(folder) as [string];
    expect(name).toBe(`${formatHex(signer.key)}-${formatHex(domainId)}`);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const refusing = { ...memory(), save: async () => Promise.reject(new Error('no room')) };
    await expect(sign(storage, refusing)).rejects.toThrow('no room');
  });
});

describe('[STX-PRF-6] a proof of an entry of a store', () => {
  it('shows for every key what the state says, against the roots of its anchor', async () => {
    const storage = memoryStorage();
    await initDemo(storage);
    const store = await openStore(storage);
    const writer = await store.openWriter();
    for (let index = 0; index < 200; index++) {
      await writer.put(bytesOf(`artifact ${index}`), { publish: index % 3 === 0 });
    }
    await writer.tombstone(keyOf('artifact 6'));
    await writer.seal();
    const { state, roots } = await writer.snapshot();
    await writer.close();
    await store.refresh();
    for (let index = 0; index < 220; index++) {
      const key = keyOf(`artifact ${index}`);
      const { verdict } = await (await store.at(state.position)).stat(key);
      const shown = await store.prove(key, state.position, 'public');
      const entry = verifyEntry(stateEntries, roots.publicRoot, key, shown);
      expect(entry !== undefined).toBe(verdict === 'published');
      const held = await store.prove(key, state.position, 'state');
      expect(formatHex(roots.stateRoot)).toBe(
        formatHex(stateRootOf(new Uint8Array(32), entryProofRoot(stateEntries, key, held))),
      );
    }
  });
});
