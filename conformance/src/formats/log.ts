import { ascii, concat, count, equalBytes, littleEndian, sha256, unsigned } from './bytes.js';
import { type Field, FieldReader, type Seal } from './fields.js';

const FRAME_MAGIC = ascii('ASLF');
const FRAME_HEAD_LENGTH = 48;
const SNAPSHOT = ascii('ASL/SNAPSHOT/1');
const HEADER_HASHED = 128;

/** What the chain of a file is known to be up to a record. */
interface Chain {
  readonly bytes: Uint8Array;
  readonly domainId: Uint8Array | undefined;
  previous: Uint8Array | undefined;
  readonly hashes: Map<bigint, Uint8Array>;
}

/** ASL/LOG/1 §9, with the payloads of §3. */
export function logFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const chain = takeHeader(reader);
  let frame = 0;
  while (reader.left > 0) {
    if (startsFrame(bytes, reader.offset)) takeFrame(reader, frame++, chain);
    else takeGap(reader, frame);
  }
  return reader.fields;
}

/** Takes what is no frame, up to the next magic: each turn of the loop above moves on by at least one byte. */
function takeGap(reader: FieldReader, frame: number): void {
  const next = Buffer.from(reader.bytes.buffer, reader.bytes.byteOffset, reader.bytes.length).indexOf(
    FRAME_MAGIC,
    reader.offset + 1,
  );
  reader.take(`gap[${frame}]`, (next < 0 ? reader.end : next) - reader.offset);
}

function takeHeader(reader: FieldReader): Chain {
  const { bytes } = reader;
  reader.takeAll('header.', [
    ['magic', 8],
    ['version', 4],
    ['header_size', 4],
    ['flags', 8],
  ]);
  const domainId = reader.take('header.domain_id', 32);
  const base = reader.take('header.base_logseq', 8);
  const baseHash = reader.take('header.base_record_hash', 32);
  reader.take('header.base_manifest_hash', 32);
  reader.take('header.header_hash', 32, {
    rule: 'SHA-256 of the 128 bytes before it',
    value: () => sha256(bytes.subarray(0, HEADER_HASHED)),
  });
  const hashes = new Map(baseHash === undefined ? [] : [[unsigned(base), baseHash] as const]);
  return { bytes, domainId, previous: baseHash, hashes };
}

function startsFrame(bytes: Uint8Array, offset: number): boolean {
  return equalBytes(bytes.subarray(offset, offset + FRAME_MAGIC.length), FRAME_MAGIC);
}

function takeFrame(reader: FieldReader, frame: number, chain: Chain): void {
  const { bytes, offset: start } = reader;
  const prefix = `frame[${frame}].`;
  reader.take(`${prefix}magic`, 4);
  const byteCount = count(reader.take(`${prefix}byte_count`, 4));
  reader.take(`${prefix}first_logseq`, 8);
  const end = start + FRAME_HEAD_LENGTH + byteCount;
  reader.take(`${prefix}frame_hash`, 32, {
    rule: 'SHA-256 of magic, byte_count, first_logseq and the records',
    value: () =>
      end > bytes.length
        ? undefined
        : sha256(bytes.subarray(start, start + 16), bytes.subarray(start + FRAME_HEAD_LENGTH, end)),
  });
  for (let record = 0; reader.offset < Math.min(end, bytes.length); record += 1) {
    takeRecord(reader, `${prefix}record[${record}].`, Math.min(end, bytes.length), chain);
  }
}

/** Takes a record that ends at `end` at the latest; always at least one byte. */
function takeRecord(whole: FieldReader, prefix: string, end: number, chain: Chain): void {
  const reader = new FieldReader(whole.bytes, whole.offset, end);
  const logseq = reader.take('logseq', 8);
  const type = reader.take('record_type', 4);
  const length = count(reader.take('payload_len', 4));
  const start = reader.offset;
  const payload = new FieldReader(reader.bytes, start, Math.min(start + length, end));
  takePayload(payload, count(type), chain);
  reader.adopt('', payload.fields);
  const { previous } = chain;
  const bytes = chain.bytes.subarray(start, reader.offset);
  const hash = reader.take('record_hash', 32, {
    rule: 'SHA-256 of the record_hash before, record_type and payload',
    value: () =>
      previous === undefined || type === undefined || bytes.length < length
        ? undefined
        : sha256(previous, type, bytes),
  });
  chain.previous = hash;
  if (hash !== undefined) chain.hashes.set(unsigned(logseq), hash);
  whole.adopt(prefix, reader.fields);
}

function takePayload(reader: FieldReader, type: number, chain: Chain): void {
  if (type >= 1 && type <= 7) {
    reader.take('public', 1);
    reader.take('salt', 32);
    takeBody(reader, type, chain);
  }
  reader.rest(type >= 1 && type <= 7 ? 'surplus' : 'payload');
}

function takeBody(reader: FieldReader, type: number, chain: Chain): void {
  switch (type) {
    case 1:
      return takeList(reader, 'segment_id', 32);
    case 2:
      reader.take('reference', 34);
      reader.take('reason', 4);
      return;
    case 3:
      reader.take('tombstone_logseq', 8);
      return;
    case 4:
      return takeAnchor(reader, snapshotSeal(reader, chain));
    case 7:
      reader.take('new_key', 32);
      if (reader.left > 64) reader.take('recovery_key', 32);
      reader.take('signature', 64);
      return;
    default:
      return takeList(reader, 'reference', 34);
  }
}

/** The body of a SNAPSHOT_ANCHOR. */
export function takeAnchor(
  reader: FieldReader,
  snapshotId?: Seal,
  roots: { readonly state?: Seal; readonly public?: Seal } = {},
): void {
  reader.takeAll('', [
    ['snapshot_id', 32, snapshotId],
    ['snapshot_logseq', 8],
    ['state_root', 32, roots.state],
    ['public_root', 32, roots.public],
    ['manifest_hash', 32],
    ['own_logseq', 8],
  ]);
}

function takeList(reader: FieldReader, name: string, width: number): void {
  const members = count(reader.take('count', 4));
  for (let index = 0; index < members && reader.left >= width; index += 1) {
    reader.take(`${name}[${index}]`, width);
  }
}

function snapshotSeal(reader: FieldReader, chain: Chain): Seal {
  const { bytes, offset } = reader;
  return {
    rule: 'SHA-256 of "ASL/SNAPSHOT/1", DomainID, snapshot_logseq and the record_hash of that position',
    value: () => {
      const position = unsigned(bytes.subarray(offset + 32, offset + 40));
      const hash = chain.hashes.get(position);
      if (chain.domainId === undefined || hash === undefined) return undefined;
      return sha256(concat(SNAPSHOT, chain.domainId, littleEndian(position, 8), hash));
    },
  };
}
