import { contentEntryProofFields, stateEntryProofFields } from './entry-proof.js';
import type { FieldMap } from './fields.js';
import { logFields } from './log.js';
import { manifestFields } from './manifest.js';
import { policyTableFields } from './policy-table.js';
import { proofFileFields } from './proof.js';
import { segmentFields } from './segment.js';
import { headTextFields, keyTextFields, noteFields, referenceTextFields, stateTextFields } from './texts.js';
import {
  artifactFields,
  contentEntryFields,
  contentFields,
  genesisFields,
  referenceFields,
  stateEntryFields,
  withTrailing,
} from './values.js';

/** A byte form of the specifications, by the name that this suite gives it. */
export type FormatName =
  | 'artifact'
  | 'content'
  | 'content-entry'
  | 'content-entry-proof'
  | 'genesis'
  | 'head-text'
  | 'key-text'
  | 'log'
  | 'manifest'
  | 'note'
  | 'policy-table'
  | 'proof'
  | 'reference'
  | 'reference-text'
  | 'segment'
  | 'state-entry'
  | 'state-entry-proof'
  | 'state-text';

/** The field map of each format. */
export const FORMATS: Readonly<Record<FormatName, FieldMap>> = {
  artifact: artifactFields,
  content: contentFields,
  'content-entry': withTrailing(contentEntryFields),
  'content-entry-proof': contentEntryProofFields,
  genesis: genesisFields,
  'head-text': headTextFields,
  'key-text': keyTextFields,
  log: logFields,
  manifest: manifestFields,
  note: noteFields,
  'policy-table': policyTableFields,
  proof: proofFileFields,
  reference: referenceFields,
  'reference-text': referenceTextFields,
  segment: segmentFields,
  'state-entry': withTrailing(stateEntryFields),
  'state-entry-proof': stateEntryProofFields,
  'state-text': stateTextFields,
};
