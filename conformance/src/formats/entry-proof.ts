import { count, sha256 } from './bytes.js';
import { type Field, type FieldMap, FieldReader } from './fields.js';
import { nodeHash } from './trees.js';
import { contentEntryFields, stateEntryFields, withTrailing } from './values.js';

const DEPTH_MAX = 272;
const ENTRY_LEAF = Uint8Array.of(0);
const EMPTY = new Uint8Array(32);
const REFERENCE_LENGTH = 34;
const STATE_ENTRY_LENGTH = 117;
const CONTENT_ENTRY_LENGTH = 47;

interface EntryProof {
  readonly depth: number;
  readonly marks: Uint8Array;
  readonly siblings: readonly Uint8Array[];
  readonly entry: Uint8Array | undefined;
}

/** ASL/STORE-INDEX/1 §11: a proof of a state entry, or that there is none. */
export const stateEntryProofFields: FieldMap = withTrailing((bytes) => proofFields(bytes, stateEntryFields));

/** ASL/STORE-INDEX/1 §11: a proof of a content entry, or that there is none. */
export const contentEntryProofFields: FieldMap = withTrailing((bytes) =>
  proofFields(bytes, contentEntryFields),
);

/** The same, without what follows the proof. */
export function proofFields(bytes: Uint8Array, entryFields: FieldMap): Field[] {
  const reader = new FieldReader(bytes);
  const end = reader.take('end', 1);
  const depth = reader.take('depth', 2);
  if (depth === undefined || count(depth) > DEPTH_MAX) return reader.fields;
  const marks = reader.take('siblings_present', Math.ceil(count(depth) / 8));
  if (marks === undefined) return reader.fields;
  for (let index = 0; index < count(depth) && reader.left > 0; index += 1) {
    if (isSet(marks, index)) reader.take(`siblings[${index}]`, 32);
  }
  if (end?.[0] === 1) reader.adopt('entry.', entryFields(bytes.subarray(reader.offset)));
  return reader.fields;
}

/**
 * The root that a proof leads to on the path of a key, or of its own entry's if there is none.
 *
 * @returns undefined where the proof is not whole, or nothing says which path.
 */
export function rootOfEntryProof(
  bytes: Uint8Array,
  fields: readonly Field[],
  key?: Uint8Array,
): Uint8Array | undefined {
  const proof = readProof(bytes, fields);
  const path = key ?? proof?.entry?.subarray(0, REFERENCE_LENGTH);
  if (proof === undefined || path === undefined || path.length < REFERENCE_LENGTH) return undefined;
  let hash = proof.entry === undefined ? EMPTY : sha256(ENTRY_LEAF, proof.entry);
  let next = proof.siblings.length;
  for (let index = proof.depth - 1; index >= 0; index -= 1) {
    if (isSet(proof.marks, index)) next -= 1;
    const sibling = (isSet(proof.marks, index) ? proof.siblings[next] : undefined) ?? EMPTY;
    hash = isSet(path, index) ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }
  return hash;
}

function readProof(bytes: Uint8Array, fields: readonly Field[]): EntryProof | undefined {
  const of = (path: string) => {
    const field = fields.find((candidate) => candidate.path === path);
    return field && bytes.subarray(field.offset, field.offset + field.length);
  };
  const [end, depth, marks] = [of('end')?.[0], count(of('depth')), of('siblings_present')];
  if (marks === undefined || marks.length < Math.ceil(depth / 8)) return undefined;
  const siblings = fields
    .filter(({ path }) => path.startsWith('siblings['))
    .map(({ offset, length }) => bytes.subarray(offset, offset + length));
  const marked = Array.from({ length: depth }, (_, index) => isSet(marks, index)).filter(Boolean).length;
  if (siblings.length !== marked || siblings.some(({ length }) => length < 32)) return undefined;
  const entry = end === 1 ? readEntry(bytes, fields) : undefined;
  return end === 0 || entry !== undefined ? { depth, marks, siblings, entry } : undefined;
}

/** The entry of a proof, if all of it is there. */
function readEntry(bytes: Uint8Array, fields: readonly Field[]): Uint8Array | undefined {
  const ofEntry = fields.filter(({ path }) => path.startsWith('entry.'));
  const [first, last] = [ofEntry[0], ofEntry.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const entry = bytes.subarray(first.offset, last.offset + last.length);
  const isOfState = ofEntry.some(({ path }) => path === 'entry.present');
  const length = isOfState ? STATE_ENTRY_LENGTH + 8 * count(entry.subarray(113, 117)) : CONTENT_ENTRY_LENGTH;
  return entry.length === length ? entry : undefined;
}

function isSet(bits: Uint8Array, index: number): boolean {
  return (((bits[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1;
}
