import { bytesOf, equalBytes } from '../formats/bytes.js';
import { bytesOfField, type Field } from '../formats/fields.js';
import {
  type Document,
  documentOf,
  type Example,
  isSealedCompanion,
  type Json,
  memberOfBytes,
  rightBytes,
  split,
  subjectOf,
  withBytes,
} from './document.js';

/** A change of bytes from offset `at` of a field on, 0 if it is not given; all offsets are those of the base. */
export interface FieldEdit {
  readonly field: string;
  readonly at?: number;
  /** Stands in the place of as many bytes. */
  readonly set?: string;
  /** How many bytes are removed; the field may end before. */
  readonly remove?: number;
  readonly insert?: string;
}

/** A member of the input that stands beside its bytes has another value, or, without one, is left out. */
export interface MemberEdit {
  readonly member: string;
  readonly value?: unknown;
}

export type Edit = FieldEdit | MemberEdit;

/** How the input of a vector is made from that of an accepting one. */
export interface Derivation {
  readonly base: string;
  readonly edits: readonly Edit[];
  /** Fields that are computed anew, one after the other, each from what stands there by then. */
  readonly reseal?: readonly string[];
}

/** What a derivation leads to, or why it leads nowhere. */
export type Rebuilt =
  | { readonly input: Json; readonly base: Document; readonly document: Document }
  | { readonly problem: string };

/** Whether an edit is of bytes. */
export function isFieldEdit(edit: Edit): edit is FieldEdit {
  return 'field' in edit;
}

/**
 * Makes the input of a vector from that of its base: of the base's members those that the vector has too, edited, then
 * sealed again.
 */
export function rebuild(base: Example, vector: Example, { edits, reseal = [] }: Derivation): Rebuilt {
  const document = documentOf(base, new Set(Object.keys(vector.in)));
  const format = subjectOf(vector)?.format;
  if (document === undefined || document.format !== format) return { problem: 'the base has another form' };
  const members = membersOf(base, vector, edits);
  const bytes = applyEdits(document, edits.filter(isFieldEdit));
  if (typeof bytes === 'string') return { problem: bytes };
  const edited = withBytes(document, bytes, members);
  const sealed = sealAgain(edited, reseal, members);
  if (typeof sealed === 'string') return { problem: sealed };
  return { input: inputOf(sealed, vector, members), base: document, document: sealed };
}

/** The members that stand in no document: as the base has them, but for edits. */
function membersOf(base: Example, vector: Example, edits: readonly Edit[]): Json {
  const members = new Map(Object.entries(membersFrom(base, vector)));
  for (const edit of edits) {
    if (isFieldEdit(edit)) continue;
    if ('value' in edit) members.set(edit.member, edit.value);
    else members.delete(edit.member);
  }
  return Object.fromEntries(members);
}

/**
 * What an input has from its base beside bytes: all members, but those that follow from the bytes and that it has not; of
 * the base of another operation only members that it has too.
 */
export function membersFrom(base: Example, vector: Example): Json {
  const subject = subjectOf(vector);
  const isTaken = (name: string) =>
    name in vector.in ||
    (base.op === vector.op && subject !== undefined && !isSealedCompanion(subject.format, name));
  return Object.fromEntries(
    Object.entries({ ...base.ok, ...base.in }).filter(
      ([name]) => (name in base.in || name in vector.in) && name !== subject?.member && isTaken(name),
    ),
  );
}

function inputOf(document: Document, vector: Example, members: Json): Json {
  const { subject, companions } = split(document, document.bytes);
  const { format, member } = subjectOf(vector) as { format: Document['format']; member: string };
  const told = [...companions].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]);
  return { ...members, ...Object.fromEntries(told), [member]: memberOfBytes(format, subject) };
}

/** @returns the bytes, or what is wrong with an edit. */
export function applyEdits(base: Document, edits: readonly FieldEdit[]): Uint8Array | string {
  const placed = edits.map((edit) => ({ edit, field: base.fields.find(({ path }) => path === edit.field) }));
  const pieces: Uint8Array[] = [];
  let end = base.bytes.length;
  for (const { edit, field } of placed.reverse()) {
    if (field === undefined) return `the base has no field ${edit.field}`;
    const start = field.offset + (edit.at ?? 0);
    const set = bytesOf(edit.set ?? '');
    const next = start + set.length + (edit.remove ?? 0);
    if (!fits(edit, field, set.length)) return `an edit reaches beyond ${edit.field}`;
    if (next > end) return 'the edits are not in the order of the bytes, or overlap';
    pieces.unshift(set, bytesOf(edit.insert ?? ''), base.bytes.subarray(next, end));
    end = start;
  }
  return new Uint8Array(Buffer.concat([base.bytes.subarray(0, end), ...pieces]));
}

function fits({ at = 0 }: FieldEdit, field: Field, length: number): boolean {
  return at >= 0 && at + length <= field.length;
}

/** @returns the document, or which field could not be sealed again. */
function sealAgain(edited: Document, reseal: readonly string[], members: Json): Document | string {
  let document = edited;
  for (const path of reseal) {
    const field = document.fields.find((candidate) => candidate.path === path);
    const right = field && rightBytes(document, field);
    if (field === undefined || right === undefined) return `${path} is not there to be sealed again`;
    document = withBytes(document, replaced(document.bytes, field, right), members);
  }
  return document;
}

export function replaced(bytes: Uint8Array, { offset, length }: Field, value: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([bytes.subarray(0, offset), value, bytes.subarray(offset + length)]));
}

/** Whether the only edit changes the last byte of a field of several bytes, and nothing before it. */
export function isLastByte(base: Document, edits: readonly Edit[]): boolean {
  const [edit] = edits;
  if (edits.length !== 1 || edit === undefined || !isFieldEdit(edit) || edit.set === undefined) return false;
  const field = base.fields.find(({ path }) => path === edit.field);
  const bytes = applyEdits(base, [edit]);
  if (field === undefined || field.length < 2 || typeof bytes === 'string') return false;
  if (bytes.length !== base.bytes.length) return false;
  const [before, after] = [bytesOfField(base.bytes, field), bytesOfField(bytes, field)];
  return equalBytes(before.subarray(0, -1), after.subarray(0, -1)) && before.at(-1) !== after.at(-1);
}
