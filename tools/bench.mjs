// @ts-check
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts } from './bench/machine.mjs';
import { PEERS } from './bench/peers.mjs';
import { measureRounds } from './bench/rounds.mjs';
import { figuresOf, tableOf } from './bench/table.mjs';
import { usablePeers } from './bench/usable.mjs';
import { WORKLOADS } from './bench/workloads.mjs';
import { bootstrap } from './bootstrap.mjs';

/** @import { Plan } from './bench/workloads.mjs' */

const HELP = `Measures Amduat beside what else one could use, in one run.

  pnpm bench [--only WORKLOAD]… [--peer NAME]… [--items N] [--appends N] [--groups N] [--index N] [--rounds N]
             [--seconds N] [--json FILE]

  --only WORKLOAD  one of ${WORKLOADS.map(({ name }) => name).join(', ')}; all by default
  --peer NAME      one of ${PEERS.map(({ name }) => name).join(', ')}; all by default
  --items N        items of a store; 100000 by default
  --appends N      records that are synced one by one; 5000 by default
  --groups N       groups of 64 records; 1500 by default
  --index N        entries of an index; 1000000 by default
  --rounds N       how often each is measured; 3 by default
  --seconds N      how long a rate is measured at least; 1 by default
  --json FILE      writes the figures to a file as well`;

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** @param {string[]} args */
async function main(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      peer: { type: 'string', multiple: true, default: [] },
      items: { type: 'string', default: '100000' },
      appends: { type: 'string', default: '5000' },
      groups: { type: 'string', default: '1500' },
      index: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const workloads = choose('workload', WORKLOADS, values.only);
  const chosen = choose('peer', PEERS, values.peer);
  /** @type {Plan} */
  const plan = {
    leastSeconds: countOf('seconds', values.seconds),
    itemCount: countOf('items', values.items),
    syncCount: countOf('appends', values.appends),
    groupCount: countOf('groups', values.groups),
    indexCount: countOf('index', values.index),
  };
  const rounds = countOf('rounds', values.rounds);
  await bootstrap(root);
  const peers = await usablePeers(chosen);
  const samples = await measureRounds(workloads, peers, plan, rounds, (line) => console.error(line));
  const figures = figuresOf(workloads, peers, samples);
  const machine = machineFacts();
  console.log([machine, `${rounds} rounds`, '', ...tableOf(workloads, peers, figures, plan)].join('\n'));
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ machine, rounds, plan, figures }, null, 2)}\n`);
  }
}

/**
 * @template {{ name: string }} T
 * @param {string} kind
 * @param {readonly T[]} all
 * @param {readonly string[]} names none means all
 */
function choose(kind, all, names) {
  const unknown = names.find((wanted) => !all.some(({ name }) => name === wanted));
  if (unknown !== undefined) {
    throw new Error(`no ${kind} "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}

/**
 * @param {string} option
 * @param {string} text
 */
function countOf(option, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${option}: expected a number from 1, got "${text}"`);
  return Number(text);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
