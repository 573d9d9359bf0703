import { type Bytes, equalBytes, formatHex, type Hasher, parseHex, sha256Hasher } from '@amduat/asl-core';
import type { DomainId } from '@amduat/asl-store-index';
import { formatBase64, parseBase64 } from './base64.js';
import { headError } from './errors.js';
import { encodeNote, openNote, splitNote } from './note.js';
import type { NoteSigner } from './signature.js';

/** What a head says of a log. */
export interface Head {
  readonly domainId: DomainId;
  /** How many records the log has: a LogPosition. */
  readonly size: bigint;
  /** Of the tree over their leaves, 32 octets. */
  readonly root: Uint8Array;
}

/** Who is to have signed a head. */
export interface HeadExpectation {
  readonly domainId: DomainId;
  /** Ed25519 public key, 32 octets. */
  readonly key: Uint8Array;
}

const ORIGIN = /^amduat\/([0-9a-f]{64})$/;
const TEXT = /^([^\n]*)\n(0|[1-9][0-9]{0,19})\n([^\n]{44})\n$/;
const SIZE_MAX = 2n ** 64n - 1n;

/** The origin of the heads of a domain: their first line, and the name of the authority's signature (HEAD-TXT-1). */
export function originOf(domainId: DomainId): string {
  return `amduat/${formatHex(domainId)}`;
}

/**
 * Writes the text of a head.
 *
 * @spec HEAD-TXT-1
 * @throws RangeError when the size is no u64, or a hash has not 32 octets.
 */
export function encodeHead({ domainId, size, root }: Head): string {
  if (size < 0n || size > SIZE_MAX) throw new RangeError(`size: expected a u64, got ${size}`);
  if (domainId.length !== 32 || root.length !== 32)
    throw new RangeError('domainId, root: expected 32 octets');
  return `${originOf(domainId)}\n${size}\n${formatBase64(root)}\n`;
}

/**
 * Reads the text of a head.
 *
 * @spec HEAD-TXT-1, HEAD-TXT-2
 * @throws AslError `HEAD.TEXT` for anything else.
 * @remarks encodeHead(decodeHead(t)) equals t for every t it accepts.
 */
export function decodeHead(text: string): Head {
  const [, origin = '', digits = '', base64 = ''] = TEXT.exec(text) ?? [];
  const [, hex = ''] = ORIGIN.exec(origin) ?? [];
  const domainId = parseHex(hex);
  const root = parseBase64(base64);
  if (domainId?.length !== 32 || root?.length !== 32 || digits === '' || BigInt(digits) > SIZE_MAX) {
    // HEAD-TXT-2
    throw headError('HEAD.TEXT', 'the text of a head is origin, size and root, each on a line', {
      expected: 'amduat/<64 hexadecimal digits>, size, base64 of 32 octets',
      got: text.slice(0, 200),
    });
  }
  return { domainId, size: BigInt(digits), root };
}

/**
 * Signs a head.
 *
 * @spec HEAD-NOTE-1, HEAD-NOTE-2
 * @param signer - of the authority of the domain.
 * @param hasher - a SHA-256.
 * @returns the signed note; owned. The same head and key give the same octets.
 * @remarks Pure: whether the head may be signed is for the caller to know (HEAD-SGN-1, HEAD-SGN-2).
 * @example
 * import { ed25519Signer, openHead, signHead } from '@amduat/asl-log';
 * const signer = ed25519Signer(new Uint8Array(32).fill(1));
 * const domainId = new Uint8Array(32).fill(7);
 * const note = signHead({ domainId, size: 3n, root: new Uint8Array(32) }, signer);
 * if (openHead(note, { domainId, key: signer.key }).size !== 3n) throw new Error();
 */
export function signHead(head: Head, signer: NoteSigner, hasher: Hasher = sha256Hasher): Bytes {
  return encodeNote(encodeHead(head), originOf(head.domainId), signer, hasher);
}

/**
 * Opens a signed head of a domain.
 *
 * @spec HEAD-TXT-2, HEAD-NOTE-3, HEAD-NOTE-4, HEAD-NOTE-5, HEAD-NOTE-6, HEAD-NOTE-7
 * @param note - borrowed.
 * @param hasher - a SHA-256.
 * @returns what the head says.
 * @throws AslError `HEAD.NOTE`, `HEAD.TEXT`, `HEAD.ORIGIN`, `HEAD.SIGNER`, `HEAD.SIGNATURE`, in this order of checks.
 */
export function openHead(note: Uint8Array, expected: HeadExpectation, hasher: Hasher = sha256Hasher): Head {
  const split = splitNote(note);
  const head = decodeHead(split.text);
  if (!equalBytes(head.domainId, expected.domainId)) {
    const [wanted, got] = [originOf(expected.domainId), originOf(head.domainId)];
    // HEAD-NOTE-4
    throw headError('HEAD.ORIGIN', `the head is of ${got}, not of ${wanted}`, { expected: wanted, got });
  }
  openNote(split, originOf(expected.domainId), expected.key, hasher);
  return head;
}

/** How many signature lines a note has. Throws `HEAD.NOTE` as {@link openHead}. */
export function signatureCount(note: Uint8Array): number {
  return splitNote(note).lines.length;
}
