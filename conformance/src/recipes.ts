const MASK = 0xffff_ffff_ffff_ffffn;
const DIGITS = new TextEncoder().encode('0123456789abcdef');

interface Sparse {
  length: string;
  parts: { offset: string; hex: string }[];
}

/** Replaces each `{ gen, seed, length }` and `{ sparse }` of a vector by the hexadecimal digits it stands for. */
export function expandRecipes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expandRecipes);
  if (typeof value !== 'object' || value === null) return value;
  if ('gen' in value) return splitmix64(value as unknown as { seed: string; length: string });
  if ('sparse' in value) return sparse(value.sparse as Sparse);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expandRecipes(member)]));
}

function sparse({ length, parts }: Sparse): string {
  const digits = new Uint8Array(2 * Number(length)).fill(DIGITS[0] as number);
  for (const { offset, hex } of parts) digits.set(new TextEncoder().encode(hex), 2 * Number(offset));
  return new TextDecoder().decode(digits);
}

function splitmix64(recipe: { seed: string; length: string }): string {
  const length = Number(recipe.length);
  const words = new DataView(new ArrayBuffer(Math.ceil(length / 8) * 8));
  let state = BigInt(recipe.seed);
  for (let offset = 0; offset < words.byteLength; offset += 8) {
    state = (state + 0x9e37_79b9_7f4a_7c15n) & MASK;
    let word = state;
    word = ((word ^ (word >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK;
    word = ((word ^ (word >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK;
    words.setBigUint64(offset, word ^ (word >> 31n), true);
  }
  return toHex(new Uint8Array(words.buffer, 0, length));
}

function toHex(bytes: Uint8Array): string {
  const digits = new Uint8Array(2 * bytes.length);
  for (const [index, byte] of bytes.entries()) {
    digits[2 * index] = DIGITS[byte >> 4] as number;
    digits[2 * index + 1] = DIGITS[byte & 15] as number;
  }
  return new TextDecoder().decode(digits);
}
