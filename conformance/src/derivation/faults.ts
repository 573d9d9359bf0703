import { pathOfKind } from '../formats/fields.js';
import { type Document, rightBytes } from './document.js';
import { type Edit, isFieldEdit } from './edits.js';

/**
 * The sealed fields of a document that are not right and that no edit is about: what is not right around a fault. Lengths
 * are left out, since one byte more or less makes them wrong.
 *
 * @param edits - with the base they are edits of, where the document is derived.
 */
export function wrongSeals(
  document: Document,
  derived?: { readonly base: Document; readonly edits: readonly Edit[] },
): string[] {
  const edited = new Set(derived === undefined ? [] : fieldsOfEdits(derived.base, derived.edits));
  return document.fields
    .filter((field) => field.seal?.isLength !== true && rightBytes(document, field) !== undefined)
    .map(({ path }) => path)
    .filter((path) => !edited.has(pathOfKind(path)));
}

/** The kinds of fields that edits write over, remove or stand in. */
function fieldsOfEdits(base: Document, edits: readonly Edit[]): string[] {
  return edits.filter(isFieldEdit).flatMap(({ field, at = 0, set = '', remove = 0 }) => {
    const start = (base.fields.find(({ path }) => path === field)?.offset ?? 0) + at;
    const end = start + Math.max(1, set.length / 2 + remove);
    const touched = base.fields.filter(({ offset, length }) => offset < end && start < offset + length);
    return [field, ...touched.map(({ path }) => path)].map(pathOfKind);
  });
}
