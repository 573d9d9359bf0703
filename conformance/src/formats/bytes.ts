import { createHash } from 'node:crypto';

/** SHA-256 of the parts, one after the other. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** An unsigned integer of up to 8 bytes, little-endian; 0 where the bytes are not there. */
export function unsigned(bytes: Uint8Array | undefined): bigint {
  let value = 0n;
  for (const byte of [...(bytes ?? [])].reverse()) value = value * 256n + BigInt(byte);
  return value;
}

/** The same as a number: what is too large for one is too large for every document. */
export function count(bytes: Uint8Array | undefined): number {
  return Number(unsigned(bytes));
}

/** `value` modulo 2^(8 × length), little-endian. */
export function littleEndian(value: bigint | number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 255n));
}

/** `value` modulo 2^(8 × length), big-endian. */
export function bigEndian(value: bigint | number, length: number): Uint8Array {
  return littleEndian(value, length).reverse();
}
