import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { ascii, base64Of, bytesOf, concat, equalBytes, sha256 } from './bytes.js';

const PRIVATE_PREFIX = bytesOf('302e020100300506032b657004220420');
const ED25519 = Uint8Array.of(0x0a, 1);
const KEY_ID_LENGTH = 4;

// The private keys of RFC 8032 §7.1, tests 1 to 3: what they sign can be signed again.
const KNOWN = [
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
].map((seed) => keyPair(bytesOf(seed)));

interface KeyPair {
  readonly secret: KeyObject;
  readonly key: Uint8Array;
}

function keyPair(seed: Uint8Array): KeyPair {
  const secret = createPrivateKey({
    key: Buffer.from(concat(PRIVATE_PREFIX, seed)),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return { secret, key: new Uint8Array(spki.subarray(-32)) };
}

/** ASL/CHECKPOINT/1 §4: the key ID of a key under a name. */
export function keyIdOf(name: Uint8Array, key: Uint8Array): Uint8Array {
  return sha256(name, ED25519, key).subarray(0, KEY_ID_LENGTH);
}

/**
 * The base64 of a signature line, key ID and signature, by the known key that the line itself names.
 *
 * @returns undefined where the line names another key.
 */
export function signatureOf(name: Uint8Array, keyId: Uint8Array, text: Uint8Array): Uint8Array | undefined {
  const pair = KNOWN.find(({ key }) => equalBytes(keyIdOf(name, key), keyId));
  return pair && signatureLine(pair, name, text);
}

/**
 * The same by a given key.
 *
 * @returns undefined if nothing is known to sign with it.
 */
export function signatureBy(key: Uint8Array, name: Uint8Array, text: Uint8Array): Uint8Array | undefined {
  const pair = KNOWN.find((known) => equalBytes(known.key, key));
  return pair && signatureLine(pair, name, text);
}

function signatureLine({ secret, key }: KeyPair, name: Uint8Array, text: Uint8Array): Uint8Array {
  return ascii(base64Of(concat(keyIdOf(name, key), new Uint8Array(sign(null, text, secret)))));
}
