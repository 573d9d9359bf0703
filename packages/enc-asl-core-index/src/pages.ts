import {
  type Bytes,
  equalBytes,
  formatHex,
  type Hasher,
  merkleLeafHash,
  merkleRoot,
  sha256Hasher,
} from '@amduat/asl-core';
import { segError } from './errors.js';
import { PAGE_LENGTH } from './limits.js';

const HASH_LENGTH = 32;

/**
 * Hashes every page of a segment.
 *
 * @spec SEG-ID-1
 * @param bytes - the whole file; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets a page, in the order of the pages; owned.
 * @remarks Pure; one pass.
 */
export function pageHashesOf(bytes: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  const hashes = new Uint8Array(HASH_LENGTH * Math.ceil(bytes.length / PAGE_LENGTH));
  for (let page = 0; page * PAGE_LENGTH < bytes.length; page++) {
    hashes.set(pageHash(bytes, page * PAGE_LENGTH, hasher), HASH_LENGTH * page);
  }
  return hashes;
}

function pageHash(bytes: Uint8Array, offset: number, hasher: Hasher): Bytes {
  return merkleLeafHash(bytes.subarray(offset, offset + PAGE_LENGTH), hasher);
}

/**
 * Computes the SegmentID from page hashes: the RFC 6962 Merkle tree hash.
 *
 * @spec SEG-ID-1
 * @param pageHashes - 32 octets a page; borrowed.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned. Without a page, the hash of the empty string, as RFC 6962 has it.
 * @throws RangeError when `pageHashes` is not a multiple of 32 octets.
 */
export function segmentIdOfPages(pageHashes: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  if (pageHashes.length % HASH_LENGTH !== 0) {
    throw new RangeError(`pageHashes: expected a multiple of 32 octets, got ${pageHashes.length}`);
  }
  return merkleRoot(leavesOf(pageHashes), hasher);
}

function* leavesOf(pageHashes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < pageHashes.length; offset += HASH_LENGTH) {
    yield pageHashes.subarray(offset, offset + HASH_LENGTH);
  }
}

/**
 * Computes the SegmentID of a file.
 *
 * @spec SEG-ID-1
 * @param bytes - the whole file; borrowed. Nothing but its length and its octets matters.
 * @param hasher - a SHA-256.
 * @returns 32 octets; owned.
 */
export function segmentIdOf(bytes: Uint8Array, hasher: Hasher = sha256Hasher): Bytes {
  return segmentIdOfPages(pageHashesOf(bytes, hasher), hasher);
}

/** Refuses with `SEG.DIGEST` an identity that was computed and is not the one asked for. */
export function assertSegmentId(computed: Uint8Array, segmentId: Uint8Array): void {
  if (equalBytes(computed, segmentId)) return;
  throw segError('SEG.DIGEST', `the pages hash to ${formatHex(computed)}, not ${formatHex(segmentId)}`, {
    expected: formatHex(segmentId),
    got: formatHex(computed),
  });
}

/**
 * Refuses with `SEG.DIGEST` pages that are not those of the hashes.
 *
 * @spec SEG-ID-3
 * @param pages - whole pages, the last one as short as it stands in the file; borrowed.
 * @param firstPage - number of the first of them.
 */
export function assertPages(
  pages: Uint8Array,
  firstPage: number,
  pageHashes: Uint8Array,
  hasher: Hasher,
): void {
  for (let offset = 0, page = firstPage; offset < pages.length; offset += PAGE_LENGTH, page++) {
    const expected = pageHashes.subarray(HASH_LENGTH * page, HASH_LENGTH * (page + 1));
    const got = pageHash(pages, offset, hasher);
    if (equalBytes(got, expected)) continue;
    throw segError('SEG.DIGEST', `page ${page} hashes to ${formatHex(got)}, not ${formatHex(expected)}`, {
      offset: page * PAGE_LENGTH,
      expected: formatHex(expected),
      got: formatHex(got),
    });
  }
}
