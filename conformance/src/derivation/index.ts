export { Deriver } from './derive.js';
export {
  type Document,
  documentOf,
  type Example,
  type Json,
  rightBytes,
  subjectOf,
} from './document.js';
export {
  type Derivation,
  type Edit,
  type FieldEdit,
  isFieldEdit,
  isLastByte,
  type MemberEdit,
  type Rebuilt,
  rebuild,
} from './edits.js';
export { wrongSeals } from './faults.js';
