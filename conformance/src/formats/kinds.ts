import { pathOfKind } from './fields.js';
import type { FormatName } from './index.js';

/** A field of a format without the numbers of list members; that of a form inside another is the form's own. */
export interface FieldKind {
  readonly format: FormatName | 'entry-proof';
  readonly path: string;
}

/** The document of the specifications that each format is of. */
export const DOCUMENTS: Readonly<Record<FieldKind['format'], string>> = {
  artifact: 'ASL/1-CORE',
  content: 'ASL/1-CORE',
  'content-entry': 'ASL/STORE-INDEX/1',
  'content-entry-proof': 'ASL/STORE-INDEX/1',
  'entry-proof': 'ASL/STORE-INDEX/1',
  genesis: 'ASL/DOMAIN/1',
  'head-text': 'ASL/CHECKPOINT/1',
  'key-text': 'ASL/CHECKPOINT/1',
  log: 'ASL/LOG/1',
  manifest: 'ASL/STORE-INDEX/1',
  note: 'ASL/CHECKPOINT/1',
  'policy-table': 'ASL/STORE-INDEX/1',
  proof: 'ASL/PROOF/1',
  reference: 'ASL/1-CORE',
  'reference-text': 'ASL/1-CORE',
  segment: 'ENC/ASL-CORE-INDEX/1',
  'state-entry': 'ASL/STORE-INDEX/1',
  'state-entry-proof': 'ASL/STORE-INDEX/1',
  'state-text': 'ASL/STORE-INDEX/1',
};

/** Forms that stand in others: where the path begins so, the rest is a path of the form. */
const INSIDE: readonly { in: FormatName; prefix: string; format: FormatName; as?: string }[] = [
  { in: 'note', prefix: 'text.', format: 'head-text' },
  { in: 'proof', prefix: 'genesis.', format: 'genesis' },
  { in: 'proof', prefix: 'head.', format: 'note' },
  { in: 'proof', prefix: 'anchor.', format: 'log', as: 'frame[].record[].' },
  { in: 'proof', prefix: 'entry_proof.', format: 'state-entry-proof' },
  { in: 'state-entry-proof', prefix: 'entry.', format: 'state-entry' },
  { in: 'content-entry-proof', prefix: 'entry.', format: 'content-entry' },
];

/** What a map calls bytes that are of no field. */
const NO_FIELD = new Set(['trailing', 'rest', 'gap[]', 'line[].form', 'frame[].record[].surplus']);

/** The kind of a field; undefined for bytes that are of none, and for members beside the subject. */
export function kindOf(format: FormatName, path: string): FieldKind | undefined {
  const kind = pathOfKind(path);
  const inside = INSIDE.find((form) => form.in === format && kind.startsWith(form.prefix));
  if (inside !== undefined) {
    return kindOf(inside.format, `${inside.as ?? ''}${kind.slice(inside.prefix.length)}`);
  }
  if (NO_FIELD.has(kind) || kind.startsWith('in.')) return undefined;
  return { format: format.endsWith('-entry-proof') ? 'entry-proof' : format, path: kind };
}

/** A field with few values, each of which means something: `values` are their bytes in hexadecimal. */
export interface Enumeration extends FieldKind {
  readonly what: 'flag' | 'record type' | 'value';
  readonly values: readonly string[];
  /** The values that are refused, where others than `values` are taken too. */
  readonly refused?: readonly string[];
}

export const ENUMERATIONS: readonly Enumeration[] = [
  { format: 'artifact', path: 'has_type_tag', what: 'flag', values: ['00', '01'] },
  { format: 'reference', path: 'hash_id', what: 'value', values: ['0001', '0002'] },
  { format: 'genesis', path: 'openness', what: 'flag', values: ['00', '01'] },
  {
    format: 'log',
    path: 'frame[].record[].record_type',
    what: 'record type',
    values: ['01', '02', '03', '04', '05', '06', '07'].map((type) => `${type}000000`),
    refused: ['00000000'],
  },
  { format: 'log', path: 'frame[].record[].public', what: 'flag', values: ['00', '01'] },
  { format: 'log', path: 'header.flags', what: 'flag', values: ['0000000000000000'] },
  { format: 'segment', path: 'header.flags', what: 'flag', values: ['0000000000000000'] },
  { format: 'segment', path: 'header.hash_id', what: 'value', values: ['0100', '0200'] },
  { format: 'segment', path: 'record[].has_type_tag', what: 'flag', values: ['00', '01'] },
  { format: 'segment', path: 'record[].flags', what: 'flag', values: ['00', '01', '02'] },
  { format: 'segment', path: 'record[].visibility', what: 'value', values: ['00', '01'] },
  { format: 'state-entry', path: 'present', what: 'flag', values: ['00', '01'] },
  { format: 'state-entry', path: 'has_type_tag', what: 'flag', values: ['00', '01'] },
  { format: 'state-entry', path: 'publication', what: 'value', values: ['00', '01', '02'] },
  { format: 'content-entry', path: 'has_type_tag', what: 'flag', values: ['00', '01'] },
  { format: 'entry-proof', path: 'end', what: 'flag', values: ['00', '01'] },
  { format: 'policy-table', path: 'header.flags', what: 'flag', values: ['0000000000000000'] },
  { format: 'policy-table', path: 'row[].publication', what: 'value', values: ['00', '01', '02'] },
  {
    format: 'proof',
    path: 'flags',
    what: 'flag',
    values: ['00', '01', '02', '03'].map((flags) => `${flags}000000`),
  },
];
