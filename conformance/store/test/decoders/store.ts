import { createHash } from 'node:crypto';
import { formatHex } from '@amduat/asl-core';
import { initStore, memoryStorage, type Storage, verifyStore } from '@amduat/asl-store';
import { bytesRow, latin1, type Row, textOf } from './row.js';

// The decoders of the store are its own: what they make of an object is asked of a verification.

const CLAIM_NAME = 'writer/00000000000000000001';
const STORE = { name: 'demo', open: true, authorityKey: new Uint8Array(32), nonce: new Uint8Array(32) };
const DOMAIN = formatHex(await initStore(memoryStorage(), STORE));

async function storeWith(name: string, bytes: Uint8Array): Promise<Storage> {
  const storage = memoryStorage();
  await initStore(storage, STORE);
  await storage.createOnce(name, [bytes]);
  return storage;
}

/** Throws what is wrong with the claim of a store. */
async function readClaim(bytes: Uint8Array): Promise<Uint8Array> {
  for await (const { object, error } of verifyStore(await storeWith(CLAIM_NAME, bytes))) {
    if (object === CLAIM_NAME) throw error;
  }
  return bytes;
}

/** Throws if a name is none of a store; what the object holds is not looked at. */
async function readName(name: string): Promise<string> {
  for await (const { object, error } of verifyStore(await storeWith(name, new Uint8Array()))) {
    if (object === name && error.code === 'STORE.STRAY') throw error;
  }
  return name;
}

const HOLDER = {
  domain: DOMAIN,
  host: 'host',
  boot: 'boot',
  processNamespace: 'pid:[1]',
  process: 4242,
  processStart: '77',
  thread: 0,
  nonce: '00112233445566778899aabbccddeeff',
};

const DONE = 'done\n';

/** A line and its hash, as a claim has them. */
function claimOf(line: string, rest = ''): Uint8Array {
  return latin1(`${line}\n${createHash('sha256').update(line, 'latin1').digest('hex')}\n${rest}`);
}

const LINE = JSON.stringify(HOLDER);
const lineWith = (fields: object) => JSON.stringify({ ...HOLDER, ...fields });
const without = (field: keyof typeof HOLDER) =>
  JSON.stringify(Object.fromEntries(Object.entries(HOLDER).filter(([name]) => name !== field)));

const claim = bytesRow({
  decoder: 'claim of a writer',
  clauses: '[STO-VFY-1]',
  samples: [claimOf(LINE), claimOf(LINE, DONE)],
  decode: readClaim,
  encode: (bytes) => bytes,
  faults: {
    trailing: ['x', '\n', DONE + DONE, `${DONE}x`, '\u0000'].map((rest) => claimOf(LINE, rest)),
    'huge length': [
      claimOf(LINE.replace('4242', '1e999')),
      claimOf(LINE.replace('4242', `1${'0'.repeat(400)}`)),
      claimOf(lineWith({ domain: 'ab'.repeat(2 ** 16) })),
      claimOf('['.repeat(2 ** 16)),
    ],
    'not canonical': [
      claimOf(LINE.replace(':', ': ')),
      claimOf(` ${LINE}`),
      claimOf(LINE.replace('"host":"host"', '"host":"h\\u006fst"')),
      claimOf(LINE.replace('4242', '4242.0')),
      claimOf(LINE.replace('4242', '4.242e3')),
      claimOf(lineWith({ domain: DOMAIN.toUpperCase() })),
      claimOf(lineWith({ process: '4242' })),
      claimOf(lineWith({ host: 'h\u00f6st' })),
      claimOf('null'),
      claimOf('[]'),
      claimOf('{}'),
      latin1(textOf(claimOf(LINE)).replace('\n', '\r\n')),
      latin1(textOf(claimOf(LINE)).toUpperCase()),
    ],
    'unknown flag': [
      claimOf(lineWith({ more: 1 })),
      claimOf(LINE, 'gone\n'),
      claimOf(LINE, 'Done\n'),
      ...(Object.keys(HOLDER) as (keyof typeof HOLDER)[]).map((field) => claimOf(without(field))),
    ],
    'wrong order': [
      claimOf(JSON.stringify(Object.fromEntries(Object.entries(HOLDER).reverse()))),
      latin1(textOf(claimOf(LINE)).split('\n').slice(0, 2).reverse().join('\n')),
      latin1(DONE + textOf(claimOf(LINE))),
    ],
    duplicate: [
      claimOf(LINE.replace('"thread":0', '"thread":0,"thread":0')),
      claimOf(LINE, DONE + DONE),
      latin1(textOf(claimOf(LINE)).repeat(2)),
    ],
  },
});

const ID = '0123456789abcdef'.repeat(4);
const EPOCH = '00000000000000000007';
const HASHED = ['blocks', 'segments', 'policies', 'snapshots'];
const NUMBERED = ['log', 'writer', 'leaves', 'records'];

const name = bytesRow({
  decoder: 'name of an object',
  clauses: '[STO-OBJ-1] [STO-ERR-3]',
  samples: [...HASHED.map((kind) => `${kind}/${ID}/0`), ...NUMBERED.map((kind) => `${kind}/${EPOCH}`)].map(
    latin1,
  ),
  decode: (bytes) => readName(textOf(bytes)),
  encode: latin1,
  faults: {
    'huge length': [
      `blocks/${ID}/18446744073709551616`,
      `blocks/${ID}/${'9'.repeat(2 ** 12)}`,
      'log/18446744073709551616',
      `log/${'9'.repeat(2 ** 12)}`,
      `segments/${ID.repeat(64)}/0`,
    ].map(latin1),
    trailing: ['0', '/', '/0', ' ', '\n', '\u0000', '.tmp', 'a'].flatMap((more) =>
      [`blocks/${ID}/0`, `segments/${ID}/0`, `log/${EPOCH}`, `writer/${EPOCH}`, 'snapshots/genesis'].map(
        (right) => latin1(right + more),
      ),
    ),
    'not canonical': [
      `blocks/${ID.toUpperCase()}/0`,
      `Blocks/${ID}/0`,
      `blocks/${ID}/00`,
      `blocks/${ID}/01`,
      `blocks/${ID}/+1`,
      `blocks/${ID}/-1`,
      `blocks/${ID}/0x1`,
      `blocks//${ID}/0`,
      `./blocks/${ID}/0`,
      `blocks/${ID}`,
      `segments/${ID}/ 0`,
      'log/7',
      'log/00000000000000000000',
      `log/+${EPOCH.slice(1)}`,
      `writer/0x${EPOCH.slice(2)}`,
      'writer/00000000000000000000',
      'leaves/00000000000000000000',
      'records/7',
      `snapshots/${ID}/00`,
      `policies/${ID}`,
      'snapshots/Genesis',
      '',
    ].map(latin1),
    'unknown flag': [
      `blobs/${ID}/0`,
      `block/${ID}/0`,
      `logs/${EPOCH}`,
      `lock/${EPOCH}`,
      `snapshots/${EPOCH}`,
      'snapshots/head',
    ].map(latin1),
    'wrong order': [`${ID}/blocks/0`, `blocks/0/${ID}`, `${EPOCH}/log`, 'genesis/snapshots'].map(latin1),
    duplicate: [
      `blocks/blocks/${ID}/0`,
      `blocks/${ID}/${ID}/0`,
      `blocks/${ID}/0/0`,
      `log/log/${EPOCH}`,
      `log/${EPOCH}/${EPOCH}`,
    ].map(latin1),
  },
});

export const STORE_ROWS: readonly Row[] = [claim, name];
