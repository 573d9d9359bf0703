// @ts-check
import { hash } from 'node:crypto';
import { closeSync, fdatasyncSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeItems, makeLogRecords, shuffledNumbers } from '../data.mjs';
import { rateOf, timeOnce } from '../meter.mjs';

/** @import { Context, Limit, Plan, Sample, Workload } from '../workloads.mjs' */

const MEBIBYTE = 2 ** 20;
const FILE_LENGTH = 256 * MEBIBYTE;
const CHAIN_LENGTH = 2 ** 26;
const PAGE_LENGTH = 4096;
const SAMPLE_COUNT = 10_000;
const SYNC_COUNT = 1000;
/** A fan-out or a node, and then the record: neither is known before the one above it was read. */
const READS_PER_LOOKUP = 2;

/** @type {Workload} */
export const limits = {
  name: 'limits',
  needs: 'machine',
  about: () => 'what this machine does without any of them; one thread',
  rows: [
    { name: 'memcpy', unit: 'MB/s' },
    { name: 'dependent reads of memory', unit: 'reads/s' },
    { name: 'sha256 of items', unit: 'MB/s' },
    { name: 'sha256 of pages', unit: 'MB/s' },
    { name: 'sha256 of 128 octets', unit: 'records/s' },
    { name: 'write + fsync', unit: 'MB/s' },
    { name: 'fdatasync after append', unit: 'syncs/s' },
    { name: 'reads of a cached file', unit: 'pages/s' },
  ],
  phases: [
    async ({ plan }) => [await copyMemory(plan), await followMemory(plan)],
    async ({ plan }) => await digestAll(plan),
    async (context) => [await writeFile(context), await readFilePages(context), await syncAppends(context)],
  ],
};

/** Octets of an item on average. */
export function meanItemLength() {
  const items = makeItems(SAMPLE_COUNT);
  return items.reduce((sum, { length }) => sum + length, 0) / items.length;
}

/**
 * The time a lookup cannot go below in memory that is larger than the caches.
 *
 * @param {ReadonlyMap<string, number>} medians
 */
export function memorySeconds(medians) {
  return READS_PER_LOOKUP / (medians.get('dependent reads of memory') ?? Number.NaN);
}

/**
 * @param {ReadonlyMap<string, number>} medians
 * @returns {Limit}
 */
export function memoryReads(medians) {
  return {
    value: 1 / memorySeconds(medians),
    what: 'two dependent reads of memory that no cache holds',
  };
}

/**
 * @param {Plan} plan
 * @returns {Promise<Sample>}
 */
async function copyMemory(plan) {
  const [from, to] = [Buffer.alloc(64 * MEBIBYTE, 1), Buffer.alloc(64 * MEBIBYTE, 2)];
  const { value, otherCores } = await rateOf(plan, from.length, () => from.copy(to));
  return { row: 'memcpy', value: value / 1e6, otherCores };
}

/**
 * @param {Plan} plan
 * @returns {Promise<Sample>}
 */
async function followMemory(plan) {
  const chain = new Uint32Array(CHAIN_LENGTH);
  const order = shuffledNumbers(CHAIN_LENGTH);
  for (let index = 0; index < CHAIN_LENGTH; index++) {
    chain[/** @type {number} */ (order[index])] = /** @type {number} */ (order[(index + 1) % CHAIN_LENGTH]);
  }
  let at = 0;
  const rate = await rateOf(plan, MEBIBYTE, () => {
    for (let step = 0; step < MEBIBYTE; step++) at = /** @type {number} */ (chain[at]);
  });
  return { row: 'dependent reads of memory', ...rate };
}

/**
 * @param {Plan} plan
 * @returns {Promise<Sample[]>}
 */
async function digestAll(plan) {
  const items = makeItems(SAMPLE_COUNT);
  const pages = Array.from({ length: SAMPLE_COUNT }, (_, index) => Buffer.alloc(PAGE_LENGTH, index));
  const records = makeLogRecords(SAMPLE_COUNT);
  return [
    await digest(plan, 'sha256 of items', items, meanItemLength() / 1e6),
    await digest(plan, 'sha256 of pages', pages, PAGE_LENGTH / 1e6),
    await digest(plan, 'sha256 of 128 octets', records, 1),
  ];
}

/**
 * @param {Plan} plan
 * @param {string} row
 * @param {readonly Buffer[]} pieces
 * @param {number} perPiece
 * @returns {Promise<Sample>}
 */
async function digest(plan, row, pieces, perPiece) {
  const { value, otherCores } = await rateOf(plan, pieces.length, () => {
    for (const piece of pieces) hash('sha256', piece, 'binary');
  });
  return { row, value: value * perPiece, otherCores };
}

/**
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
async function writeFile({ folder }) {
  const piece = Buffer.alloc(MEBIBYTE, 1);
  const { seconds, otherCores } = await timeOnce(() => {
    const file = openSync(join(folder, 'file'), 'w');
    for (let offset = 0; offset < FILE_LENGTH; offset += piece.length) writeSync(file, piece);
    fsyncSync(file);
    closeSync(file);
  });
  return { row: 'write + fsync', value: FILE_LENGTH / seconds / 1e6, otherCores };
}

/**
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
async function readFilePages({ plan, folder }) {
  const file = openSync(join(folder, 'file'), 'r');
  const page = Buffer.alloc(PAGE_LENGTH);
  const order = shuffledNumbers(FILE_LENGTH / PAGE_LENGTH);
  const rate = await rateOf(plan, order.length, () => {
    for (const number of order) readSync(file, page, 0, PAGE_LENGTH, PAGE_LENGTH * number);
  });
  closeSync(file);
  return { row: 'reads of a cached file', ...rate };
}

/**
 * @param {Context} context
 * @returns {Promise<Sample>}
 */
async function syncAppends({ plan, folder }) {
  const file = openSync(join(folder, 'log'), 'w');
  const page = Buffer.alloc(PAGE_LENGTH, 1);
  const rate = await rateOf(plan, SYNC_COUNT, () => {
    for (let time = 0; time < SYNC_COUNT; time++) {
      writeSync(file, page);
      fdatasyncSync(file);
    }
  });
  closeSync(file);
  return { row: 'fdatasync after append', ...rate };
}
