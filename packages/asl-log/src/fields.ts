/** Throws `RangeError`, naming `label`, unless `bytes` has exactly `length` octets. */
export function assertLength(bytes: Uint8Array, length: number, label: string): void {
  if (bytes.length !== length)
    throw new RangeError(`${label}: expected ${length} octets, got ${bytes.length}`);
}

/** The little-endian u32 at `offset`, which the caller knows to be there. */
export function u32At(bytes: Uint8Array, offset: number): number {
  return (u16At(bytes, offset) | (u16At(bytes, offset + 2) << 16)) >>> 0;
}

/** The little-endian u64 at `offset`, which the caller knows to be there. */
export function u64At(bytes: Uint8Array, offset: number): bigint {
  const low = u32At(bytes, offset);
  const high = u32At(bytes, offset + 4);
  // Below 2^53 the sum is exact in a number, which is the common case and the fast one.
  if (high < 0x20_0000) return BigInt(high * 0x1_0000_0000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

function u16At(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] as number) | ((bytes[offset + 1] as number) << 8);
}
