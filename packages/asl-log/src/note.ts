import { type Bytes, concatBytes, equalBytes, formatHex, type Hasher, sha256Hasher } from '@amduat/asl-core';
import { formatBase64, parseBase64 } from './base64.js';
import { headError } from './errors.js';
import { isSignature, type NoteSigner } from './signature.js';

/** A signed note, taken apart; nothing of it is checked. */
export interface SplitNote {
  readonly text: string;
  readonly lines: readonly NoteLine[];
}

interface NoteLine {
  readonly name: string;
  /** 4 octets. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** A key as other tools take it. */
export interface NamedKey {
  readonly name: string;
  /** Ed25519 public key, 32 octets. */
  readonly key: Uint8Array;
}

const LENGTH_MAX = 2 ** 16;
const ED25519: Uint8Array = Uint8Array.of(1);
/** A note is looked at octet by octet: a character here is an octet, also where several make one of UTF-8. */
const DASH = '\u00e2\u0080\u0094 ';
const LINE = /^([^ ]+) ([^ ]+)$/s;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what it is for (HEAD-NOTE-3).
const NAME = /^[^\x00-\x20+\x7f]+$/;

/**
 * The key ID of a signature line.
 *
 * @spec HEAD-NOTE-1
 * @param name - a character for each octet.
 * @returns 4 octets.
 */
function keyIdOf(name: string, key: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return hasher.digest([octetsOf(`${name}\n`), ED25519, key]).slice(0, 4);
}

/** Signs a text that ends in LF (HEAD-NOTE-2). */
export function encodeNote(text: string, name: string, signer: NoteSigner, hasher: Hasher): Bytes {
  const signature = signer.sign(octetsOf(text));
  const line = formatBase64(concatBytes([keyIdOf(name, signer.key, hasher), signature]));
  return octetsOf(`${text}\n${DASH}${name} ${line}\n`);
}

/**
 * Takes a signed note apart.
 *
 * @spec HEAD-NOTE-3
 * @throws AslError `HEAD.NOTE`.
 */
export function splitNote(note: Uint8Array): SplitNote {
  if (note.length > LENGTH_MAX) throw noNote(`it has ${note.length} octets`);
  const whole = textOf(note);
  // The text ends where the first empty line begins, which may be the very first.
  const at = `\n${whole}`.indexOf('\n\n') - 1;
  if (at < -1 || !whole.endsWith('\n')) throw noNote('it has no empty line, or no end of its last one');
  const lines = whole
    .slice(at + 2, -1)
    .split('\n')
    .map(readLine);
  return { text: whole.slice(0, at + 1), lines };
}

function textOf(note: Uint8Array): string {
  let text = '';
  for (const octet of note) text += String.fromCharCode(octet);
  return text;
}

function readLine(line: string): NoteLine {
  const said = line.startsWith(DASH) ? line.slice(DASH.length) : '';
  const [, name = '', base64 = ''] = LINE.exec(said) ?? [];
  const bytes = parseBase64(base64);
  if (!NAME.test(name) || bytes === undefined || bytes.length < 5)
    throw noNote('a line is no signature line');
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

/**
 * Checks the signature of one key.
 *
 * @spec HEAD-NOTE-5, HEAD-NOTE-6, HEAD-NOTE-7
 * @throws AslError `HEAD.SIGNER`, then `HEAD.SIGNATURE`.
 */
export function openNote({ text, lines }: SplitNote, name: string, key: Uint8Array, hasher: Hasher): void {
  const keyId = keyIdOf(name, key, hasher);
  const line = lines.find((candidate) => candidate.name === name && equalBytes(candidate.keyId, keyId));
  if (line === undefined) {
    const got = lines.map((candidate) => `${candidate.name}+${formatHex(candidate.keyId)}`);
    const expected = `${name}+${formatHex(keyId)}`;
    // HEAD-NOTE-5
    throw headError('HEAD.SIGNER', `no line is of ${expected}`, { expected, got });
  }
  if (isSignature(line.signature, octetsOf(text), key)) return;
  // HEAD-NOTE-6
  throw headError('HEAD.SIGNATURE', `the signature of ${name} is not valid`, {
    got: formatHex(line.signature),
  });
}

/**
 * Writes the text form of a key.
 *
 * @spec HEAD-KEY-1
 */
export function formatKey({ name, key }: NamedKey, hasher: Hasher = sha256Hasher): string {
  return `${name}+${formatHex(keyIdOf(utf8Of(name), key, hasher))}+${formatBase64(concatBytes([ED25519, key]))}`;
}

/**
 * Reads the text form of a key.
 *
 * @spec HEAD-KEY-1
 * @throws AslError `HEAD.KEY`.
 */
export function parseKey(text: string, hasher: Hasher = sha256Hasher): NamedKey {
  const [, name = '', keyId = '', base64 = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(text) ?? [];
  const bytes = parseBase64(base64);
  const key = bytes?.subarray(1);
  if (NAME.test(utf8Of(name)) && key?.length === 32 && bytes?.[0] === 1) {
    if (formatHex(keyIdOf(utf8Of(name), key, hasher)) === keyId) return { name, key };
  }
  // HEAD-KEY-1
  throw headError('HEAD.KEY', 'a key is name, key ID and base64, joined by +', { got: text.slice(0, 200) });
}

/** A text as the octets of its UTF-8; without those that have none, half a surrogate pair. */
function utf8Of(text: string): string {
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  return escaped.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function octetsOf(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function noNote(text: string): ReturnType<typeof headError> {
  // HEAD-NOTE-3
  return headError('HEAD.NOTE', `this is no signed note: ${text}`);
}
