import { segError } from './errors.js';
import { FOOTER_LENGTH } from './limits.js';

const MAGIC = 'ASLSEGND';

/** Writes the footer of a file of `fileLength` octets into its end. */
export function writeFooter(view: DataView, fileLength: number): void {
  const offset = fileLength - FOOTER_LENGTH;
  view.setBigUint64(offset, BigInt(fileLength), true);
  for (let index = 0; index < MAGIC.length; index++) {
    view.setUint8(offset + 8 + index, MAGIC.charCodeAt(index));
  }
}

/**
 * Refuses a footer that is not that of a file of `fileLength` octets.
 *
 * @spec SEG-FTR-1
 * @param footer - its 16 octets; borrowed.
 * @throws AslError `SEG.FOOTER`.
 */
export function assertFooter(footer: Uint8Array, fileLength: number): void {
  const footerOffset = fileLength - FOOTER_LENGTH;
  const view = new DataView(footer.buffer, footer.byteOffset, FOOTER_LENGTH);
  const length = view.getBigUint64(0, true);
  // SEG-FTR-1
  if (length !== BigInt(fileLength)) {
    throw segError('SEG.FOOTER', `file_length is ${length} at offset ${footerOffset}`, {
      offset: footerOffset,
      expected: fileLength,
      got: length.toString(),
    });
  }
  for (let index = 0; index < MAGIC.length; index++) {
    const got = view.getUint8(8 + index);
    const expected = MAGIC.charCodeAt(index);
    if (got === expected) continue;
    const offset = footerOffset + 8 + index;
    const text = `octet ${got} at offset ${offset} is not that of ${MAGIC}`;
    throw segError('SEG.FOOTER', text, { offset, expected, got });
  }
}
