import { join } from 'node:path';
import { parseReference, referenceOf } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { describe, expect, it } from 'vitest';
import { bytesOf, closing, initDemo, temporaryFolder, textOf } from './backends.js';
import { startChild } from './child.js';

async function makeStore() {
  const folder = join(temporaryFolder(), 'store');
  const storage = closing(fileSystemStorage(folder));
  return { folder, storage, store: await initDemo(storage) };
}

describe('[STO-EPO-2] writers in several processes', () => {
  it('are refused while one is alive, and succeed it at once when it is dead', async () => {
    const { folder, store } = await makeStore();
    const child = startChild(folder);
    expect(await child.ask('open')).toBe('1');
    const reference = parseReference(await child.ask('put', 'from the child'));
    expect(await child.ask('seal')).toBe('1');
    await child.ask('put', 'never sealed');
    const error = await store.openWriter().catch((thrown) => thrown);
    expect(error.code).toBe('STORE.WRITER_BUSY');
    expect(typeof error.details.process).toBe('number');
    await child.kill();
    const writer = await store.openWriter();
    // The refused attempt took no epoch.
    expect(writer.epoch).toBe(2n);
    expect(textOf(await (await store.at()).get(reference))).toBe('from the child');
    const lost = referenceOf({ bytes: bytesOf('never sealed') });
    expect((await (await store.at()).stat(lost)).verdict).toBe('absent');
    await writer.close();
  });

  it('succeed one that said it was done, though its process goes on', async () => {
    const { folder, store } = await makeStore();
    const child = startChild(folder);
    await child.ask('open');
    await child.ask('put', 'a');
    await child.ask('close');
    const writer = await store.openWriter();
    expect(writer.state.position).toBe(1n);
    await expect(child.ask('open')).rejects.toThrow('STORE.WRITER_BUSY');
    await writer.close();
    expect(await child.ask('open')).toBe('3');
  });
});

describe('[STO-EPO-7] a writer that was paused', () => {
  it('is fenced when it wakes after a takeover, and has acknowledged nothing', async () => {
    const { folder, storage, store } = await makeStore();
    const child = startChild(folder);
    await child.ask('open');
    await child.ask('put', 'before');
    expect(await child.ask('seal')).toBe('1');
    await child.ask('put', 'too late');
    child.signal('SIGSTOP');
    // A paused process is alive; whoever knows better says so.
    await expect(store.openWriter()).rejects.toThrow(/^STORE\.WRITER_BUSY/);
    const other = closing(await openStore(storage, { mayRun: () => false }));
    const writer = await other.openWriter();
    await writer.put(bytesOf('after'));
    expect(await writer.seal()).toBe(2n);
    child.signal('SIGCONT');
    await expect(child.ask('seal')).rejects.toThrow('STORE.FENCED');
    await expect(child.ask('put', 'more')).rejects.toThrow('STORE.WRITER_STOPPED');
    expect(await child.ask('refresh')).toBe('2');
    await writer.put(bytesOf('at last'));
    expect(await writer.seal()).toBe(3n);
    const view = await store.at((await store.refresh()).position);
    const texts: (string | undefined)[] = [];
    for await (const { reference } of view.entries()) texts.push(textOf(await view.get(reference)));
    expect(texts.sort()).toEqual(['after', 'at last', 'before']);
    await writer.close();
  });
});

describe('[STO-RDR-1] readers in other processes', () => {
  it('see new seals when they refresh, and not before', async () => {
    const { folder, store } = await makeStore();
    const follower = startChild(folder);
    expect(await follower.ask('refresh')).toBe('0');
    const writer = await store.openWriter();
    for (const position of ['1', '2', '3']) {
      const { reference } = await writer.put(bytesOf(`artifact ${position}`));
      expect(await follower.ask('refresh')).toBe(String(Number(position) - 1));
      await writer.seal();
      expect(await follower.ask('refresh')).toBe(position);
      expect(textOf(await store.get(reference))).toBe(`artifact ${position}`);
    }
    await writer.close();
    const child = startChild(folder);
    await child.ask('open');
    const reference = parseReference(await child.ask('put', 'from the child'));
    await child.ask('seal');
    expect(await follower.ask('refresh')).toBe('4');
    expect((await store.current()).position).toBe(3n);
    const before = await store.at();
    expect((await store.refresh()).position).toBe(4n);
    expect(textOf(await (await store.at()).get(reference))).toBe('from the child');
    expect(await before.get(reference)).toBeUndefined();
    expect(textOf(await store.get(reference))).toBe('from the child');
  });
});
