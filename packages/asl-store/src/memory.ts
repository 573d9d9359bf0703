import { type Bytes, concatBytes, copyBytes } from '@amduat/asl-core';
import { storeError } from './errors.js';
import { DERIVED_PREFIX, type Storage } from './port.js';

/**
 * Makes a storage that lives as long as the process.
 *
 * @returns an empty storage; what it is told to make durable is there at once.
 */
export function memoryStorage(): Storage {
  const objects = new Map<string, GrowingBytes>();

  function readSync(name: string, offset: number, length: number): Bytes | undefined {
    const bytes = objects.get(name)?.view();
    return bytes && copyBytes(bytes.subarray(offset, offset + length));
  }

  return {
    async createOnce(name, parts) {
      if (objects.has(name)) return 'exists';
      objects.set(name, new GrowingBytes(concatBytes(parts)));
      return 'created';
    },
    read: async (name, offset, length) => readSync(name, offset, length),
    readSync,
    size: async (name) => objects.get(name)?.view().length,
    async list(prefix) {
      const derived = prefix.startsWith(DERIVED_PREFIX);
      return [...objects.keys()]
        .filter((name) => name.startsWith(prefix) && name.startsWith(DERIVED_PREFIX) === derived)
        .sort();
    },
    async folders(prefix) {
      const inside = [...objects.keys()].filter(
        (name) => name.startsWith(prefix) && name.includes('/', prefix.length),
      );
      return [...new Set(inside.map((name) => name.slice(0, name.indexOf('/', prefix.length))))].sort();
    },
    async delete(name) {
      objects.delete(name);
    },
    async append(name, bytes) {
      const object = objects.get(name);
      if (object === undefined) throw noSuchObject(name);
      object.append(bytes);
    },
    async sync(name) {
      if (!objects.has(name)) throw noSuchObject(name);
    },
    async keep(name, parts) {
      objects.set(name, new GrowingBytes(concatBytes(parts)));
    },
    async tidy() {},
    close() {},
  };
}

/** Bytes that are only ever added to; what was handed out as a view stays as it was. */
class GrowingBytes {
  #bytes: Bytes;
  #length: number;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  append(bytes: Uint8Array): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      grown.set(this.view());
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }
}

function noSuchObject(name: string): ReturnType<typeof storeError> {
  return storeError('STORE.IO', `there is no object ${name}`, { name, systemCode: 'ENOENT' });
}
