// @ts-check
import { PEERS } from './peers.mjs';

const [name, folder = ''] = process.argv.slice(2);
const store = PEERS.find((peer) => peer.name === name)?.store;
if (store === undefined) throw new Error(`${name} is no store`);
const writer = await store.create(folder);
await writer.commit([Buffer.from('probe')]);
await writer.close();
process.exit();
