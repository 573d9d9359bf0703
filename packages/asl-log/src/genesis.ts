import {
  asciiBytes,
  ByteReader,
  type Bytes,
  ByteWriter,
  equalBytes,
  formatHex,
  type Hasher,
  sha256Hasher,
} from '@amduat/asl-core';
import { type DomainId, ZERO_DOMAIN } from '@amduat/asl-store-index';
import { domainError } from './errors.js';
import { assertLength } from './fields.js';
import { HASH_LENGTH, NAME_LENGTH_MAX } from './limits.js';

/** What a domain is, for good: its DomainID is the hash of this. */
export interface GenesisManifest {
  /** Ed25519 public key that signs the first heads; 32 octets, opaque here (DOM-MAN-7). */
  readonly authorityKey: Uint8Array;
  /** SHA-256("ASL/RECOVERY/1" ‖ recovery public key), or 32 zeros for no recovery key. */
  readonly recoveryKeyHash: Uint8Array;
  /** A label for people; nothing is looked up by it (DOM-ID-3). */
  readonly name: string;
  readonly open: boolean;
  /** 32 octets, random. */
  readonly nonce: Uint8Array;
}

const VERSION = 1;
const NAME_FORM = /^[a-z0-9][a-z0-9._-]*$/;

/** Octets of a manifest beside its name: version, two keys, name_length, openness, nonce. */
const FIXED_LENGTH: number = 4 + 2 * HASH_LENGTH + 1 + 1 + HASH_LENGTH;

/**
 * Encodes a genesis manifest: the bytes whose hash names the domain.
 *
 * @spec DOM-MAN-1, DOM-MAN-4
 * @param manifest - borrowed.
 * @returns 102 octets and those of the name; owned.
 * @throws AslError `DOM.NAME` when the name is not of the form.
 * @throws RangeError when a key or the nonce has not 32 octets.
 * @remarks Pure. decodeGenesis(encodeGenesis(m)) equals m.
 * @example
 * import { formatHex } from '@amduat/asl-core';
 * import { domainIdOf, encodeGenesis } from '@amduat/asl-log';
 * const manifest = encodeGenesis({
 *   authorityKey: new Uint8Array(32).fill(0x11),
 *   recoveryKeyHash: new Uint8Array(32),
 *   name: 'demo',
 *   open: true,
 *   nonce: new Uint8Array(32).fill(0x22),
 * });
 * if (!formatHex(domainIdOf(manifest)).startsWith('fed39ed6')) throw new Error();
 */
export function encodeGenesis(manifest: GenesisManifest): Bytes {
  assertLength(manifest.authorityKey, HASH_LENGTH, 'authorityKey');
  assertLength(manifest.recoveryKeyHash, HASH_LENGTH, 'recoveryKeyHash');
  assertLength(manifest.nonce, HASH_LENGTH, 'nonce');
  assertName(manifest.name, 4 + 2 * HASH_LENGTH);
  // DOM-MAN-1: these fields, in this order.
  return new ByteWriter(FIXED_LENGTH + manifest.name.length)
    .u32(VERSION, 'little')
    .bytes(manifest.authorityKey)
    .bytes(manifest.recoveryKeyHash)
    .u8(manifest.name.length)
    .bytes(asciiBytes(manifest.name))
    .u8(manifest.open ? 1 : 0)
    .bytes(manifest.nonce)
    .finish();
}

/**
 * Decodes a genesis manifest, strictly.
 *
 * @spec DOM-MAN-2, DOM-MAN-3, DOM-MAN-4, DOM-MAN-5, DOM-MAN-6, DOM-MAN-7
 * @param encoded - the whole manifest and nothing else; borrowed.
 * @returns the manifest; owned.
 * @throws AslError `DOM.TRUNCATED`, `DOM.VERSION`, `DOM.NAME`, `DOM.OPENNESS` or `DOM.TRAILING`, whichever is met first
 * when the fields are read in their order.
 * @remarks Pure. encodeGenesis(decodeGenesis(b)) equals b for every b it accepts.
 */
export function decodeGenesis(encoded: Uint8Array): GenesisManifest {
  // DOM-MAN-2: every read is compared with what is left.
  const reader = new ByteReader(encoded, (offset, expected, got) =>
    domainError('DOM.TRUNCATED', `${expected} octets expected at offset ${offset}, ${got} left`, {
      offset,
      expected: expected.toString(),
      got,
    }),
  );
  assertVersion(reader.u32('little'));
  // DOM-MAN-7: the keys are octets here, points of the curve elsewhere.
  const authorityKey = reader.bytes(HASH_LENGTH);
  const recoveryKeyHash = reader.bytes(HASH_LENGTH);
  const name = readName(reader);
  const open = readOpenness(reader);
  const nonce = reader.bytes(HASH_LENGTH);
  if (reader.remaining > 0) {
    // DOM-MAN-6
    throw domainError('DOM.TRAILING', `${reader.remaining} octets follow the nonce`, {
      offset: reader.offset,
      expected: 0,
      got: reader.remaining,
    });
  }
  return { authorityKey, recoveryKeyHash, name, open, nonce };
}

/**
 * Computes the DomainID of an encoded genesis manifest.
 *
 * @spec DOM-ID-1
 * @param encoded - as encodeGenesis gives it; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function domainIdOf(encoded: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  // DOM-ID-1
  return hasher.digest([encoded]);
}

/**
 * Reads the manifest that is handed over for a domain.
 *
 * @spec DOM-ID-2, DOM-ID-4
 * @param encoded - borrowed.
 * @param domainId - the DomainID it is handed over for; borrowed.
 * @param hasher - a SHA-256.
 * @returns the manifest; owned.
 * @throws AslError `DOM.ID` when it hashes to another DomainID, or `domainId` is zero; then the codes of decodeGenesis.
 */
export function assertDomain(
  encoded: Uint8Array,
  domainId: DomainId,
  hasher: Hasher = sha256Hasher,
): GenesisManifest {
  assertIdentity(domainId);
  const computed = domainIdOf(encoded, hasher);
  if (equalBytes(computed, domainId)) return decodeGenesis(encoded);
  // DOM-ID-2
  throw domainError(
    'DOM.ID',
    `the manifest is that of domain ${formatHex(computed)}, not ${formatHex(domainId)}`,
    { expected: formatHex(domainId), got: formatHex(computed) },
  );
}

/**
 * Checks that a DomainID can be the identity of a domain.
 *
 * @spec DOM-ID-4
 * @throws AslError `DOM.ID` when it is 32 zero octets.
 */
export function assertIdentity(domainId: DomainId): void {
  assertLength(domainId, HASH_LENGTH, 'domainId');
  // DOM-ID-4
  if (equalBytes(domainId, ZERO_DOMAIN))
    throw domainError('DOM.ID', 'the zero DomainID is the identity of no domain');
}

function assertVersion(version: number): void {
  if (version === VERSION) return;
  // DOM-MAN-3: what another version puts after its number is not known.
  throw domainError('DOM.VERSION', `version ${version} of a genesis manifest is not supported`, {
    offset: 0,
    expected: VERSION,
    got: version,
  });
}

function readName(reader: ByteReader): string {
  const offset = reader.offset;
  const length = reader.u8();
  if (length === 0 || length > NAME_LENGTH_MAX) throw nameLength(length, offset);
  const name = String.fromCharCode(...reader.view(length));
  assertName(name, offset);
  return name;
}

function assertName(name: string, offset: number): void {
  // DOM-MAN-4
  if (name.length === 0 || name.length > NAME_LENGTH_MAX) throw nameLength(name.length, offset);
  if (NAME_FORM.test(name)) return;
  throw domainError('DOM.NAME', 'a name is a-z, 0-9, ".", "-", "_" and begins with a letter or digit', {
    offset: offset + 1,
    expected: NAME_FORM.source,
    got: name,
  });
}

function nameLength(got: number, offset: number): ReturnType<typeof domainError> {
  return domainError('DOM.NAME', `a name has 1 to ${NAME_LENGTH_MAX} characters, got ${got}`, {
    offset,
    expected: [1, NAME_LENGTH_MAX],
    got,
  });
}

function readOpenness(reader: ByteReader): boolean {
  const offset = reader.offset;
  const openness = reader.u8();
  if (openness <= 1) return openness === 1;
  // DOM-MAN-5
  throw domainError('DOM.OPENNESS', `openness is ${openness} at offset ${offset}`, {
    offset,
    expected: [0, 1],
    got: openness,
  });
}
