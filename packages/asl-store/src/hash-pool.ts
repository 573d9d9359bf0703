import { Worker } from 'node:worker_threads';
import type { Bytes } from '@amduat/asl-core';
import { nodeSha256Hasher } from './hasher.js';

/** Octets that are hashed here before a worker is worth its start. */
const HASHED_HERE_MAX = 2 ** 26;

/** Hashes buffers, in other threads where that pays. What comes out does not depend on where. */
export interface HashPool {
  /**
   * Computes the SHA-256 of the first octets of a buffer.
   *
   * @param buffer - one that nothing else refers to; given back with the digest.
   */
  digest(buffer: Bytes, length: number): Promise<{ readonly digest: Bytes; readonly buffer: Bytes }>;
  close(): Promise<void>;
}

const WORKER = `
  const { createHash } = require('node:crypto');
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ buffer, length }) => {
    const digest = new Uint8Array(createHash('sha256').update(buffer.subarray(0, length)).digest());
    parentPort.postMessage({ digest, buffer }, [buffer.buffer]);
  });
`;

interface HashedBuffer {
  readonly digest: Bytes;
  readonly buffer: Bytes;
}

/**
 * Makes a pool.
 *
 * @param workerCount - threads beside this one; 0 for none.
 */
export function startHashPool(workerCount: number): HashPool {
  let hashedHere = 0;
  let workers: readonly HashWorker[] = [];
  let next = 0;
  return {
    async digest(buffer, length) {
      if (workerCount === 0 || hashedHere < HASHED_HERE_MAX) {
        hashedHere += length;
        return { digest: nodeSha256Hasher.digest([buffer.subarray(0, length)]), buffer };
      }
      if (workers.length === 0) workers = Array.from({ length: workerCount }, () => new HashWorker());
      return await (workers[next++ % workers.length] as HashWorker).digest(buffer, length);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      workers = [];
    },
  };
}

/** A thread that answers in the order in which it is asked. */
class HashWorker {
  readonly #worker = new Worker(WORKER, { eval: true });
  readonly #waiting: { resolve(hashed: HashedBuffer): void; reject(error: unknown): void }[] = [];

  constructor() {
    this.#worker.on('message', (hashed: HashedBuffer) => this.#waiting.shift()?.resolve(hashed));
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    // A process may end while a thread waits for work.
    this.#worker.unref();
  }

  digest(buffer: Bytes, length: number): Promise<HashedBuffer> {
    return new Promise((resolve, reject) => {
      this.#worker.ref();
      const done = () => {
        if (this.#waiting.length === 0) this.#worker.unref();
      };
      this.#waiting.push({
        resolve(hashed) {
          done();
          resolve(hashed);
        },
        reject(error) {
          done();
          reject(error);
        },
      });
      this.#worker.postMessage({ buffer, length }, [buffer.buffer]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
