// @ts-check
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DIGEST_LENGTH,
  digestAt,
  indexedLength,
  makeAbsentDigests,
  makeSortedDigests,
  shuffledNumbers,
} from '../data.mjs';
import { startDigestCheck } from '../digest-check.mjs';
import { rateOf, timeOnce } from '../meter.mjs';
import { abilityOf, assertAnswer } from '../peer-data.mjs';
import { memoryReads } from './limits.mjs';

/** @import { IndexReader, Key, Peer } from '../peers.mjs' */
/** @import { Context, Plan, Sample, Workload } from '../workloads.mjs' */

const QUERY_COUNT_MAX = 1_000_000;
const QUERIES = 'queries';
const EXPECTED = 'expected.json';

/** @typedef {{ lengthSum: number, scanned: string }} Expected what the answers to all queries must come to */

/** @type {Workload} */
export const index = {
  name: 'index',
  needs: 'index',
  about: ({ indexCount }) =>
    `${indexCount} digests, in order, to where their bytes are; no payloads; lookups one by one unless packed`,
  rows: [
    { name: 'index, build', unit: 'entries/s' },
    { name: 'index, most memory of the build', unit: 'MB', isLessBetter: true },
    { name: 'index, size', unit: 'octets/entry', isLessBetter: true },
    { name: 'index, open to first answer', unit: 'ms', isLessBetter: true },
    { name: 'index, present', unit: 'keys/s', limit: memoryReads },
    { name: 'index, absent', unit: 'keys/s' },
    { name: 'index, present, packed', unit: 'keys/s' },
    { name: 'index, scan', unit: 'entries/s' },
    { name: 'index, memory after the lookups', unit: 'MB', isLessBetter: true },
  ],
  phases: [build, measure],
};

/**
 * @param {Context} context
 * @returns {Promise<Sample[]>}
 */
async function build({ peer, plan, folder, scratch }) {
  const digests = makeSortedDigests(plan.indexCount);
  writeFileSync(join(scratch, EXPECTED), JSON.stringify(writeQueries(scratch, digests, plan)));
  const { seconds, otherCores } = await timeOnce(() => abilityOf(peer, 'index').build(folder, digests));
  const octets = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  return [
    { row: 'index, build', value: plan.indexCount / seconds, otherCores },
    { row: 'index, most memory of the build', value: (1024 * process.resourceUsage().maxRSS) / 1e6 },
    { row: 'index, size', value: octets / plan.indexCount },
  ];
}

/**
 * @param {string} scratch
 * @param {Buffer} digests
 * @param {Plan} plan
 * @returns {Expected}
 */
function writeQueries(scratch, digests, { indexCount }) {
  const numbers = shuffledNumbers(indexCount).subarray(0, QUERY_COUNT_MAX);
  const queries = Buffer.concat(Array.from(numbers, (number) => digestAt(digests, number)));
  writeFileSync(join(scratch, QUERIES), queries);
  const check = startDigestCheck();
  for (let number = 0; number < indexCount; number++) check.visit(digestAt(digests, number));
  const lengthSum = numbers.reduce((sum, number) => sum + indexedLength(number), 0);
  return { lengthSum, scanned: check.result() };
}

/**
 * @param {Context} context
 * @returns {Promise<Sample[]>}
 */
async function measure({ peer, plan, folder, scratch }) {
  const { keyOf, open } = abilityOf(peer, 'index');
  const queries = readFileSync(join(scratch, QUERIES));
  /** @type {Expected} */
  const { lengthSum, scanned } = JSON.parse(readFileSync(join(scratch, EXPECTED), 'utf8'));
  const count = queries.length / DIGEST_LENGTH;
  const present = Array.from({ length: count }, (_, number) => keyOf(digestAt(queries, number)));
  const absent = makeAbsentDigests(count).map((digest) => keyOf(digest));
  const memoryBefore = process.memoryUsage().rss;
  /** @type {IndexReader | undefined} */
  let opened;
  const opening = await timeOnce(async () => {
    opened = await open(folder);
    opened.lengthOf(present[0]);
  });
  const reader = /** @type {IndexReader} */ (/** @type {unknown} */ (opened));
  const found = await rateOf(plan, count, () => assertLengths(peer, reader, present, lengthSum));
  const missed = await rateOf(plan, count, () => assertLengths(peer, reader, absent, 0));
  const memory = (process.memoryUsage().rss - memoryBefore) / 1e6;
  const packed = reader.findMany && (await rateOf(plan, count, () => assertNumbers(peer, reader, queries)));
  const scan = await rateOf(plan, plan.indexCount, async () => {
    const check = startDigestCheck();
    await reader.scan(check.visit);
    assertAnswer(peer, 'index, scan', check.result(), scanned);
  });
  await reader.close();
  return [
    { row: 'index, open to first answer', value: 1000 * opening.seconds, otherCores: opening.otherCores },
    { row: 'index, present', ...found },
    { row: 'index, absent', ...missed },
    ...(packed === undefined ? [] : [{ row: 'index, present, packed', ...packed }]),
    { row: 'index, scan', ...scan },
    { row: 'index, memory after the lookups', value: memory },
  ];
}

/**
 * @param {Peer} peer
 * @param {IndexReader} reader
 * @param {readonly Key[]} keys
 * @param {number} expected
 */
function assertLengths(peer, reader, keys, expected) {
  let sum = 0;
  for (const key of keys) sum += reader.lengthOf(key) ?? 0;
  assertAnswer(peer, 'sum of the lengths found', sum, expected);
}

/**
 * @param {Peer} peer
 * @param {IndexReader} reader
 * @param {Buffer} queries
 */
function assertNumbers(peer, reader, queries) {
  const numbers = new Int32Array(queries.length / DIGEST_LENGTH);
  reader.findMany?.(queries, numbers);
  assertAnswer(peer, 'digests found at once', numbers.filter((number) => number >= 0).length, numbers.length);
}
