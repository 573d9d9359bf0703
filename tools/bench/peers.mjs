// @ts-check
import { amduat } from './adapters/amduat.mjs';
import { amduatLog } from './adapters/amduat-log.mjs';
import { amduatInChromium } from './adapters/amduat-proof-chromium.mjs';
import { segmentByReads, segmentInMemory } from './adapters/amduat-segment.mjs';
import { betterSqlite3 } from './adapters/better-sqlite3.mjs';
import { cacache } from './adapters/cacache.mjs';
import { classicLevel } from './adapters/classic-level.mjs';
import { lmdb } from './adapters/lmdb.mjs';

/** @typedef {any} Key what a peer takes for a key, made of a digest before time is taken */

/**
 * Keeps payloads by their digests.
 *
 * @typedef {object} StorePeer
 * @property {boolean} verifies whether what is read is held against its digest
 * @property {(bytes: Uint8Array) => Uint8Array} digestOf the digest it files these bytes under
 * @property {(digest: Uint8Array) => Key} keyOf
 * @property {(folder: string) => Promise<StoreWriter>} create
 * @property {(folder: string) => Promise<StoreReader>} open
 */

/**
 * @typedef {object} StoreWriter
 * @property {(items: readonly Buffer[]) => unknown} commit digests and stores; done when that is durable
 * @property {() => unknown} close
 */

/**
 * @typedef {object} StoreReader
 * @property {(key: Key) => unknown} lookUp
 * @property {(answer: any) => boolean} isPresent
 * @property {(key: Key) => Uint8Array | undefined | Promise<Uint8Array | undefined>} get owned bytes
 * @property {(visit: (digest: Uint8Array) => void) => unknown} [scan] every digest, in ascending order
 * @property {() => unknown} close
 */

/**
 * Keeps records in the order in which they came.
 *
 * @typedef {object} LogPeer
 * @property {(record: Buffer) => any} entryOf what is appended for a record, made before time is taken
 * @property {(folder: string) => Promise<LogWriter>} create
 * @property {(folder: string) => Promise<number>} replay opens, reads every record, closes; how many there were
 * @property {(record: Buffer) => Uint8Array} expected what `contents` is to give for a record
 * @property {(folder: string) => Promise<Uint8Array[]>} contents
 */

/**
 * @typedef {object} LogWriter
 * @property {(entries: readonly any[]) => unknown} append done when all of them are durable
 * @property {() => unknown} close
 */

/**
 * Finds a length by a digest, nothing else.
 *
 * @typedef {object} IndexPeer
 * @property {(digest: Uint8Array) => Key} keyOf
 * @property {(folder: string, digests: Buffer) => Promise<void>} build of ascending digests; done when that is durable
 * @property {(folder: string) => Promise<IndexReader>} open
 */

/**
 * @typedef {object} IndexReader
 * @property {(key: Key) => number | undefined} lengthOf
 * @property {(digests: Uint8Array, numbers: Int32Array) => void} [findMany] packed digests; −1 for none
 * @property {(visit: (digest: Uint8Array) => void) => unknown} scan
 * @property {() => unknown} close
 */

/**
 * Opens a log from an anchor.
 *
 * @typedef {object} AnchoredPeer
 * @property {(folder: string, count: number, publishes: boolean) => Promise<void>} fill ends with a snapshot
 * @property {(folder: string) => Promise<{ octets: number, position: bigint }>} open octets read, and the last position
 */

/**
 * Checks proof files.
 *
 * @typedef {object} ProofPeer
 * @property {(file: Uint8Array, times: number) => Promise<ProofTimes | undefined>} check undefined where it cannot run
 */

/**
 * @typedef {object} ProofTimes
 * @property {number[]} milliseconds of one check each
 * @property {boolean} holds
 */

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} [installs] the package it is
 * @property {number} [share] one in so many items is enough to measure it
 * @property {readonly string[]} notes what is unlike the others
 * @property {Readonly<Record<string, string>>} [lacks] why a workload is left out
 * @property {StorePeer} [store]
 * @property {LogPeer} [log]
 * @property {IndexPeer} [index]
 * @property {AnchoredPeer} [anchored]
 * @property {ProofPeer} [proof]
 */

/** @type {readonly Peer[]} ours first: the first one of a row is what the others are compared with */
export const PEERS = [
  amduat,
  amduatLog,
  amduatInChromium,
  segmentInMemory,
  segmentByReads,
  lmdb,
  classicLevel,
  betterSqlite3,
  cacache,
];

/** @type {Peer} what is measured where no peer is */
export const MACHINE = { name: 'machine', notes: [] };
