/**
 * ENC/ASL-CORE-INDEX/1, version 1: the bytes of an index segment, and how to look up, scan and merge them.
 *
 * @module
 */

export { type DecodeSegmentOptions, decodeSegment } from './decode.js';
export { type EncodedSegment, encodeSegment, encodeSegments } from './encode.js';
export { SEG_ERRORS, type SegErrorCode } from './errors.js';
export type { RecordFields } from './fields.js';
export { readLayout, type SegmentHeader, type SegmentLayout } from './layout.js';
export {
  DOMAIN_COUNT_MAX,
  EXTENT_COUNT_MAX,
  EXTENT_LENGTH,
  FOOTER_LENGTH,
  HEADER_LENGTH,
  PAGE_LENGTH,
  RECORD_COUNT_MAX,
  RECORD_LENGTH,
  TABLE_ENTRY_LENGTH,
} from './limits.js';
export { fieldsOf, findNumber, findNumbers, findRecord, mayContain } from './lookup.js';
export { type MergeInput, mergeSegments } from './merge.js';
export { pageHashesOf, segmentIdOf, segmentIdOfPages } from './pages.js';
export { readRecord } from './record.js';
export { type Reading, type ReadRequest, runAsync, runSync } from './requests.js';
export { readRecords, scanRecords } from './scan.js';
export {
  loadFanOut,
  loadFilter,
  loadRecords,
  loadTables,
  type OpenSegment,
  openSegment,
  type ResidentSegment,
  type SegmentFile,
} from './segment.js';
export { verifySegment } from './verify.js';

/** The document and version this package implements. */
export const SPEC_VERSION = 'ENC/ASL-CORE-INDEX/1@1';
