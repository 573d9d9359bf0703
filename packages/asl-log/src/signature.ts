import { ed25519 } from '@noble/curves/ed25519.js';

/** Signs with an Ed25519 key. */
export interface NoteSigner {
  /** The public key, 32 octets. */
  readonly key: Uint8Array;
  /** The signature of a message, 64 octets. */
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Makes a signer of a private key.
 *
 * @spec HEAD-NOTE-2
 * @param seed - the private key of RFC 8032, 32 octets; kept.
 * @throws RangeError when it has another length.
 */
export function ed25519Signer(seed: Uint8Array): NoteSigner {
  if (seed.length !== 32) throw new RangeError(`seed: expected 32 octets, got ${seed.length}`);
  return { key: ed25519.getPublicKey(seed), sign: (message) => ed25519.sign(message, seed) };
}

/**
 * Tells whether a signature is valid, by the one reading of RFC 8032 that heads have: canonical encodings of points, S below
 * the order, no key of small order, and the equation with the factor 8.
 *
 * @spec HEAD-NOTE-6, HEAD-NOTE-8, HEAD-NOTE-9, HEAD-NOTE-10, HEAD-NOTE-11
 */
export function isSignature(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean {
  if (signature.length !== 64 || key.length !== 32) return false;
  try {
    // HEAD-NOTE-8, HEAD-NOTE-10: not as ZIP 215 has it, which takes second encodings and keys of small order.
    return ed25519.verify(signature, message, key, { zip215: false });
  } catch {
    // A key or a point that is none.
    return false;
  }
}
