// @ts-check
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { startReference } from '@amduat/asl-core';
import { nodeSha256Hasher } from './node-hasher.mjs';

const piece = new Uint8Array(2 ** 20);

/**
 * Names a file of any size, a piece at a time. A file that changes length meanwhile is refused
 * (`CORE.STREAM.LENGTH`).
 *
 * @param {string} path
 * @returns {import('@amduat/asl-core').Reference}
 */
export function nameFile(path) {
  const file = openSync(path, 'r');
  try {
    const stream = startReference(fstatSync(file, { bigint: true }).size, undefined, nodeSha256Hasher);
    for (;;) {
      const count = readSync(file, piece);
      if (count === 0) return stream.finish();
      stream.update(piece.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
