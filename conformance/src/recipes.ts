const MASK = 0xffff_ffff_ffff_ffffn;

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
  const bytes = Buffer.alloc(Number(length));
  for (const { offset, hex } of parts) bytes.set(Buffer.from(hex, 'hex'), Number(offset));
  return bytes.toString('hex');
}

function splitmix64(recipe: { seed: string; length: string }): string {
  const bytes = Buffer.alloc(Math.ceil(Number(recipe.length) / 8) * 8);
  let state = BigInt(recipe.seed);
  for (let offset = 0; offset < bytes.length; offset += 8) {
    state = (state + 0x9e37_79b9_7f4a_7c15n) & MASK;
    let word = state;
    word = ((word ^ (word >> 30n)) * 0xbf58_476d_1ce4_e5b9n) & MASK;
    word = ((word ^ (word >> 27n)) * 0x94d0_49bb_1331_11ebn) & MASK;
    bytes.writeBigUInt64LE(word ^ (word >> 31n), offset);
  }
  return bytes.toString('hex', 0, Number(recipe.length));
}
