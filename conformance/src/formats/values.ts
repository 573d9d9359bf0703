import { bigEndian, count, sha256 } from './bytes.js';
import { type Field, type FieldMap, FieldReader } from './fields.js';

const HASH_ID_SHA256 = 1;

/** ASL/1-CORE §4. */
export function artifactFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const flag = reader.take('has_type_tag', 1);
  if (flag?.[0] === 1) reader.take('type_tag', 4);
  const start = reader.offset + 8;
  const length = reader.take('length', 8, {
    rule: 'the number of bytes that follow, big-endian',
    isLength: true,
    value: () => (count(flag) > 1 ? undefined : bigEndian(bytes.length - start, 8)),
  });
  if (length !== undefined) reader.take('bytes', count(length.slice().reverse()));
  reader.rest('trailing');
  return reader.fields;
}

/** ASL/1-CORE §6: the binary form. */
export function referenceFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  reader.take('hash_id', 2);
  reader.take('digest', 32);
  reader.rest('trailing');
  return reader.fields;
}

/** Bytes that have no form: of a block, of an artifact. */
export function contentFields(bytes: Uint8Array): Field[] {
  return [{ path: 'bytes', offset: 0, length: bytes.length }];
}

/**
 * The reference of an artifact.
 *
 * @returns undefined for a hash function that is not SHA-256.
 */
export function referenceOf(
  bytes: Uint8Array,
  typeTag: number | undefined,
  hashId: number,
): Uint8Array | undefined {
  if (hashId !== HASH_ID_SHA256) return undefined;
  const tag = typeTag === undefined ? Uint8Array.of(0) : Uint8Array.from([1, ...bigEndian(typeTag, 4)]);
  return Uint8Array.from([0, HASH_ID_SHA256, ...sha256(tag, bigEndian(bytes.length, 8), bytes)]);
}

/** ASL/DOMAIN/1 §3. */
export function genesisFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  reader.takeAll('', [
    ['version', 4],
    ['authority_key', 32],
    ['recovery_key_hash', 32],
  ]);
  const rest = 102;
  const length = reader.take('name_length', 1, {
    rule: 'the number of bytes of the name',
    isLength: true,
    value: () => {
      const name = bytes.length - rest;
      return name >= 0 && name < 256 ? Uint8Array.of(name) : undefined;
    },
  });
  if (length !== undefined) reader.take('name', count(length));
  reader.take('openness', 1);
  reader.take('nonce', 32);
  reader.rest('trailing');
  return reader.fields;
}

/** ASL/STORE-INDEX/1 §10.1: a state entry. */
export function stateEntryFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  takeReference(reader);
  reader.takeAll('', [
    ['present', 1],
    ['has_type_tag', 1],
    ['type_tag', 4],
    ['length', 8],
    ['origin', 32],
    ['source', 32],
    ['publication', 1],
  ]);
  const tombstones = count(reader.take('tombstone_count', 4));
  for (let index = 0; index < tombstones && reader.left > 0; index += 1) {
    reader.take(`tombstones[${index}]`, 8);
  }
  return reader.fields;
}

/** ASL/STORE-INDEX/1 §10.1: a content entry. */
export function contentEntryFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  takeReference(reader);
  reader.takeAll('', [
    ['has_type_tag', 1],
    ['type_tag', 4],
    ['length', 8],
  ]);
  return reader.fields;
}

/** A map that gives what follows the fields of another as one more field. */
export function withTrailing(map: FieldMap): FieldMap {
  return (bytes) => {
    const fields = map(bytes);
    const last = fields.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.length;
    const rest = { path: 'trailing', offset, length: bytes.length - offset };
    return rest.length > 0 ? [...fields, rest] : fields;
  };
}

function takeReference(reader: FieldReader): void {
  reader.take('reference.hash_id', 2);
  reader.take('reference.digest', 32);
}
