/** The members of a list in an order that looks random and is the same for the same seed (Fisher and Yates). */
export function shuffled<T>(seed: number, list: readonly T[]): T[] {
  const result = [...list];
  let state = (Math.imul(seed, 0x9e37_79b1) ^ list.length) >>> 0 || 1;
  for (let last = result.length - 1; last > 0; last--) {
    // Marsaglia's xorshift32.
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    const other = state % (last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
