/** Numbers that look random and are the same in every run of one seed. */
export interface Random {
  /** An integer from 0 up to, but without, `limit`. */
  below(limit: number): number;
  /** `length` octets; no two calls give the same if there are a dozen of them. */
  bytes(length: number): Uint8Array;
}

/** Marsaglia's xorshift32. */
export function startRandom(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>>= 0);
  };
  for (let warm = 0; warm < 8; warm++) next();
  return {
    below: (limit) => next() % limit,
    bytes(length) {
      const words = new Uint32Array(Math.ceil(length / 4));
      for (let index = 0; index < words.length; index++) words[index] = next();
      return new Uint8Array(words.buffer, 0, length);
    },
  };
}
