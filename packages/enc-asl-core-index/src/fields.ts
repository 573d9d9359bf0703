import { type Bytes, DIGEST_LENGTH, type ErrorDetails } from '@amduat/asl-core';
import { type SegErrorCode, segError } from './errors.js';
import type { SegmentLayout } from './layout.js';
import { RECORD_LENGTH } from './limits.js';

/** `flags` of a tombstone. */
export const FLAG_TOMBSTONE = 1;

/** `flags` of a record whose location is a range of ExtentRecords. */
export const FLAG_EXTENTS = 2;

const U32_MAX = 0xffff_ffff;

/** The fields of an IndexRecord as they stand in the file. */
export interface RecordFields {
  /** The record's number in its segment, from 0. */
  readonly number: number;
  readonly digest: Bytes;
  readonly logseq: bigint;
  readonly block: number;
  readonly offset: number;
  readonly length: number;
  readonly typeTag: number;
  readonly hasTypeTag: number;
  readonly flags: number;
  readonly visibility: number;
  readonly reserved: number;
  readonly domain: number;
  readonly source: number;
}

/** Reads record `number` of a segment from the 64 octets at `at`. The digest is a copy. */
export function readFields(bytes: Uint8Array, at: number, number: number): RecordFields {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, RECORD_LENGTH);
  const digest = new Uint8Array(DIGEST_LENGTH);
  for (let index = 0; index < DIGEST_LENGTH; index++) digest[index] = bytes[at + index] as number;
  return {
    number,
    digest,
    logseq: view.getBigUint64(32, true),
    block: view.getUint32(40, true),
    offset: view.getUint32(44, true),
    length: view.getUint32(48, true),
    typeTag: view.getUint32(52, true),
    hasTypeTag: view.getUint8(56),
    flags: view.getUint8(57),
    visibility: view.getUint8(58),
    reserved: view.getUint8(59),
    domain: view.getUint16(60, true),
    source: view.getUint16(62, true),
  };
}

/**
 * Refuses a record whose fields cannot stand together in a segment with these counts.
 *
 * @spec SEG-REC-3, SEG-REC-4, SEG-REC-5, SEG-HDR-7, SEG-REC-6, SEG-REC-7, SEG-REC-8, SEG-REC-10
 * @throws AslError `SEG.RECORD.FLAGS`, `SEG.RECORD.TAG`, `SEG.RECORD.VISIBILITY`, `SEG.RESERVED`,
 * `SEG.RECORD.DOMAIN`, `SEG.RECORD.TOMBSTONE`, `SEG.RECORD.BLOCK` or `SEG.RECORD.EXTENTS`, in this order of checks.
 */
export function assertFields(layout: SegmentLayout, fields: RecordFields): void {
  const { flags, hasTypeTag, typeTag, visibility, reserved } = fields;
  // SEG-REC-3
  if (flags > FLAG_EXTENTS) {
    throw recordError('SEG.RECORD.FLAGS', layout, fields, 57, `flags are ${flags}`, {
      expected: [0, 1, 2],
      got: flags,
    });
  }
  // SEG-REC-4
  if (hasTypeTag > 1 || (hasTypeTag === 0 && typeTag !== 0)) {
    const text = `has_type_tag is ${hasTypeTag} and type_tag ${typeTag}`;
    throw recordError('SEG.RECORD.TAG', layout, fields, hasTypeTag > 1 ? 56 : 52, text, { got: hasTypeTag });
  }
  // SEG-REC-5
  if (visibility > 1) {
    const text = `visibility is ${visibility}`;
    throw recordError('SEG.RECORD.VISIBILITY', layout, fields, 58, text, {
      expected: [0, 1],
      got: visibility,
    });
  }
  // SEG-HDR-7
  if (reserved !== 0) {
    throw recordError('SEG.RESERVED', layout, fields, 59, `reserved is ${reserved}`, {
      expected: 0,
      got: reserved,
    });
  }
  assertDomains(layout, fields);
  if (flags === FLAG_TOMBSTONE) assertTombstone(layout, fields);
  // SEG-REC-8
  else if (flags === 0)
    assertSlice(layout, fields.block, fields.offset, fields.length, recordAt(layout, fields) + 40);
  else assertExtentRange(layout, fields);
}

function assertDomains(layout: SegmentLayout, fields: RecordFields): void {
  // SEG-REC-6
  for (const [at, ordinal] of [
    [60, fields.domain],
    [62, fields.source],
  ] as const) {
    if (ordinal <= layout.domainCount) continue;
    const text = `domain ${ordinal} of ${layout.domainCount}`;
    throw recordError('SEG.RECORD.DOMAIN', layout, fields, at, text, {
      expected: layout.domainCount,
      got: ordinal,
    });
  }
}

function assertTombstone(layout: SegmentLayout, fields: RecordFields): void {
  // SEG-REC-7
  for (const [at, got] of [
    [40, fields.block],
    [44, fields.offset],
    [48, fields.length],
    [52, fields.typeTag],
    [56, fields.hasTypeTag],
  ] as const) {
    if (got === 0) continue;
    const text = 'a tombstone has neither location nor type tag';
    throw recordError('SEG.RECORD.TOMBSTONE', layout, fields, at, text, { expected: 0, got });
  }
}

function assertExtentRange(layout: SegmentLayout, fields: RecordFields): void {
  // SEG-REC-10, as far as one record shows it; the sums of u32 are exact in a number.
  if (fields.length !== 0) {
    throw recordError('SEG.RECORD.EXTENTS', layout, fields, 48, 'length is not 0', {
      expected: 0,
      got: fields.length,
    });
  }
  if (fields.offset < 2) {
    throw recordError('SEG.RECORD.EXTENTS', layout, fields, 44, 'fewer than two extents', {
      expected: 2,
      got: fields.offset,
    });
  }
  if (fields.block + fields.offset > layout.extentCount) {
    const got = fields.block + fields.offset;
    throw recordError('SEG.RECORD.EXTENTS', layout, fields, 40, 'extents beyond the last', {
      expected: layout.extentCount,
      got,
    });
  }
}

/**
 * Refuses a slice of a block that is not in the table, or that ends beyond 2^32 − 1.
 *
 * @spec SEG-REC-8, SEG-EXT-2
 * @param at - octet offset in the file of the three fields block, offset and length.
 */
export function assertSlice(
  layout: SegmentLayout,
  block: number,
  offset: number,
  length: number,
  at: number,
): void {
  if (block >= layout.blockCount) {
    const text = `block ${block} of ${layout.blockCount} at offset ${at}`;
    throw segError('SEG.RECORD.BLOCK', text, { offset: at, expected: layout.blockCount, got: block });
  }
  // The sum of two u32 is exact in a number.
  if (offset + length > U32_MAX) {
    const text = `a slice at offset ${at + 4} ends at ${offset + length}`;
    throw segError('SEG.RECORD.BLOCK', text, { offset: at + 4, expected: U32_MAX, got: offset + length });
  }
}

/** The octet offset of a record in its file. */
function recordAt(layout: SegmentLayout, fields: RecordFields): number {
  return layout.recordsOffset + RECORD_LENGTH * fields.number;
}

/** A refusal that names the record and the octet of the file. */
export function recordError(
  code: SegErrorCode,
  layout: SegmentLayout,
  fields: RecordFields,
  at: number,
  text: string,
  details: ErrorDetails = {},
): ReturnType<typeof segError> {
  const offset = recordAt(layout, fields) + at;
  return segError(code, `record ${fields.number}: ${text}, at offset ${offset}`, {
    offset,
    record: fields.number,
    ...details,
  });
}
