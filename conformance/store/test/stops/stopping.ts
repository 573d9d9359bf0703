import { errorMaker } from '@amduat/asl-core';
import { STORE_ERRORS, type Storage } from '@amduat/asl-store';

/** A call that changes what is stored, or makes it durable. */
export interface Step {
  readonly operation: 'create' | 'append' | 'keep' | 'delete' | 'sync' | 'tidy';
  readonly name: string;
  /** Octets that it writes. */
  readonly length: number;
}

/** Where a storage stops. */
export interface Stop {
  /** Of the step, from 1. */
  readonly number: number;
  /** What of the step is done: nothing, all, or so many octets. */
  readonly done: 'none' | 'all' | number;
}

/** What becomes of a call after the stop: its caller is gone, or is told that the storage refuses. */
export type Aftermath = 'gone' | 'refused';

export interface StoppingStorage {
  readonly storage: Storage;
  /** Those that were begun, the one of the stop included. */
  readonly steps: readonly Step[];
  /** Settles when the storage has stopped, and nothing goes on that was begun before. */
  readonly stopped: Promise<void>;
}

const storeError = errorMaker(STORE_ERRORS);

/** The same storage up to a stop; without one, it tells the steps. */
export function stoppingStorage(
  storage: Storage,
  stop?: Stop,
  aftermath: Aftermath = 'gone',
): StoppingStorage {
  const steps: Step[] = [];
  const begun = new Set<Promise<unknown>>();
  let isStopped = false;
  let tellStopped = () => {};
  const stopped = new Promise<void>((resolve) => {
    tellStopped = resolve;
  });

  function afterwards(name: string): Promise<never> {
    return aftermath === 'gone' ? new Promise(() => {}) : Promise.reject(refusal(name));
  }

  async function take<T>(
    step: Step,
    whole: () => Promise<T>,
    part: (length: number) => Promise<void> = async () => {},
  ): Promise<T> {
    if (isStopped) return await afterwards(step.name);
    steps.push(step);
    if (steps.length !== stop?.number) return await goingOn(whole());
    isStopped = true;
    if (stop.done === 'all') await whole();
    else if (stop.done !== 'none') await part(stop.done);
    await Promise.allSettled(begun);
    tellStopped();
    return await afterwards(step.name);
  }

  async function goingOn<T>(work: Promise<T>): Promise<T> {
    begun.add(work);
    try {
      return await work;
    } finally {
      begun.delete(work);
    }
  }

  function read<T>(name: string, work: () => Promise<T>): Promise<T> {
    return isStopped ? afterwards(name) : work();
  }

  const { readSync } = storage;
  return {
    steps,
    stopped,
    storage: {
      createOnce: (name, parts) =>
        take({ operation: 'create', name, length: lengthOf(parts) }, () => storage.createOnce(name, parts)),
      append: (name, bytes) =>
        take(
          { operation: 'append', name, length: bytes.length },
          () => storage.append(name, bytes),
          (length) => storage.append(name, bytes.subarray(0, length)),
        ),
      keep: (name, parts) =>
        take(
          { operation: 'keep', name, length: lengthOf(parts) },
          () => storage.keep(name, parts),
          (length) => storage.keep(name, [Buffer.concat(parts).subarray(0, length)]),
        ),
      delete: (name) => take({ operation: 'delete', name, length: 0 }, () => storage.delete(name)),
      sync: (name) => take({ operation: 'sync', name, length: 0 }, () => storage.sync(name)),
      tidy: () => take({ operation: 'tidy', name: 'tmp', length: 0 }, () => storage.tidy()),
      read: (name, offset, length) => read(name, () => storage.read(name, offset, length)),
      ...(readSync && {
        readSync(name, offset, length) {
          if (isStopped) throw refusal(name);
          return readSync(name, offset, length);
        },
      }),
      size: (name) => read(name, () => storage.size(name)),
      list: (prefix) => read(prefix, () => storage.list(prefix)),
      folders: (prefix) => read(prefix, () => storage.folders(prefix)),
      close: () => storage.close(),
    },
  };
}

/** Every stop that steps have: before each, after it, and amid what can be there in part (STO-PRT-3). */
export function stopsOf(steps: readonly Step[]): Stop[] {
  return steps.flatMap(({ operation, length }, index) => {
    const lengths = operation === 'append' || operation === 'keep' ? [1, length >> 1, length - 1] : [];
    const parts = new Set(lengths.filter((done) => done > 0 && done < length));
    return (['none', 'all', ...parts] as const).map((done) => ({ number: index + 1, done }));
  });
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function refusal(name: string): ReturnType<typeof storeError> {
  return storeError('STORE.IO', `the storage refuses ${name}`, { name, systemCode: 'EIO' });
}
