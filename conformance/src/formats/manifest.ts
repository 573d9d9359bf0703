import { count } from './bytes.js';
import { type Field, FieldReader } from './fields.js';

/** ASL/STORE-INDEX/1 §13. */
export function manifestFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  reader.take('magic', 8);
  reader.take('version', 4);
  const segments = count(reader.take('segment_count', 4));
  const types = count(reader.take('type_count', 4));
  reader.takeAll('', [
    ['reserved', 4],
    ['position', 8],
    ['blind', 32],
    ['domain_id', 32],
    ['record_hash', 32],
    ['policy_hash', 32],
    ['anchored', 8],
  ]);
  for (let index = 0; index < segments && reader.left > 0; index += 1) {
    reader.take(`segments[${index}].logseq`, 8);
    reader.take(`segments[${index}].segment_id`, 32);
  }
  for (let index = 0; index < types && reader.left > 0; index += 1) reader.take(`types[${index}]`, 4);
  reader.rest('trailing');
  return reader.fields;
}
