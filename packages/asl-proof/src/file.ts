import {
  asciiBytes,
  ByteReader,
  type Bytes,
  ByteWriter,
  concatBytes,
  equalBytes,
  formatHex,
} from '@amduat/asl-core';
import { type EntryProof, encodeEntryProof, type StateEntry, stateEntries } from '@amduat/asl-store-index';
import { proofError } from './errors.js';

/** What a proof file is made of. */
export interface ProofParts {
  /** Genesis manifest. */
  readonly genesis: Uint8Array;
  /** Signed head. */
  readonly head: Uint8Array;
  /** record_hash of the record before the anchor. */
  readonly previous: Uint8Array;
  /** Payload of the anchor. */
  readonly anchor: Uint8Array;
  /** From the anchor's leaf up. */
  readonly path: readonly Uint8Array[];
  /** blind(S), for an entry under StateRoot; under PublicRoot without. */
  readonly blind?: Uint8Array;
  readonly entry: EntryProof<StateEntry>;
  /** Of the artifact, if they are to be in the file. */
  readonly bytes?: Uint8Array;
}

/** The beginning of a proof file, up to the fields whose length depends on what others say; nothing of it is decoded. */
export interface ProofFrame {
  readonly hasBytes: boolean;
  readonly isUnderStateRoot: boolean;
  readonly genesis: Bytes;
  readonly head: Bytes;
  readonly previous: Bytes;
  /** Payload of the anchor. */
  readonly anchor: Bytes;
}

const MAGIC = asciiBytes('ASLPRF01');
const VERSION = 1;
const FLAG_BYTES = 1;
const FLAG_STATE = 2;
const PART_LENGTH_MAX = 2 ** 16;
const HASH_LENGTH = 32;
const ANCHOR_LENGTH = 177;

/**
 * Writes a proof file.
 *
 * @spec PRF-FILE-1
 * @param parts - borrowed.
 * @returns the file; owned. Whether it proves anything is for checkProof to say.
 */
export function encodeProof(parts: ProofParts): Bytes {
  const { genesis, head, previous, anchor, path, blind, entry, bytes } = parts;
  const flags = (bytes === undefined ? 0 : FLAG_BYTES) | (blind === undefined ? 0 : FLAG_STATE);
  const beginning = new ByteWriter(24 + genesis.length + head.length)
    .bytes(MAGIC)
    .u32(VERSION, 'little')
    .u32(flags, 'little')
    .u32(genesis.length, 'little')
    .bytes(genesis)
    .u32(head.length, 'little')
    .bytes(head)
    .finish();
  const state = blind === undefined ? [] : [blind];
  const encoded = encodeEntryProof(stateEntries, entry);
  return concatBytes([
    beginning,
    previous,
    anchor,
    ...path,
    ...state,
    encoded,
    ...(bytes === undefined ? [] : [bytes]),
  ]);
}

/** A reader over a proof file that refuses to read beyond its end with `PROOF.TRUNCATED` (PRF-FILE-2). */
export function proofReader(file: Uint8Array): ByteReader {
  return new ByteReader(file, (offset, expected, got) =>
    proofError('PROOF.TRUNCATED', `${expected} octets expected at offset ${offset}, ${got} left`, {
      offset,
      expected: expected.toString(),
      got,
    }),
  );
}

/**
 * Reads a proof file up to and with its anchor.
 *
 * @spec PRF-FILE-2, PRF-FILE-3, PRF-FILE-4, PRF-FILE-5, PRF-FILE-6, PRF-FILE-7
 */
export function readProofFrame(reader: ByteReader): ProofFrame {
  const magic = reader.view(MAGIC.length);
  // PRF-FILE-3
  if (!equalBytes(magic, MAGIC)) throw wrong('PROOF.MAGIC', 'magic', 0, formatHex(MAGIC), formatHex(magic));
  const version = reader.u32('little');
  // PRF-FILE-4
  if (version !== VERSION) throw wrong('PROOF.VERSION', 'version', 8, VERSION, version);
  const flags = reader.u32('little');
  // PRF-FILE-5
  if (flags > (FLAG_BYTES | FLAG_STATE)) throw wrong('PROOF.FLAGS', 'flags', 12, 'at most 3', flags);
  const genesis = readPart(reader, 'genesis_length');
  const head = readPart(reader, 'head_length');
  return {
    hasBytes: (flags & FLAG_BYTES) !== 0,
    isUnderStateRoot: (flags & FLAG_STATE) !== 0,
    genesis,
    head,
    previous: reader.bytes(HASH_LENGTH),
    anchor: reader.bytes(ANCHOR_LENGTH),
  };
}

function readPart(reader: ByteReader, field: string): Bytes {
  const { offset } = reader;
  const length = reader.u32('little');
  // PRF-FILE-6
  if (length > PART_LENGTH_MAX)
    throw wrong('PROOF.LIMIT', field, offset, `at most ${PART_LENGTH_MAX}`, length);
  return reader.bytes(length);
}

function wrong(
  code: 'PROOF.MAGIC' | 'PROOF.VERSION' | 'PROOF.FLAGS' | 'PROOF.LIMIT',
  field: string,
  offset: number,
  expected: string | number,
  got: string | number,
): ReturnType<typeof proofError> {
  return proofError(code, `${field} is ${got} at offset ${offset}, expected ${expected}`, {
    offset,
    expected,
    got,
  });
}
