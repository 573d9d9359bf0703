/** A promise and what settles it. That it fails is no fault of whoever does not look at it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return { promise, ...(settle as Pick<Deferred<T>, 'resolve' | 'reject'>) };
}

/** Lets calls take effect one after another, in the order in which they were made. */
export class Turns {
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when every work before it has ended; at once if there is none. */
  take<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#waiting === 0 ? runNow(work) : this.#last.then(work);
    if (!(result instanceof Promise)) return Promise.resolve(result);
    this.#waiting++;
    const end = () => {
      this.#waiting--;
    };
    this.#last = result.then(end, end);
    return result;
  }
}

function runNow<T>(work: () => T | Promise<T>): T | Promise<T> {
  try {
    return work();
  } catch (error) {
    return Promise.reject(error);
  }
}
