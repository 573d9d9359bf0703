import { isDeepStrictEqual } from 'node:util';
import { bytesOfField, type Field } from '../formats/fields.js';
import { differences, type Hunk, sameLengthHunks, singleHunk } from './differences.js';
import {
  type Document,
  documentOf,
  type Example,
  isRight,
  type Json,
  subjectOf,
  withBytes,
} from './document.js';
import {
  applyEdits,
  type Derivation,
  type FieldEdit,
  type MemberEdit,
  membersFrom,
  rebuild,
  replaced,
} from './edits.js';

/** A fault that takes more edits has no derivation: nobody would read it. */
const EDITS_MAX = 4;
// Bytes that an edit may write, and how many of them are as much to read as one more edit.
const WRITTEN_MAX = 256;
const PART_LENGTH = 32;
// What may be replaced by more or fewer bytes across the bounds of fields.
const ACROSS_MAX = 16;
const RESEAL_MAX = 64;
const DOCUMENT_MAX = 1 << 16;
// Fields up to this length are written whole, as the integers they are.
const INTEGER_LENGTH = 8;
// How many of the bases that look nearest are compared byte by byte, and how many candidates are tried.
const NEAREST = 6;
const TRIED_MAX = 24;

/** A document with what is asked of it for each vector. */
interface Prepared {
  readonly base: Example;
  readonly document: Document;
  readonly rightSeals: ReadonlyMap<string, Field>;
}

/** A base beside the vector, laid out with the same companions. */
interface Pair {
  readonly prepared: Prepared;
  readonly target: Document;
  readonly members: readonly MemberEdit[];
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

interface Candidate {
  readonly pair: Pair;
  readonly edits: readonly FieldEdit[];
  readonly cost: readonly number[];
}

/** Finds derivations from accepting examples; each document is told apart once. */
export class Deriver {
  readonly #bases: readonly Example[];
  readonly #prepared = new Map<string, Prepared | undefined>();

  /** @param bases - accepting examples, of any form. */
  constructor(bases: readonly Example[]) {
    this.#bases = bases;
  }

  /**
   * The derivation of a vector that is the shortest to read: by its edits, one more counted for each further 32 bytes that
   * one writes, then by those that move what follows, then by the bytes it changes, then by what it seals again.
   *
   * @returns undefined if each takes more than `EDITS_MAX`, and for documents of more than 64 KiB.
   */
  derive(vector: Example): Derivation | undefined {
    const near = this.#pairsFor(vector);
    const cheap = near.flatMap((pair) =>
      cheapScripts(pair.from, pair.to, lengthOfCompanions(pair.target)).flatMap((script) =>
        candidateOf(pair, script),
      ),
    );
    const found = best(vector, cheap);
    if (found !== undefined && found.edits.length <= 1) return found;
    const nearest = near
      .map((pair) => ({ pair, size: sizeOf(singleHunk(pair.from, pair.to)) }))
      .sort((a, b) => a.size - b.size)
      .slice(0, NEAREST);
    const exact = nearest.flatMap(({ pair }) => candidateOf(pair, differences(pair.from, pair.to)));
    return best(vector, [...cheap, ...exact]);
  }

  #pairsFor(vector: Example): Pair[] {
    const targets = new Map<string, Prepared | undefined>();
    return this.#basesFor(vector).flatMap((prepared) => {
      const companions = prepared.document.companions.map(({ member }) => member);
      const key = companions.join(' ');
      if (!targets.has(key)) targets.set(key, prepare(vector, new Set(companions)));
      const target = targets.get(key);
      if (target === undefined) return [];
      const members = memberEdits(vector, prepared);
      if (members.length > EDITS_MAX) return [];
      const [from, to] = [mask(prepared, target), mask(target, prepared)];
      return [{ prepared, target: target.document, members, from, to }];
    });
  }

  #basesFor(vector: Example): Prepared[] {
    const format = subjectOf(vector)?.format;
    const wanted = new Set(Object.keys(vector.in));
    return this.#bases.flatMap((base) => {
      if (subjectOf(base)?.format !== format) return [];
      const key = [base.id, ...[...wanted].sort()].join(' ');
      if (!this.#prepared.has(key)) this.#prepared.set(key, prepare(base, wanted));
      return this.#prepared.get(key) ?? [];
    });
  }
}

function prepare(base: Example, wanted: ReadonlySet<string>): Prepared | undefined {
  const document = documentOf(base, wanted);
  if (document === undefined || document.bytes.length > DOCUMENT_MAX) return undefined;
  const right = document.fields.filter((field) => isRight(document, field));
  return { base, document, rightSeals: new Map(right.map((field) => [field.path, field])) };
}

/** The bytes with zeros in every sealed field that is right in both documents: it can be sealed again. */
function mask({ document, rightSeals }: Prepared, other: Prepared): Uint8Array {
  const bytes = document.bytes.slice();
  for (const [path, { offset, length }] of rightSeals) {
    if (other.rightSeals.has(path)) bytes.fill(0, offset, offset + length);
  }
  return bytes;
}

/** The members that stand in no document and are not those of the base, and those that it has not. */
function memberEdits(vector: Example, { base, document }: Prepared): MemberEdit[] {
  const told = new Set([subjectOf(vector)?.member, ...document.companions.map(({ member }) => member)]);
  const given = membersFrom(base, vector);
  const set = Object.entries(vector.in)
    .filter(([member, value]) => !told.has(member) && JSON.stringify(given[member]) !== JSON.stringify(value))
    .map(([member, value]) => ({ member, value }));
  const left = Object.keys(given).filter((member) => !(member in vector.in));
  return [...set, ...left.map((member) => ({ member }))];
}

/** One change in the middle; or changes in place, and more or fewer bytes at the end of the subject. */
function cheapScripts(from: Uint8Array, to: Uint8Array, companions: number): Hunk[][] {
  if (from.length === to.length) return [sameLengthHunks(from, to)];
  const [end, stop] = [from.length - companions, to.length - companions];
  const common = Math.min(end, stop);
  const beside = sameLengthHunks(from.subarray(end), to.subarray(stop));
  return [
    [singleHunk(from, to)],
    [
      ...sameLengthHunks(from.subarray(0, common), to.subarray(0, common)),
      { start: common, end, bytes: to.subarray(common, stop) },
      ...beside.map((hunk) => ({ ...hunk, start: hunk.start + end, end: hunk.end + end })),
    ],
  ];
}

function lengthOfCompanions({ companions }: Document): number {
  return companions.reduce((sum, { length }) => sum + length, 0);
}

const sizeOf = ({ start, end, bytes }: Hunk) => end - start + bytes.length;

/** The edits of a script, unless they are too many or too long. */
function candidateOf(pair: Pair, script: readonly Hunk[] | undefined): Candidate[] {
  const { prepared, members } = pair;
  if (script === undefined) return [];
  if (script.some((hunk) => hunk.bytes.length > WRITTEN_MAX)) return [];
  const edits = editsOf(prepared.document, script);
  if (edits === undefined || edits.length + members.length > EDITS_MAX) return [];
  const written = edits.map(({ set = '', insert = '' }) => (set.length + insert.length) / 2);
  const parts = written.reduce((sum, bytes) => sum + Math.max(1, Math.ceil(bytes / PART_LENGTH)), 0);
  const splices = edits.filter(({ set }) => set === undefined).length;
  const changed = script.reduce((sum, hunk) => sum + sizeOf(hunk), 0);
  return [{ pair, edits, cost: [parts + members.length, splices, changed] }];
}

/** The edits of a script, in the order of the bytes; undefined if one of them is of no kind. */
function editsOf(base: Document, hunks: readonly Hunk[]): FieldEdit[] | undefined {
  const isSet = ({ start, end, bytes }: Hunk) => end - start === bytes.length;
  const placed = setsOf(base, hunks.filter(isSet));
  for (const hunk of hunks) {
    if (isSet(hunk)) continue;
    const edit = spliceOf(base, hunk);
    if (edit === undefined) return undefined;
    placed.push({ start: hunk.start, edit });
  }
  return placed.sort((a, b) => a.start - b.start).map(({ edit }) => edit);
}

/** Bytes are removed, or inserted; or, within one field or if they are few, others stand in their place. */
function spliceOf(base: Document, { start, end, bytes }: Hunk): FieldEdit | undefined {
  const { field, at } = placeOf(base, start);
  const isWithin = end <= field.offset + field.length || Math.max(end - start, bytes.length) <= ACROSS_MAX;
  if (end > start && bytes.length > 0 && !isWithin) return undefined;
  return {
    field: field.path,
    ...(at > 0 ? { at } : {}),
    ...(end > start ? { remove: end - start } : {}),
    ...(bytes.length > 0 ? { insert: hex(bytes) } : {}),
  };
}

/** One edit for each field that bytes are written over. */
function setsOf(base: Document, hunks: readonly Hunk[]): { start: number; edit: FieldEdit }[] {
  const after = base.bytes.slice();
  for (const { start, bytes } of hunks) after.set(bytes, start);
  return base.fields.flatMap((field) => {
    const [before, value] = [bytesOfField(base.bytes, field), bytesOfField(after, field)];
    const { start, end } = singleHunk(before, value);
    if (start === end) return [];
    if (field.length <= INTEGER_LENGTH) return [{ start: field.offset, edit: setOf(field, 0, value) }];
    return [{ start: field.offset + start, edit: setOf(field, start, value.subarray(start, end)) }];
  });
}

function setOf({ path }: Field, at: number, bytes: Uint8Array): FieldEdit {
  return { field: path, ...(at > 0 ? { at } : {}), set: hex(bytes) };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The field at an offset; at the end of the subject, its last one. */
function placeOf(base: Document, offset: number): { field: Field; at: number } {
  const isCompanion = ({ path }: Field) => path.startsWith('in.');
  const field =
    base.fields.find(
      (candidate) =>
        !isCompanion(candidate) && candidate.offset <= offset && offset < candidate.offset + candidate.length,
    ) ?? (base.fields.filter((candidate) => !isCompanion(candidate)).at(-1) as Field);
  return { field, at: offset - field.offset };
}

/** The cheapest candidate that leads to the vector; of equally cheap ones the one with the fewest seals. */
function best(vector: Example, candidates: readonly Candidate[]): Derivation | undefined {
  const sorted = [...candidates].sort((a, b) => compareCost(a.cost, b.cost)).slice(0, TRIED_MAX);
  let found: { derivation: Derivation; cost: readonly number[] } | undefined;
  for (const candidate of sorted) {
    if (found !== undefined && compareCost(candidate.cost, found.cost) > 0) break;
    const derivation = complete(vector, candidate);
    if (derivation === undefined) continue;
    if (found === undefined || sealsOf(derivation) < sealsOf(found.derivation)) {
      found = { derivation, cost: candidate.cost };
    }
  }
  return found?.derivation;
}

const sealsOf = ({ reseal = [] }: Derivation) => reseal.length;

function compareCost(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((part, at) => part !== b[at]);
  return index < 0 ? 0 : (a[index] as number) - (b[index] as number);
}

/** The derivation that begins with these edits, if what they leave different can be sealed. */
function complete(vector: Example, { pair, edits }: Candidate): Derivation | undefined {
  const { base, document } = pair.prepared;
  const bytes = applyEdits(document, edits);
  if (typeof bytes === 'string') return undefined;
  const sealed = sealTowards(withBytes(document, bytes, vector.in), pair.target, vector.in);
  if (sealed === undefined) return undefined;
  const all = [...edits, ...pair.members];
  const derivation = { base: base.id, edits: all, ...(sealed.length > 0 ? { reseal: sealed } : {}) };
  const rebuilt = rebuild(base, vector, derivation);
  return 'input' in rebuilt && isDeepStrictEqual(rebuilt.input, { ...vector.in }) ? derivation : undefined;
}

/** Seals what is not as in the target and becomes so, until nothing is left to be sealed. */
function sealTowards(edited: Document, target: Document, members: Json): string[] | undefined {
  const sealed: string[] = [];
  let document = edited;
  while (document.bytes.length === target.bytes.length && sealed.length < RESEAL_MAX) {
    if (Buffer.compare(document.bytes, target.bytes) === 0) return sealed;
    const field = document.fields.find((candidate) => becomesRight(document, candidate, target));
    if (field === undefined) return undefined;
    sealed.push(field.path);
    document = withBytes(
      document,
      replaced(document.bytes, field, bytesOfField(target.bytes, field)),
      members,
    );
  }
  return undefined;
}

function becomesRight(document: Document, field: Field, target: Document): boolean {
  if (field.seal === undefined) return false;
  const wanted = bytesOfField(target.bytes, field);
  if (Buffer.compare(bytesOfField(document.bytes, field), wanted) === 0) return false;
  const right = field.seal.value();
  return right !== undefined && Buffer.compare(right, wanted) === 0;
}
