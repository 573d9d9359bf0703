import {
  type AslError,
  ByteReader,
  type Bytes,
  DIGEST_LENGTH,
  decodeReference,
  REFERENCE_LENGTH,
  type Reference,
} from '@amduat/asl-core';
import { storeIndexError } from './errors.js';
import type { PolicyRow } from './policy.js';
import type { DomainId, LogSeq } from './record.js';

/** What a state says of the content of a key for which a lookup finds a record. */
export interface ContentEntry {
  readonly key: Reference;
  /** u32. */
  readonly typeTag?: number;
  /** Octets of the artifact, u64. */
  readonly length: bigint;
}

/** What a state says of a key of which there is an entry (STX-VER-5). */
export interface StateEntry {
  readonly key: Reference;
  /** Of the record that a lookup finds; none where it finds none. */
  readonly record?: EntryRecord;
  /** What the last publication of the key is; none where the log never published nor unpublished it. */
  readonly publication?: 'published' | 'unpublished';
  /** Logseqs of the live tombstones, ascending. */
  readonly tombstones: readonly LogSeq[];
}

/** What of a record is in a state entry: neither where bytes are nor a logseq. */
export interface EntryRecord {
  /** u32. */
  readonly typeTag?: number;
  /** Octets of the artifact, u64. */
  readonly length: bigint;
  /** {@link ZERO_DOMAIN} for the state's own domain. */
  readonly domain: DomainId;
  /** {@link ZERO_DOMAIN} for none. */
  readonly source: DomainId;
}

/** How entries of one kind are written and read. */
export interface EntryCodec<E extends { readonly key: Reference }> {
  /** The octets of an entry; owned. */
  encode(entry: E): Bytes;
  /**
   * Reads one entry and leaves what follows.
   *
   * @param bytes - borrowed.
   * @param start - offset of the entry.
   * @throws AslError `CORE.HASH_ID`, `ENTRY.TRUNCATED`, `ENTRY.FORM`, in this order of checks.
   */
  read(bytes: Uint8Array, start: number): { readonly entry: E; readonly end: number };
}

const CONTENT_ENTRY_LENGTH = 47;
const STATE_ENTRY_LENGTH = 117;
const TOMBSTONE_LENGTH = 8;
const PUBLICATIONS = [undefined, 'published', 'unpublished'] as const;

/**
 * Content entries, over which ContentRoot stands.
 *
 * @spec STX-ENT-1, STX-ENT-2, STX-ENT-3, STX-ENT-4, STX-ENT-5
 */
export const contentEntries: EntryCodec<ContentEntry> = {
  encode({ key, typeTag, length }) {
    const bytes = new Uint8Array(CONTENT_ENTRY_LENGTH);
    writeKey(bytes, key);
    const view = new DataView(bytes.buffer);
    writeTypeTag(bytes, view, REFERENCE_LENGTH, typeTag);
    view.setBigUint64(39, length, true);
    return bytes;
  },
  read(bytes, start) {
    const reader = readerAt(bytes, start);
    const key = readKey(reader);
    const hasTypeTag = reader.u8();
    const typeTag = reader.u32('little');
    const length = reader.u64('little');
    assertForm(isTypeTag(hasTypeTag, typeTag), start + REFERENCE_LENGTH, 'type tag');
    return { entry: { key, length, ...tagOf(hasTypeTag, typeTag) }, end: reader.offset };
  },
};

/**
 * State entries, over which StateRoot and PublicRoot stand.
 *
 * @spec STX-ENT-1, STX-ENT-2, STX-ENT-3, STX-ENT-4, STX-ENT-5
 */
export const stateEntries: EntryCodec<StateEntry> = {
  encode({ key, record, publication, tombstones }) {
    const bytes = new Uint8Array(STATE_ENTRY_LENGTH + TOMBSTONE_LENGTH * tombstones.length);
    writeKey(bytes, key);
    const view = new DataView(bytes.buffer);
    if (record !== undefined) {
      bytes[34] = 1;
      writeTypeTag(bytes, view, 35, record.typeTag);
      view.setBigUint64(40, record.length, true);
      bytes.set(record.domain, 48);
      bytes.set(record.source, 80);
    }
    bytes[112] = PUBLICATIONS.indexOf(publication);
    view.setUint32(113, tombstones.length, true);
    for (const [index, logseq] of tombstones.entries()) {
      view.setBigUint64(STATE_ENTRY_LENGTH + TOMBSTONE_LENGTH * index, logseq, true);
    }
    return bytes;
  },
  read(bytes, start) {
    const reader = readerAt(bytes, start);
    const key = readKey(reader);
    const present = reader.u8();
    const hasTypeTag = reader.u8();
    const typeTag = reader.u32('little');
    const length = reader.u64('little');
    const domain = reader.bytes(DIGEST_LENGTH);
    const source = reader.bytes(DIGEST_LENGTH);
    const publication = reader.u8();
    const tombstones = readTombstones(reader);
    assertForm(present <= 1, start + 34, 'present');
    assertForm(isTypeTag(hasTypeTag, typeTag), start + 35, 'type tag');
    assertForm(present === 1 || isZero(bytes.subarray(start + 35, start + 112)), start + 35, 'record');
    assertForm(publication < PUBLICATIONS.length, start + 112, 'publication');
    assertForm(isAscending(tombstones), start + STATE_ENTRY_LENGTH, 'tombstones');
    assertForm(present + publication + tombstones.length > 0, start + 34, 'entry that says nothing');
    const said = PUBLICATIONS[publication];
    const entry: StateEntry = {
      key,
      ...(present === 1 && { record: { ...tagOf(hasTypeTag, typeTag), length, domain, source } }),
      ...(said && { publication: said }),
      tombstones,
    };
    return { entry, end: reader.offset };
  },
};

/**
 * Decodes bytes that are one entry.
 *
 * @spec STX-ENT-3
 * @param codec - of the kind that is expected.
 * @param bytes - borrowed.
 * @throws AslError `CORE.HASH_ID`, `ENTRY.TRUNCATED`, `ENTRY.FORM`, `ENTRY.TRAILING`, in this order of checks.
 */
export function decodeEntry<E extends { readonly key: Reference }>(
  codec: EntryCodec<E>,
  bytes: Uint8Array,
): E {
  const { entry, end } = codec.read(bytes, 0);
  if (end === bytes.length) return entry;
  // STX-ENT-3
  const details = { offset: end, expected: end, got: bytes.length };
  throw storeIndexError('ENTRY.TRAILING', `${bytes.length - end} octets follow the entry`, details);
}

/**
 * Makes the state entry of a key.
 *
 * @spec STX-ENT-1, STX-VER-5
 * @param record - that a lookup finds, if it does.
 * @param row - the key's row of the policy table, if it has one.
 * @returns the entry, or undefined if the state says nothing of the key.
 */
export function stateEntryOf(
  key: Reference,
  record: EntryRecord | undefined,
  row: PolicyRow | undefined,
): StateEntry | undefined {
  if (record === undefined && row === undefined) return undefined;
  const { publication, tombstones = [] } = row ?? {};
  return {
    key,
    ...(record && { record }),
    ...(publication && { publication: publication.published ? 'published' : 'unpublished' }),
    tombstones,
  };
}

/**
 * Makes the content entry that goes with a state entry.
 *
 * @spec STX-ENT-1
 * @returns the entry, or undefined if a lookup finds no record.
 */
export function contentEntryOf({ key, record }: StateEntry): ContentEntry | undefined {
  if (record === undefined) return undefined;
  const { typeTag, length } = record;
  return { key, length, ...(typeTag !== undefined && { typeTag }) };
}

/**
 * Tells whether the verdict on a key is `published`.
 *
 * @spec STX-VER-1, STX-VER-3, STX-ROOT-2
 */
export function isPublished({ record, publication, tombstones }: StateEntry): boolean {
  return record !== undefined && publication === 'published' && tombstones.length === 0;
}

function writeKey(bytes: Uint8Array, { hashId, digest }: Reference): void {
  bytes[0] = hashId >> 8;
  bytes[1] = hashId & 255;
  bytes.set(digest, 2);
}

function writeTypeTag(bytes: Uint8Array, view: DataView, at: number, typeTag: number | undefined): void {
  if (typeTag === undefined) return;
  bytes[at] = 1;
  view.setUint32(at + 1, typeTag, true);
}

function readerAt(bytes: Uint8Array, start: number): ByteReader {
  return new ByteReader(
    bytes,
    (offset, expected, got) =>
      storeIndexError('ENTRY.TRUNCATED', `${expected} octets expected at offset ${offset}, ${got} left`, {
        offset,
        expected: expected.toString(),
        got,
      }),
    start,
  );
}

function readKey(reader: ByteReader): Reference {
  // STX-ENT-5
  return decodeReference(reader.view(REFERENCE_LENGTH));
}

function readTombstones(reader: ByteReader): LogSeq[] {
  const count = reader.u32('little');
  // All of them are there before room is taken for one.
  const bytes = reader.view(TOMBSTONE_LENGTH * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: count }, (_, index) => view.getBigUint64(TOMBSTONE_LENGTH * index, true));
}

function tagOf(hasTypeTag: number, typeTag: number): { typeTag?: number } {
  return hasTypeTag === 1 ? { typeTag } : {};
}

function isTypeTag(hasTypeTag: number, typeTag: number): boolean {
  return hasTypeTag === 1 || (hasTypeTag === 0 && typeTag === 0);
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function isAscending(logseqs: readonly LogSeq[]): boolean {
  return logseqs.every((logseq, index) => logseq > (index === 0 ? 0n : (logseqs[index - 1] as LogSeq)));
}

function assertForm(holds: boolean, offset: number, what: string): void {
  if (!holds) throw entryForm(offset, what);
}

function entryForm(offset: number, what: string): AslError {
  // STX-ENT-4
  return storeIndexError('ENTRY.FORM', `no state gives this ${what}, at offset ${offset}`, { offset });
}
