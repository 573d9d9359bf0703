// @ts-check
import { sha256 } from '../data.mjs';
import { load } from '../install.mjs';

/** @import { Peer } from '../peers.mjs' */

const AT_ONCE = 32;
const HASHED = { algorithms: ['sha256'] };

/** @type {Peer} */
export const cacache = {
  name: 'cacache',
  installs: 'cacache',
  share: 20,
  notes: [
    'is not durable: nothing is synced',
    'gets one item in 20, since it keeps a file for each; few files favour it',
  ],
  lacks: {
    scan: 'lists its entries in no order',
    append: 'keeps no log',
    replay: 'keeps no log',
    index: 'keeps two files for each entry',
  },
  store: {
    verifies: true,
    digestOf: sha256,
    keyOf: (digest) => `sha256-${Buffer.from(digest).toString('base64')}`,
    async create(folder) {
      const { put } = load('cacache');
      return {
        async commit(items) {
          for (let from = 0; from < items.length; from += AT_ONCE) {
            const group = items.slice(from, from + AT_ONCE);
            await Promise.all(group.map((item) => put(folder, sha256(item).toString('hex'), item, HASHED)));
          }
        },
        close: () => {},
      };
    },
    async open(folder) {
      const { get } = load('cacache');
      return {
        lookUp: (key) => get.hasContent(folder, key),
        isPresent: (answer) => answer !== false,
        get: (key) => get.byDigest(folder, key),
        close: () => {},
      };
    },
  },
};
