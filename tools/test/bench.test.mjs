// @ts-check
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PEERS } from '../bench/peers.mjs';
import { measureRounds } from '../bench/rounds.mjs';
import { figuresOf, tableOf } from '../bench/table.mjs';
import { WORKLOADS } from '../bench/workloads.mjs';

/** @import { IndexReader, LogPeer, Peer, StoreReader } from '../bench/peers.mjs' */

const PLAN = { leastSeconds: 0, itemCount: 30, syncCount: 3, groupCount: 2, indexCount: 300 };
const OURS = PEERS.filter(({ installs }) => installs === undefined);
const NUMBER = '[\\d.]+[kM]?';
const FIGURE = new RegExp(`^    .{17} +${NUMBER} \\(${NUMBER} to ${NUMBER}\\) *(${NUMBER}x)?( \\*)?$`);

/**
 * @template T
 * @param {readonly (T & { name: string })[]} all
 * @param {string} wanted
 */
function named(all, wanted) {
  const found = all.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`no ${wanted}`);
  return found;
}

describe('the rounds of a benchmark', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('measure Amduat alone, in every row', async () => {
    const workloads = WORKLOADS.filter(({ needs }) => needs !== 'machine');
    const samples = await measureRounds(workloads, OURS, PLAN, 1, () => {});
    const lines = tableOf(workloads, OURS, figuresOf(workloads, OURS, samples), PLAN);
    for (const { name, rows } of workloads) {
      expect(lines.filter((line) => line.startsWith(`${name}: `))).toHaveLength(1);
      for (const row of rows) {
        const at = lines.findIndex((line) => line.startsWith(`  ${row.name}, ${row.unit} (`));
        expect(lines[at + 1], row.name).toMatch(FIGURE);
      }
    }
  });

  it('let the peers take turns, and begin each round with another one', async () => {
    const peers = ['amduat in memory', 'amduat by reads'].map((name) => named(PEERS, name));
    /** @type {string[]} */
    const told = [];
    await measureRounds([named(WORKLOADS, 'index')], peers, PLAN, 2, (line) => told.push(line));
    expect(told).toEqual([
      'round 1 of 2: index, amduat in memory',
      'round 1 of 2: index, amduat by reads',
      'round 2 of 2: index, amduat by reads',
      'round 2 of 2: index, amduat in memory',
    ]);
  });

  it('end with the first process that fails, and leave nothing behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'amduat-bench-test-'));
    vi.stubEnv('TMPDIR', temporary);
    vi.stubEnv('TEMP', temporary);
    const nobody = { ...named(PEERS, 'amduat'), name: 'nobody' };
    const measured = measureRounds([named(WORKLOADS, 'ingest')], [nobody], PLAN, 1, () => {});
    await expect(measured).rejects.toThrow(/^ingest, nobody: [^]*no ingest with nobody/);
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });
});

describe('a wrong answer', () => {
  /** @type {string} */
  let scratch;

  beforeEach(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'amduat-bench-test-'));
  });

  afterEach(() => rm(scratch, { recursive: true }));

  /**
   * Runs all phases of a workload in this process, so that the peer can be one that lies.
   *
   * @param {string} workload
   * @param {Peer} peer
   */
  async function measure(workload, peer) {
    const folder = join(scratch, 'data');
    await mkdir(folder);
    for (const phase of named(WORKLOADS, workload).phases) {
      await phase({ peer, plan: PLAN, folder, scratch });
    }
  }

  /**
   * @param {(reader: StoreReader) => Partial<StoreReader>} lie
   * @returns {Peer}
   */
  function lyingStore(lie) {
    const peer = named(PEERS, 'amduat');
    const store = /** @type {NonNullable<Peer['store']>} */ (peer.store);
    const open = async (/** @type {string} */ folder) => {
      const reader = await store.open(folder);
      return { ...reader, ...lie(reader) };
    };
    return { ...peer, store: { ...store, verifies: false, open } };
  }

  /**
   * @param {(log: LogPeer) => Partial<LogPeer>} lie
   * @returns {Peer}
   */
  function lyingLog(lie) {
    const peer = named(PEERS, 'amduat log alone');
    const log = /** @type {NonNullable<Peer['log']>} */ (peer.log);
    return { ...peer, log: { ...log, ...lie(log) } };
  }

  /**
   * @param {(reader: IndexReader) => Partial<IndexReader>} lie
   * @returns {Peer}
   */
  function lyingIndex(lie) {
    const peer = named(PEERS, 'amduat in memory');
    const index = /** @type {NonNullable<Peer['index']>} */ (peer.index);
    const open = async (/** @type {string} */ folder) => {
      const reader = await index.open(folder);
      return { ...reader, ...lie(reader) };
    };
    return { ...peer, index: { ...index, open } };
  }

  /** @param {StoreReader} reader */
  const flipping = (reader) => ({
    /** @param {any} key */
    async get(key) {
      const bytes = await reader.get(key);
      return bytes?.map((octet, at) => (at === bytes.length - 2 ? octet ^ 1 : octet));
    },
  });

  it.each(['ingest', 'get', 'reopen'])('ends %s: a bit of the payload', async (workload) => {
    await expect(measure(workload, lyingStore(flipping))).rejects.toThrow(/^amduat: wrong answer/);
  });

  it.each([
    ['a key that is there is not found', 'expected 30, got 0', false],
    ['a key that is not there is found', 'expected 0, got 30', true],
  ])('ends lookup: %s', async (_, message, says) => {
    await expect(
      measure(
        'lookup',
        lyingStore(() => ({ isPresent: () => says })),
      ),
    ).rejects.toThrow(message);
  });

  /** @type {[string, (digests: Uint8Array[]) => Uint8Array[]][]} */
  const scans = [
    ['one is left out', (digests) => digests.slice(1)],
    [
      'one comes twice, another not at all',
      (digests) => digests.map((one, at) => digests[at - (at % 2)] ?? one),
    ],
    ['they are not in order', (digests) => digests.reverse()],
  ];

  it.each(scans)('ends scan: %s', async (_, change) => {
    /** @param {{ scan?: StoreReader['scan'] }} reader */
    const lie = (reader) => ({
      /** @param {(digest: Uint8Array) => void} visit */
      async scan(visit) {
        /** @type {Uint8Array[]} */
        const digests = [];
        await reader.scan?.((digest) => digests.push(digest));
        for (const digest of change(digests)) visit(digest);
      },
    });
    await expect(measure('scan', lyingStore(lie))).rejects.toThrow('amduat: wrong answer: scan');
    await rm(join(scratch, 'data'), { recursive: true });
    await expect(measure('index', lyingIndex(lie))).rejects.toThrow('wrong answer: index, scan');
  });

  it.each(['append', 'replay'])('ends %s: a record that is another one', async (workload) => {
    const lie = lyingLog((log) => ({
      async contents(folder) {
        return (await log.contents(folder)).reverse();
      },
    }));
    await expect(measure(workload, lie)).rejects.toThrow('wrong answer: record 0 is the one written');
  });

  it.each(['append', 'replay'])('ends %s: a record that is missing', async (workload) => {
    const lie = lyingLog((log) => ({
      async contents(folder) {
        return (await log.contents(folder)).slice(1);
      },
    }));
    await expect(measure(workload, lie)).rejects.toThrow('wrong answer: records in the log');
  });

  it('ends replay: fewer records than were written', async () => {
    const lie = lyingLog((log) => ({ replay: async (folder) => (await log.replay(folder)) - 1 }));
    await expect(measure('replay', lie)).rejects.toThrow('records replayed: expected 128, got 127');
  });

  it.each([
    ['a length of another entry', 'sum of the lengths found', { lengthOf: () => 256 }],
    ['nothing is found', 'sum of the lengths found', { lengthOf: () => undefined }],
    ['a digest of many', 'digests found at once', { findMany: noNumbers }],
  ])('ends index: %s', async (_, message, lie) => {
    await expect(
      measure(
        'index',
        lyingIndex(() => lie),
      ),
    ).rejects.toThrow(message);
  });

  /**
   * @param {Uint8Array} _digests
   * @param {Int32Array} numbers
   */
  function noNumbers(_digests, numbers) {
    numbers.fill(1).fill(-1, 5, 6);
  }
});

describe('the table', () => {
  it('gives medians, ranges, ratios, the limit, what is left out, and who was disturbed', () => {
    const workloads = [named(WORKLOADS, 'limits'), named(WORKLOADS, 'append')];
    const peers = ['amduat', 'lmdb', 'cacache'].map((name) => named(PEERS, name));
    const row = 'append, synced each';
    const samples = [
      { row: 'fdatasync after append', peer: 'machine', value: 22_649 },
      ...[3000, 1000, 2000].map((value) => ({ row, peer: 'amduat', value, otherCores: 0.1 })),
      ...[4000, 4000, 1_234_567].map((value) => ({ row, peer: 'lmdb', value, otherCores: 0.2 })),
    ];
    const lines = tableOf(workloads, peers, figuresOf(workloads, peers, samples), PLAN);
    expect(lines).toEqual([
      'limits: what this machine does without any of them; one thread',
      '  fdatasync after append, syncs/s (more is better)',
      '    machine              22.6k (22.6k to 22.6k)',
      '',
      'append: records of 128 octets, durable: 3 one by one, then 2 groups of 64',
      '  append, synced each, records/s (more is better)',
      '    amduat                2000 (1000 to 3000)',
      '    lmdb                  4000 (4000 to 1.23M)          0.5x *',
      '    limit                22.6k a sync after 4 KiB appended',
      '    cacache                  – keeps no log',
      '',
      'median (least to most); x: how many times better the first line of the row is, below 1 it is worse.',
      '*: other programs kept more than 0.15 processors busy in one round at least: read with care.',
      ...peers.slice(0, 2).flatMap(({ name, notes }) => notes.map((note) => `${name}: ${note}.`)),
    ]);
  });

  it('turns a ratio around where less is better', () => {
    const workloads = [named(WORKLOADS, 'reopen')];
    const peers = ['amduat', 'lmdb'].map((name) => named(PEERS, name));
    const row = 'reopen, again';
    const samples = [
      { row, peer: 'lmdb', value: 0.5 },
      { row, peer: 'amduat', value: 2 },
    ];
    expect(figuresOf(workloads, peers, samples).map(({ ratio }) => ratio)).toEqual([undefined, 0.25]);
  });
});
