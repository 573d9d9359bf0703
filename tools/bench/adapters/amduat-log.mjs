// @ts-check
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  appendRecord,
  decodePayload,
  encodeFrame,
  encodeHeader,
  genesisState,
  replay,
  scanLog,
} from '@amduat/asl-log';
import { nodeSha256Hasher as hasher } from '@amduat/asl-store';

/** @import { AuthorityRotate, LogRecord } from '@amduat/asl-log' */
/** @import { Peer } from '../peers.mjs' */

const DOMAIN_ID = new Uint8Array(32).fill(7);
const BASE = { baseLogseq: 0n, baseRecordHash: DOMAIN_ID, baseManifestHash: new Uint8Array(32) };
const GENESIS = genesisState(DOMAIN_ID, true);
const KEY_LENGTH = 32;
const USED_LENGTH = 96;

/** @param {string} folder */
function fileIn(folder) {
  return join(folder, 'log');
}

/** @type {Peer} */
export const amduatLog = {
  name: 'amduat log alone',
  notes: ['the log package over one file, without a store: 177 octets a record, with a chained hash'],
  log: {
    /** @returns {AuthorityRotate} the record nearest to 128 octets that changes no state */
    entryOf: (record) => ({
      type: 'authority-rotate',
      newKey: record.subarray(0, KEY_LENGTH),
      signature: record.subarray(KEY_LENGTH, USED_LENGTH),
    }),
    expected: (record) => record.subarray(0, USED_LENGTH),
    async create(folder) {
      const file = openSync(fileIn(folder), 'wx');
      writeSync(file, encodeHeader({ domainId: DOMAIN_ID, ...BASE }, hasher));
      let state = GENESIS;
      return {
        append(bodies) {
          /** @type {LogRecord[]} */
          const records = [];
          for (const body of bodies) {
            const appended = appendRecord(state, body, undefined, hasher);
            state = appended.state;
            records.push(appended.record);
          }
          writeSync(file, encodeFrame(records, hasher));
          fdatasyncSync(file);
        },
        close: () => closeSync(file),
      };
    },
    async replay(folder) {
      const { records } = scanLog(readFileSync(fileIn(folder)), { domainId: DOMAIN_ID, hasher });
      return Number(replay(GENESIS, records, BigInt(records.length), hasher).position);
    },
    async contents(folder) {
      const { records } = scanLog(readFileSync(fileIn(folder)), { domainId: DOMAIN_ID, hasher });
      return records.map(({ type, payload }) => {
        const body = decodePayload(type, payload)?.body;
        if (body?.type !== 'authority-rotate') throw new Error(`a record of type ${type}`);
        return Buffer.concat([body.newKey, body.signature]);
      });
    },
  },
};
