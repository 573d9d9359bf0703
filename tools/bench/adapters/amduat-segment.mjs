// @ts-check
import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { blockIdOf } from '@amduat/asl-core';
import { nodeSha256Hasher as hasher } from '@amduat/asl-store';
import { ZERO_DOMAIN } from '@amduat/asl-store-index';
import {
  encodeSegments,
  fieldsOf,
  findNumber,
  findNumbers,
  findRecord,
  loadFanOut,
  loadFilter,
  loadRecords,
  openSegment,
  runSync,
  scanRecords,
} from '@amduat/enc-asl-core-index';
import { DIGEST_LENGTH, digestAt, indexedLength } from '../data.mjs';

/** @import { IndexRecord } from '@amduat/asl-store-index' */
/** @import { OpenSegment, ResidentSegment } from '@amduat/enc-asl-core-index' */
/** @import { Peer, IndexPeer } from '../peers.mjs' */

const BLOCK_COUNT = 1024;
const READ_MAX = 2 ** 21;

/**
 * @param {Buffer} digests
 * @returns {IndexRecord[]}
 */
function recordsOf(digests) {
  const blockIds = Array.from({ length: BLOCK_COUNT }, (_, block) =>
    blockIdOf(Buffer.from(`block ${block}`)),
  );
  const own = { visibility: 'internal', domain: ZERO_DOMAIN, source: ZERO_DOMAIN, logseq: 0n };
  return Array.from({ length: digests.length / DIGEST_LENGTH }, (_, index) => {
    const blockId = /** @type {Uint8Array} */ (blockIds[index % BLOCK_COUNT]);
    return /** @type {IndexRecord} */ ({
      key: { hashId: 1, digest: digestAt(digests, index) },
      tombstone: false,
      location: [{ blockId, offset: index, length: indexedLength(index) }],
      ...own,
    });
  });
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {Uint8Array} bytes
 */
function writeDurably(folder, name, bytes) {
  const file = openSync(join(folder, name), 'wx');
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(file, bytes, offset);
  fsyncSync(file);
  closeSync(file);
}

/** @type {IndexPeer['build']} */
async function build(folder, digests) {
  for (const { bytes, segmentId, pageHashes } of encodeSegments(recordsOf(digests), hasher)) {
    const name = Buffer.from(segmentId).toString('hex');
    writeDurably(folder, name, bytes);
    writeDurably(folder, `${name}.pages`, pageHashes);
  }
}

/** @typedef {{ file: number, read: (offset: number, length: number) => Uint8Array }} Source */

/**
 * @param {string} path
 * @returns {Source}
 */
function openSource(path) {
  const file = openSync(path, 'r');
  const scratch = Buffer.allocUnsafeSlow(READ_MAX);
  const read = (/** @type {number} */ offset, /** @type {number} */ length) =>
    scratch.subarray(0, readSync(file, scratch, 0, length, offset));
  return { file, read };
}

/**
 * @param {string} folder
 * @param {(segment: OpenSegment, read: Source['read']) => OpenSegment} loadParts
 */
function openSegments(folder, loadParts) {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.pages'));
  const segments = names.map((name) => {
    const { file, read } = openSource(join(folder, name));
    const pageHashes = readFileSync(join(folder, `${name}.pages`));
    const fileLength = fstatSync(file).size;
    const segmentId = Buffer.from(name, 'hex');
    const segment = runSync(openSegment({ fileLength, pageHashes, segmentId, hasher }), read);
    return { file, read, segment: loadParts(segment, read) };
  });
  return segments.sort((left, right) =>
    Buffer.compare(left.segment.layout.firstDigest, right.segment.layout.firstDigest),
  );
}

/** @param {readonly (Source & { segment: OpenSegment })[]} segments */
function scanAndClose(segments) {
  return {
    scan(/** @type {(digest: Uint8Array) => void} */ visit) {
      for (const { segment, read } of segments) {
        for (const { key } of scanRecords(segment, read)) visit(key.digest);
      }
    },
    close() {
      for (const { file } of segments) closeSync(file);
    },
  };
}

/** @type {Peer} */
export const segmentInMemory = {
  name: 'amduat in memory',
  notes: ['the segment package, records resident; every page is verified when it is loaded'],
  index: {
    keyOf: (digest) => digest,
    build,
    async open(folder) {
      const segments = openSegments(folder, (segment, read) => runSync(loadRecords(segment), read));
      const resident = segments.map(({ segment }) => /** @type {ResidentSegment} */ (segment));
      return {
        lengthOf(digest) {
          for (const segment of resident) {
            const number = findNumber(segment, digest);
            if (number >= 0) return fieldsOf(segment, number).length;
          }
          return undefined;
        },
        findMany(digests, numbers) {
          const [segment, ...others] = resident;
          if (segment === undefined || others.length > 0)
            throw new Error('the digests are in several segments');
          findNumbers(segment, digests, numbers);
        },
        ...scanAndClose(segments),
      };
    },
  },
};

/** @type {Peer} */
export const segmentByReads = {
  name: 'amduat by reads',
  notes: ['the segment package, fan-out and filter resident; every page read is verified each time'],
  index: {
    keyOf: (digest) => ({ hashId: 1, digest }),
    build,
    async open(folder) {
      const segments = openSegments(folder, (segment, read) =>
        runSync(loadFilter(runSync(loadFanOut(segment), read)), read),
      );
      return {
        lengthOf(key) {
          for (const { segment, read } of segments) {
            const fields = runSync(findRecord(segment, key), read);
            if (fields !== undefined) return fields.length;
          }
          return undefined;
        },
        ...scanAndClose(segments),
      };
    },
  },
};
