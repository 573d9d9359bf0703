import { concat, count, littleEndian, unsigned } from './bytes.js';
import { type Field, FieldReader, type Seal } from './fields.js';

const HEADER_LENGTH = 64;
const ROW_LENGTH = 56;
const COUNT_AT = 36;
const LOGSEQ_LENGTH = 8;
const PAIR_LENGTH = 16;

/** ASL/STORE-INDEX/1 §12. */
export function policyTableFields(bytes: Uint8Array): Field[] {
  const reader = new FieldReader(bytes);
  reader.takeAll('header.', [
    ['magic', 8],
    ['version', 4],
    ['header_size', 4],
    ['flags', 8],
  ]);
  const rows = count(reader.take('header.row_count', 8));
  const held = Math.min(rows, Math.floor((bytes.length - HEADER_LENGTH) / ROW_LENGTH));
  const sum = count(reader.take('header.tombstone_count', 8));
  reader.take('header.reserved', 24);
  for (let row = 0; row < held; row += 1) takeRow(reader, row);
  const isWhole = HEADER_LENGTH + ROW_LENGTH * rows + (LOGSEQ_LENGTH + PAIR_LENGTH) * sum === bytes.length;
  if (isWhole) takeTombstones(reader, rows, sum);
  reader.rest('rest');
  return reader.fields;
}

function takeRow(reader: FieldReader, row: number): void {
  const { bytes } = reader;
  reader.takeAll(`row[${row}].`, [
    ['reference.hash_id', 2],
    ['reference.digest', 32],
    ['publication', 1],
    ['reserved', 1],
    ['tombstone_count', 4],
    [
      'first_tombstone',
      8,
      {
        rule: 'the number of tombstones of the rows before',
        value: () => littleEndian(tombstonesBefore(bytes, row), 8),
      },
    ],
    ['publication_logseq', 8],
  ]);
}

function takeTombstones(reader: FieldReader, rows: number, sum: number): void {
  for (let index = 0; index < sum; index += 1) reader.take(`tombstone[${index}]`, LOGSEQ_LENGTH);
  let pairs: Uint8Array[] | undefined;
  const sealOf = (index: number): Seal => ({
    rule: 'the tombstones of the rows in ascending order of their logseqs, with the ordinals of their rows',
    value: () => {
      pairs ??= sortedPairs(reader.bytes, rows, sum);
      return pairs[index];
    },
  });
  for (let index = 0; index < sum; index += 1) reader.take(`pair[${index}]`, PAIR_LENGTH, sealOf(index));
}

function countOfRow(bytes: Uint8Array, row: number): number {
  const offset = HEADER_LENGTH + ROW_LENGTH * row + COUNT_AT;
  return count(bytes.subarray(offset, offset + 4));
}

function tombstonesBefore(bytes: Uint8Array, row: number): number {
  let before = 0;
  for (let index = 0; index < row; index += 1) before += countOfRow(bytes, index);
  return before;
}

/** The pairs that follow from rows and tombstones; none where the rows do not have them all. */
function sortedPairs(bytes: Uint8Array, rows: number, sum: number): Uint8Array[] {
  if (tombstonesBefore(bytes, rows) !== sum) return [];
  const start = HEADER_LENGTH + ROW_LENGTH * rows;
  const pairs: { logseq: bigint; row: number }[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let left = countOfRow(bytes, row); left > 0; left -= 1) {
      const offset = start + LOGSEQ_LENGTH * pairs.length;
      pairs.push({ logseq: unsigned(bytes.subarray(offset, offset + LOGSEQ_LENGTH)), row });
    }
  }
  return pairs
    .sort((a, b) => (a.logseq < b.logseq ? -1 : a.logseq > b.logseq ? 1 : 0))
    .map(({ logseq, row }) => concat(littleEndian(logseq, 8), littleEndian(row, 8)));
}
