// @ts-check
import { referenceOf } from '@amduat/asl-core';
import { decodePayload } from '@amduat/asl-log';
import { fileSystemStorage, initStore, nodeSha256Hasher, openStore } from '@amduat/asl-store';
import { DIGEST_LENGTH } from '../data.mjs';
import { anchored } from './amduat-anchored.mjs';
import { proofInNode } from './amduat-proof.mjs';

/** @import { Reference } from '@amduat/asl-core' */
/** @import { Peer } from '../peers.mjs' */

/**
 * @param {Uint8Array} digest
 * @returns {Reference}
 */
function referenceTo(digest) {
  return { hashId: 1, digest };
}

/** @param {string} folder */
async function openNewWriter(folder) {
  const storage = fileSystemStorage(folder);
  await initStore(storage, { name: 'bench', open: true, authorityKey: new Uint8Array(32) });
  const store = await openStore(storage);
  return { store, writer: await store.openWriter() };
}

/**
 * Two digests of a record, in ascending order.
 *
 * @param {Buffer} record
 */
function digestsOf(record) {
  const digests = [record.subarray(0, DIGEST_LENGTH), record.subarray(DIGEST_LENGTH, 2 * DIGEST_LENGTH)];
  return digests.sort(Buffer.compare);
}

/** @type {Peer} */
export const amduat = {
  name: 'amduat',
  notes: [
    'verifies every payload it reads, and the whole chain of its log at replay',
    'its log records are publications of two references: 153 octets each, with a chained hash, and each changes a state that can be asked',
  ],
  anchored,
  proof: proofInNode,
  store: {
    verifies: true,
    digestOf: (bytes) => referenceOf({ bytes }, nodeSha256Hasher).digest,
    keyOf: referenceTo,
    async create(folder) {
      const { store, writer } = await openNewWriter(folder);
      return {
        async commit(items) {
          await Promise.all(items.map((item) => writer.put(item)));
          await writer.seal();
        },
        async close() {
          await writer.close();
          await store.close();
        },
      };
    },
    async open(folder) {
      const store = await openStore(fileSystemStorage(folder));
      const view = await store.at();
      return {
        lookUp: (key) => view.stat(key),
        isPresent: ({ record }) => record !== undefined,
        get: (key) => view.get(key),
        async scan(visit) {
          for await (const { reference } of view.entries()) visit(reference.digest);
        },
        close: () => store.close(),
      };
    },
  },
  log: {
    entryOf: (record) => digestsOf(record).map(referenceTo),
    expected: (record) => Buffer.concat(digestsOf(record)),
    async create(folder) {
      const { store, writer } = await openNewWriter(folder);
      return {
        append: (publications) => Promise.all(publications.map((references) => writer.publish(references))),
        async close() {
          await writer.close();
          await store.close();
        },
      };
    },
    async replay(folder) {
      const store = await openStore(fileSystemStorage(folder));
      const { position } = await store.current();
      await store.close();
      return Number(position);
    },
    async contents(folder) {
      const store = await openStore(fileSystemStorage(folder));
      const contents = [];
      for await (const { type, payload } of store.log()) {
        const body = decodePayload(type, payload)?.body;
        if (body?.type !== 'artifact-publish') throw new Error(`a record of type ${type}`);
        contents.push(Buffer.concat(body.keys.map(({ digest }) => digest)));
      }
      await store.close();
      return contents;
    },
  },
};
