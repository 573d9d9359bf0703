// @ts-check
import { fileSystemStorage, initStore, openStore } from '@amduat/asl-store';

/** @import { Storage } from '@amduat/asl-store' */
/** @import { AnchoredPeer } from '../peers.mjs' */

const COMMIT_LENGTH = 1000;

/**
 * Counts the octets that are read; those that are read at once included.
 *
 * @param {Storage} storage
 */
function counting(storage) {
  let octets = 0;
  /** @param {Uint8Array | undefined} bytes */
  const counted = (bytes) => {
    octets += bytes?.length ?? 0;
  };
  const counter = new Proxy(storage, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'read') {
        return async (/** @type {Parameters<Storage['read']>} */ ...args) => {
          const bytes = await target.read(...args);
          counted(bytes);
          return bytes;
        };
      }
      if (name === 'readSync') {
        return (/** @type {Parameters<NonNullable<Storage['readSync']>>} */ ...args) => {
          const bytes = target.readSync?.(...args);
          counted(bytes);
          return bytes;
        };
      }
      return value.bind(target);
    },
  });
  return { counter, octets: () => octets };
}

/** @type {AnchoredPeer} */
export const anchored = {
  async fill(folder, count, publishes) {
    const storage = fileSystemStorage(folder);
    await initStore(storage, { name: 'bench', open: true, authorityKey: new Uint8Array(32) });
    const store = await openStore(storage);
    const writer = await store.openWriter();
    for (let from = 0; from < count; from += COMMIT_LENGTH) {
      const numbers = Array.from({ length: Math.min(COMMIT_LENGTH, count - from) }, (_, at) => from + at);
      const puts = await Promise.all(
        numbers.map((number) => writer.put(Buffer.from(number.toString().padStart(16, '0')))),
      );
      await writer.seal();
      if (publishes) await Promise.all(puts.map(({ reference }) => writer.publish([reference])));
    }
    await writer.snapshot();
    await writer.close();
    await store.close();
  },
  async open(folder) {
    const { counter, octets } = counting(fileSystemStorage(folder));
    const store = await openStore(counter);
    const { position } = await store.current();
    await store.close();
    return { octets: octets(), position };
  },
};
