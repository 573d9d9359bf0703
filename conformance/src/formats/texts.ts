import { ascii, bytesOf, hexOf } from './bytes.js';
import { type Field, FieldReader } from './fields.js';
import { keyIdOf, signatureOf } from './keys.js';

const LF = 0x0a;
const SPACE = 0x20;
const KEY_ID_LENGTH = 4;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const DASH = bytesOf('e28094');

/** ASL/1-CORE §6: the text form of a reference. */
export function referenceTextFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  takeUpTo(reader, 'scheme', ':');
  takeUpTo(reader, 'name', ':');
  reader.rest('digest');
  return reader.fields;
}

/** ASL/STORE-INDEX/1 §4: the text form of an index state. */
export function stateTextFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  takeUpTo(reader, 'position', '@');
  reader.rest('snapshot_id');
  return reader.fields;
}

/** ASL/CHECKPOINT/1 §4: the text form of a key. */
export function keyTextFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const name = takeUpTo(reader, 'name', '+');
  takeUpTo(reader, 'key_id', '+', () => {
    const key = bytesOf64(Buffer.from(bytes.subarray(reader.offset)).toString('latin1'));
    return key.length === 1 + 32 ? ascii(hexOf(keyIdOf(name, key.subarray(1)))) : undefined;
  });
  reader.rest('key');
  return reader.fields;
}

/** ASL/CHECKPOINT/1 §3: the text of a head. */
export function headTextFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  takeLine(reader, 'origin');
  takeLine(reader, 'size');
  takeLine(reader, 'root');
  reader.rest('trailing');
  return reader.fields;
}

/** ASL/CHECKPOINT/1 §4: a signed note of a head. */
export function noteFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const gap = emptyLineOf(bytes);
  const text = bytes.subarray(0, gap);
  reader.adopt('text.', headTextFields(text));
  if (gap < bytes.length) reader.take('empty_line', 1);
  for (let line = 0; reader.left > 0; line += 1) takeSignature(reader, `line[${line}].`, text);
  return reader.fields;
}

/** Where the first empty line begins: what stands before is the text. */
function emptyLineOf(bytes: Uint8Array): number {
  const at = Buffer.from(bytes).indexOf('\n\n');
  if (bytes[0] === LF) return 0;
  return at < 0 ? bytes.length : at + 1;
}

/** Takes a signature line; always at least one byte. */
function takeSignature(whole: FieldReader, prefix: string, text: Uint8Array): void {
  const end = whole.bytes.indexOf(LF, whole.offset);
  const reader = new FieldReader(whole.bytes, whole.offset, end < 0 ? whole.end : end);
  const line = reader.bytes.subarray(reader.offset, reader.end);
  const nameEnd = line.lastIndexOf(SPACE);
  if (nameEnd > DASH.length) {
    reader.take('dash', DASH.length + 1);
    const name = reader.take('name', nameEnd - DASH.length - 1) ?? new Uint8Array();
    reader.take('space', 1);
    const told = Buffer.from(line.subarray(nameEnd + 1)).toString('latin1');
    reader.take('signature', reader.left, {
      rule: 'base64 of the key ID and the signature of the text by the key with this ID',
      value: () =>
        BASE64.test(told) ? signatureOf(name, bytesOf64(told).subarray(0, KEY_ID_LENGTH), text) : undefined,
    });
  } else {
    reader.rest('form');
  }
  whole.adopt(prefix, reader.fields);
  if (end >= 0) whole.take(`${prefix}lf`, 1);
}

function bytesOf64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

function takeLine(reader: FieldReader, path: string): void {
  const end = reader.bytes.indexOf(LF, reader.offset);
  reader.take(path, (end < 0 ? reader.end : end) - reader.offset);
  if (end >= 0) reader.take(`${path}_lf`, 1);
}

/** Takes what stands before a separator, or all that is left, and the separator. */
function takeUpTo(
  reader: FieldReader,
  path: string,
  separator: string,
  value?: () => Uint8Array | undefined,
): Uint8Array {
  const at = reader.bytes.indexOf(separator.charCodeAt(0), reader.offset);
  const length = (at < 0 ? reader.end : at) - reader.offset;
  const seal = value && { rule: 'the key ID of name and key, in hexadecimal', value };
  const taken = reader.take(path, length, seal);
  if (at >= 0) reader.take(`${path}_end`, 1);
  return taken ?? new Uint8Array();
}
