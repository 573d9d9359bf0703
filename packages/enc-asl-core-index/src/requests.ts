/** Asks for octets of a segment's file: whole pages, the last one as short as it stands in the file. */
export interface ReadRequest {
  readonly offset: number;
  readonly length: number;
}

/**
 * A computation over a segment that does no I/O: it yields what it wants to read, is handed exactly those octets, and
 * returns its result. What it is handed it uses until its next request and then no more.
 */
export type Reading<T> = Generator<ReadRequest, T, Uint8Array>;

/**
 * Runs a reading over a synchronous source.
 *
 * @param reading - used up.
 * @param read - gives the octets asked for, fewer if the file ends before.
 * @returns what the reading returns.
 * @throws whatever the reading or `read` throws.
 */
export function runSync<T>(reading: Reading<T>, read: (offset: number, length: number) => Uint8Array): T {
  let step = reading.next();
  while (!step.done) step = reading.next(read(step.value.offset, step.value.length));
  return step.value;
}

/**
 * Runs a reading over an asynchronous source.
 *
 * @param reading - used up.
 * @param read - gives the octets asked for, fewer if the file ends before.
 * @returns what the reading returns.
 * @throws whatever the reading or `read` throws.
 */
export async function runAsync<T>(
  reading: Reading<T>,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<T> {
  let step = reading.next();
  while (!step.done) step = reading.next(await read(step.value.offset, step.value.length));
  return step.value;
}
