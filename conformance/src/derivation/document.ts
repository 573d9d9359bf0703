import { bytesOf, equalBytes, hexOf, sha256 } from '../formats/bytes.js';
import { rootOfEntryProof } from '../formats/entry-proof.js';
import { bytesOfField, type Field } from '../formats/fields.js';
import { FORMATS, type FormatName } from '../formats/index.js';
import { pageRoot } from '../formats/trees.js';
import { referenceOf } from '../formats/values.js';

export type Json = Readonly<Record<string, unknown>>;

/** A vector, its recipes expanded. `ok` is there if it expects an answer. */
export interface Example {
  readonly id: string;
  readonly op: string;
  readonly in: Json;
  readonly ok?: Json;
}

/** The member of an example that is of a byte form. */
export interface Subject {
  readonly format: FormatName;
  readonly side: 'in' | 'ok';
  readonly member: string;
}

/**
 * The bytes of a vector's input in one piece: those of its subject, then those of its companions, the members of fixed
 * length that are hashes of it or stand beside it.
 */
export interface Document {
  readonly format: FormatName;
  readonly bytes: Uint8Array;
  readonly fields: readonly Field[];
  readonly companions: readonly { readonly member: string; readonly length: number }[];
}

type Lookup = (member: string) => unknown;
type CompanionSeal = {
  readonly rule: string;
  readonly value: (subject: Uint8Array, of: Lookup) => Uint8Array | undefined;
};

const TEXTS = new Set<FormatName>(['reference-text', 'state-text', 'key-text', 'head-text']);

const hashOfAll: CompanionSeal = { rule: 'SHA-256 of the bytes', value: (subject) => sha256(subject) };
const rootOfPages: CompanionSeal = { rule: 'root of the tree over the pages of the bytes', value: pageRoot };

const rootOfProof = (format: FormatName): CompanionSeal => ({
  rule: 'the root that the proof leads to on the path of the key',
  value: (subject, of) => {
    const key = of('key');
    const path = typeof key === 'string' ? bytesOf(key) : undefined;
    return rootOfEntryProof(subject, FORMATS[format](subject), path);
  },
});

const referenceOfContent: CompanionSeal = {
  rule: 'the reference of the artifact of these bytes',
  value: (subject, of) => {
    const [reference, typeTag] = [of('reference'), of('typeTag')];
    const hashId = typeof reference === 'string' ? Number.parseInt(reference.slice(0, 4), 16) : 1;
    return referenceOf(subject, typeof typeTag === 'number' ? typeTag : undefined, hashId);
  },
};

/** Companion → how it follows from the subject; undefined where it does not. */
const COMPANIONS: Readonly<Partial<Record<FormatName, Readonly<Record<string, CompanionSeal | undefined>>>>> =
  {
    content: { id: hashOfAll, reference: referenceOfContent },
    genesis: { domainId: hashOfAll },
    log: { domainId: undefined },
    segment: { segmentId: rootOfPages, key: undefined },
    manifest: { hash: hashOfAll },
    'policy-table': { hash: rootOfPages },
    'state-entry-proof': { root: rootOfProof('state-entry-proof'), key: undefined },
    'content-entry-proof': { root: rootOfProof('content-entry-proof'), key: undefined },
    note: { key: undefined, domainId: undefined },
    proof: { key: undefined },
  };

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'core.encodeArtifact': { format: 'artifact', side: 'ok', member: 'bytes' },
  'core.decodeArtifact': { format: 'artifact', side: 'in', member: 'bytes' },
  'core.reference': { format: 'content', side: 'in', member: 'bytes' },
  'core.verify': { format: 'content', side: 'in', member: 'bytes' },
  'core.sealBlock': { format: 'content', side: 'in', member: 'bytes' },
  'core.verifyBlock': { format: 'content', side: 'in', member: 'bytes' },
  'core.decodeReference': { format: 'reference', side: 'in', member: 'bytes' },
  'core.parseReference': { format: 'reference-text', side: 'in', member: 'text' },
  'domain.encodeGenesis': { format: 'genesis', side: 'ok', member: 'bytes' },
  'domain.decodeGenesis': { format: 'genesis', side: 'in', member: 'bytes' },
  'domain.assertDomain': { format: 'genesis', side: 'in', member: 'bytes' },
  'log.encode': { format: 'log', side: 'ok', member: 'bytes' },
  'log.append': { format: 'log', side: 'in', member: 'bytes' },
  'log.scan': { format: 'log', side: 'in', member: 'bytes' },
  'log.replay': { format: 'log', side: 'in', member: 'bytes' },
  'log.leaves': { format: 'log', side: 'in', member: 'bytes' },
  'segment.encode': { format: 'segment', side: 'ok', member: 'bytes' },
  'segment.decode': { format: 'segment', side: 'in', member: 'bytes' },
  'segment.lookup': { format: 'segment', side: 'in', member: 'bytes' },
  'segment.mayContain': { format: 'segment', side: 'in', member: 'bytes' },
  'policyTable.encode': { format: 'policy-table', side: 'ok', member: 'bytes' },
  'policyTable.decode': { format: 'policy-table', side: 'in', member: 'bytes' },
  'manifest.encode': { format: 'manifest', side: 'ok', member: 'bytes' },
  'manifest.decode': { format: 'manifest', side: 'in', member: 'bytes' },
  'state.snapshotId': { format: 'state-text', side: 'ok', member: 'text' },
  'state.parse': { format: 'state-text', side: 'in', member: 'text' },
  'head.encode': { format: 'head-text', side: 'ok', member: 'text' },
  'head.decode': { format: 'head-text', side: 'in', member: 'text' },
  'head.sign': { format: 'head-text', side: 'in', member: 'text' },
  'head.open': { format: 'note', side: 'in', member: 'note' },
  'head.formatKey': { format: 'key-text', side: 'ok', member: 'text' },
  'head.parseKey': { format: 'key-text', side: 'in', member: 'text' },
  'proof.encode': { format: 'proof', side: 'ok', member: 'bytes' },
  'proof.check': { format: 'proof', side: 'in', member: 'bytes' },
};

/** Operations over forms of entries, of which there are two kinds. */
const ENTRY_SUBJECTS: Readonly<Record<string, { side: 'in' | 'ok'; member: string; suffix: string }>> = {
  'entry.encode': { side: 'ok', member: 'bytes', suffix: 'entry' },
  'entry.decode': { side: 'in', member: 'bytes', suffix: 'entry' },
  'trie.prove': { side: 'ok', member: 'proof', suffix: 'entry-proof' },
  'trie.verify': { side: 'in', member: 'proof', suffix: 'entry-proof' },
};

/** What of an example is of a byte form; undefined if nothing is. */
export function subjectOf({ op, in: input }: Example): Subject | undefined {
  const ofEntry = ENTRY_SUBJECTS[op];
  if (ofEntry === undefined) return SUBJECTS[op];
  const { side, member, suffix } = ofEntry;
  return { format: `${input['kind'] as string}-${suffix}` as FormatName, side, member };
}

/** Whether a member beside the bytes of a format follows from them. */
export function isSealedCompanion(format: FormatName, member: string): boolean {
  return COMPANIONS[format]?.[member] !== undefined;
}

/** Bytes of a member of a format: text is that of its UTF-8. */
function bytesOfMember(format: FormatName, value: unknown): Uint8Array {
  return TEXTS.has(format) ? new TextEncoder().encode(value as string) : bytesOf(value as string);
}

/** The member that has these bytes. */
export function memberOfBytes(format: FormatName, bytes: Uint8Array): string {
  return TEXTS.has(format) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : hexOf(bytes);
}

/**
 * The document of an example, with those of its companions that are named.
 *
 * @param wanted - members of the input it is made for. A companion that the example lacks is computed if it can be, and
 *   left out if not.
 */
export function documentOf(example: Example, wanted: ReadonlySet<string>): Document | undefined {
  const subject = subjectOf(example);
  const side = subject?.side === 'ok' ? example.ok : example.in;
  if (subject === undefined || side === undefined) return undefined;
  const bytes = bytesOfMember(subject.format, side[subject.member]);
  const companions = new Map<string, Uint8Array>();
  for (const [member, seal] of Object.entries(COMPANIONS[subject.format] ?? {})) {
    if (!wanted.has(member)) continue;
    const given = example.in[member] ?? example.ok?.[member];
    const value = typeof given === 'string' ? bytesOf(given) : seal?.value(bytes, (name) => example.in[name]);
    if (value !== undefined) companions.set(member, value);
  }
  return assemble(subject.format, bytes, companions, example.in);
}

/** The document of these bytes, told apart anew. */
export function withBytes(document: Document, bytes: Uint8Array, members: Json): Document {
  const { subject, companions } = split(document, bytes);
  return assemble(document.format, subject, companions, members);
}

/** Subject and companions of bytes that are laid out as a document's. */
export function split(
  { companions }: Document,
  bytes: Uint8Array,
): { subject: Uint8Array; companions: Map<string, Uint8Array> } {
  let offset = bytes.length - companions.reduce((sum, { length }) => sum + length, 0);
  const subject = bytes.subarray(0, Math.max(0, offset));
  const found = new Map<string, Uint8Array>();
  for (const { member, length } of companions) {
    found.set(member, bytes.subarray(offset, offset + length));
    offset += length;
  }
  return { subject, companions: found };
}

function assemble(
  format: FormatName,
  subject: Uint8Array,
  companions: ReadonlyMap<string, Uint8Array>,
  members: Json,
): Document {
  const fields = [...FORMATS[format](subject)];
  const of = (member: string) => {
    const bytes = companions.get(member);
    return bytes === undefined ? members[member] : hexOf(bytes);
  };
  let offset = subject.length;
  for (const [member, bytes] of companions) {
    const seal = COMPANIONS[format]?.[member];
    const field = { path: `in.${member}`, offset, length: bytes.length };
    const value = () => seal?.value(subject, of);
    fields.push(seal === undefined ? field : { ...field, seal: { rule: seal.rule, value } });
    offset += bytes.length;
  }
  return {
    format,
    bytes: new Uint8Array(Buffer.concat([subject, ...companions.values()])),
    fields,
    companions: [...companions].map(([member, { length }]) => ({ member, length })),
  };
}

/** What a sealed field should be; undefined if it is as it should be, or nothing says how. */
export function rightBytes(document: Document, field: Field): Uint8Array | undefined {
  const right = field.seal?.value();
  if (right === undefined || equalBytes(right, bytesOfField(document.bytes, field))) return undefined;
  return right;
}

/** Whether a field is sealed, and as it should be. */
export function isRight(document: Document, field: Field): boolean {
  const right = field.seal?.value();
  return right !== undefined && equalBytes(right, bytesOfField(document.bytes, field));
}
