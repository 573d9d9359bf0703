import {
  ascii,
  base64Of,
  concat,
  count,
  equalBytes,
  hexOf,
  littleEndian,
  sha256,
  unsigned,
} from './bytes.js';
import { proofFields, rootOfEntryProof } from './entry-proof.js';
import { bytesOfField, type Field, FieldReader, type Seal } from './fields.js';
import { signatureBy } from './keys.js';
import { takeAnchor } from './log.js';
import { noteFields } from './texts.js';
import { leafHash, rootOfPath, splitsAbove } from './trees.js';
import { genesisFields, referenceOf, stateEntryFields } from './values.js';

const ANCHOR_LENGTH = 177;
const ANCHOR_TYPE = Uint8Array.of(4, 0, 0, 0);
const WITH_BYTES = 1;
const UNDER_STATE_ROOT = 2;
const PUBLIC_LEAF = Uint8Array.of(1);
const STATE_ROOT = Uint8Array.of(2);
const SIZE_MAX = 2n ** 64n - 1n;

/** The parts of a proof file that its seals are made of; each is there as far as the file goes. */
interface Parts {
  flags: number;
  genesis: Uint8Array;
  previous: Uint8Array;
  anchor: Uint8Array;
  path: Uint8Array[];
  blind: Uint8Array;
  entryProof: Uint8Array;
  bytes: Uint8Array;
}

/** ASL/PROOF/1 §3. */
export function proofFileFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  const none = new Uint8Array();
  const parts: Parts = {
    flags: 0,
    genesis: none,
    previous: none,
    anchor: none,
    path: [],
    blind: none,
    entryProof: none,
    bytes: none,
  };
  reader.take('magic', 8);
  reader.take('version', 4);
  parts.flags = count(reader.take('flags', 4));
  const genesisLength = count(reader.take('genesis_length', 4));
  parts.genesis = takePart(reader, 'genesis.', genesisLength, genesisFields);
  const headLength = count(reader.take('head_length', 4));
  const head = takePart(reader, 'head.', headLength, (note) => withSeals(noteFields(note), note, parts));
  parts.previous = reader.take('previous', 32) ?? none;
  parts.anchor = takeAnchorOf(reader, parts);
  for (let index = 0; index < pathLength(head, parts.anchor) && reader.left > 0; index += 1) {
    const hash = reader.take(`path[${index}]`, 32);
    if (hash !== undefined) parts.path.push(hash);
  }
  if ((parts.flags & UNDER_STATE_ROOT) !== 0) parts.blind = reader.take('blind', 32) ?? none;
  takeEntry(reader, parts);
  return reader.fields;
}

function takePart(
  reader: FieldReader,
  prefix: string,
  length: number,
  map: (bytes: Uint8Array) => Field[],
): Uint8Array {
  const bytes = reader.bytes.subarray(reader.offset, Math.min(reader.offset + length, reader.end));
  reader.adopt(prefix, map(bytes));
  if (bytes.length < length) reader.stop();
  return bytes;
}

function takeAnchorOf(whole: FieldReader, parts: Parts): Uint8Array {
  const { bytes, offset } = whole;
  const reader = new FieldReader(bytes, offset, offset + ANCHOR_LENGTH);
  reader.take('public', 1);
  reader.take('salt', 32);
  takeAnchor(reader, undefined, { public: publicRootSeal(parts), state: stateRootSeal(parts) });
  whole.adopt('anchor.', reader.fields);
  if (bytes.length - offset < ANCHOR_LENGTH) whole.stop();
  return bytes.subarray(offset, Math.min(offset + ANCHOR_LENGTH, bytes.length));
}

function takeEntry(whole: FieldReader, parts: Parts): void {
  const rest = whole.bytes.subarray(whole.offset, whole.end);
  const fields = proofFields(rest, stateEntryFields);
  const last = fields.at(-1);
  parts.entryProof = rest.subarray(0, last === undefined ? 0 : last.offset + last.length);
  parts.bytes = rest.subarray(parts.entryProof.length);
  const isThere = (parts.flags & WITH_BYTES) !== 0;
  const sealed = new Map<string, Seal>(
    isThere
      ? [
          ['entry.reference.digest', digestSeal(parts, fields)],
          ['entry.length', lengthSeal(parts)],
        ]
      : [],
  );
  whole.adopt(
    'entry_proof.',
    fields.map((field) => ({ ...field, ...sealOf(sealed.get(field.path)) })),
  );
  if (isThere) whole.take('bytes', parts.bytes.length);
  else whole.rest('trailing');
}

const sealOf = (seal: Seal | undefined) => (seal === undefined ? {} : { seal });

function digestSeal(parts: Parts, fields: readonly Field[]): Seal {
  const of = (path: string) => memberOf(fields, parts.entryProof, `entry.${path}`);
  return {
    rule: 'the digest of the artifact of these bytes',
    value: () => {
      const typeTag = of('has_type_tag')?.[0] === 1 ? count(of('type_tag')) : undefined;
      const hashId = of('reference.hash_id')?.[1] ?? 0;
      return referenceOf(parts.bytes, typeTag, hashId)?.subarray(2);
    },
  };
}

function lengthSeal(parts: Parts): Seal {
  return {
    rule: 'the number of the bytes',
    isLength: true,
    value: () => littleEndian(parts.bytes.length, 8),
  };
}

function rootOfEntry({ entryProof }: Parts): Uint8Array | undefined {
  return rootOfEntryProof(entryProof, proofFields(entryProof, stateEntryFields));
}

function publicRootSeal(parts: Parts): Seal {
  return {
    rule: 'the root that the entry proof leads to',
    value: () => ((parts.flags & UNDER_STATE_ROOT) === 0 ? rootOfEntry(parts) : undefined),
  };
}

function stateRootSeal(parts: Parts): Seal {
  return {
    rule: 'SHA-256 of 02, blind and the root that the entry proof leads to',
    value: () => {
      const root = (parts.flags & UNDER_STATE_ROOT) === 0 ? undefined : rootOfEntry(parts);
      return root && sha256(concat(STATE_ROOT, parts.blind, root));
    },
  };
}

/** The fields of the head, of which origin and root follow from the other parts. */
function withSeals(fields: readonly Field[], note: Uint8Array, parts: Parts): Field[] {
  const origin: Seal = {
    rule: '"amduat/" and the DomainID, which is the SHA-256 of genesis',
    value: () => ascii(`amduat/${hexOf(sha256(parts.genesis))}`),
  };
  const root: Seal = {
    rule: 'base64 of the root that the path leads to from the leaf of the anchor',
    value: () => {
      const found = rootOfAnchor(note, parts);
      return found && ascii(base64Of(found));
    },
  };
  const name: Seal = {
    rule: 'the origin of the text',
    value: () => memberOf(fields, note, 'text.origin'),
  };
  const signature: Seal = {
    rule: 'base64 of the key ID and the signature of the text, by the authority_key of genesis',
    value: () => {
      const origin = memberOf(fields, note, 'text.origin');
      const end = fields.find(({ path }) => path === 'empty_line')?.offset ?? note.length;
      const name = memberOf(fields, note, 'line[0].name');
      if (origin === undefined || name === undefined || !equalBytes(origin, name)) return undefined;
      return signatureBy(parts.genesis.subarray(4, 36), origin, note.subarray(0, end));
    },
  };
  const seals = new Map([
    ['text.origin', origin],
    ['text.root', root],
    ['line[0].name', name],
    ['line[0].signature', signature],
  ]);
  return fields.map((field) => ({ ...field, ...sealOf(seals.get(field.path) ?? field.seal) }));
}

function memberOf(fields: readonly Field[], bytes: Uint8Array, path: string): Uint8Array | undefined {
  const field = fields.find((candidate) => candidate.path === path);
  return field && bytesOfField(bytes, field);
}

function rootOfAnchor(note: Uint8Array, parts: Parts): Uint8Array | undefined {
  const size = sizeOf(note);
  if (size === undefined || parts.anchor.length < ANCHOR_LENGTH) return undefined;
  const recordHash = sha256(parts.previous, ANCHOR_TYPE, parts.anchor);
  const leaf = leafHash(concat(PUBLIC_LEAF, recordHash));
  return rootOfPath(leaf, unsigned(parts.anchor.subarray(-8)) - 1n, size, parts.path);
}

function sizeOf(note: Uint8Array): bigint | undefined {
  const line = Buffer.from(note).toString('latin1').split('\n')[1] ?? '';
  const size = /^[0-9]{1,20}$/.test(line) ? BigInt(line) : undefined;
  return size !== undefined && size <= SIZE_MAX ? size : undefined;
}

function pathLength(head: Uint8Array, anchor: Uint8Array): number {
  const size = sizeOf(head);
  if (size === undefined || anchor.length < ANCHOR_LENGTH) return 0;
  const own = unsigned(anchor.subarray(-8));
  return own >= 1n && own <= size ? splitsAbove(own - 1n, size).length : 0;
}
