// @ts-check
import { summarize } from './median.mjs';
import { MACHINE } from './peers.mjs';

/** @import { Peer } from './peers.mjs' */
/** @import { PeerSample } from './rounds.mjs' */
/** @import { Limit, Plan, Row, Workload } from './workloads.mjs' */

const OTHER_CORES_MAX = 0.15;
const NAME_WIDTH = 17;
const NUMBER_WIDTH = 8;

/**
 * One line of the table.
 *
 * @typedef {object} Figure
 * @property {string} row
 * @property {string} unit
 * @property {string} peer
 * @property {number} median
 * @property {number} least
 * @property {number} most
 * @property {number} [ratio] how many times better the first peer of the row is; below 1 it is worse
 * @property {boolean} isShared whether other programs were busy meanwhile
 */

/**
 * @param {readonly Workload[]} workloads
 * @param {readonly Peer[]} peers
 * @param {readonly PeerSample[]} samples
 * @returns {Figure[]}
 */
export function figuresOf(workloads, peers, samples) {
  const order = [MACHINE.name, ...peers.map(({ name: peer }) => peer)];
  return workloads.flatMap(({ rows }) => rows.flatMap((row) => figuresOfRow(row, samples, order)));
}

/**
 * @param {Row} row
 * @param {readonly PeerSample[]} samples
 * @param {readonly string[]} order
 * @returns {Figure[]}
 */
function figuresOfRow({ name, unit, isLessBetter = false }, samples, order) {
  /** @type {Figure[]} */
  const figures = [];
  for (const peer of order) {
    const own = samples.filter((sample) => sample.row === name && sample.peer === peer);
    if (own.length === 0) continue;
    const { median, least, most } = summarize(own.map(({ value }) => value));
    const isShared = own.some(({ otherCores = 0 }) => otherCores > OTHER_CORES_MAX);
    const first = figures[0]?.median;
    const ratio = first === undefined ? {} : { ratio: isLessBetter ? median / first : first / median };
    figures.push({ row: name, unit, peer, median, least, most, ...ratio, isShared });
  }
  return figures;
}

/**
 * The table, as people read it.
 *
 * @param {readonly Workload[]} workloads
 * @param {readonly Peer[]} peers
 * @param {readonly Figure[]} figures
 * @param {Plan} plan
 * @returns {string[]}
 */
export function tableOf(workloads, peers, figures, plan) {
  const limits = new Map(
    figures.filter(({ peer }) => peer === MACHINE.name).map(({ row, median }) => [row, median]),
  );
  const lines = workloads.flatMap((workload) => [
    `${workload.name}: ${workload.about(plan)}`,
    ...workload.rows.flatMap((row) => linesOfRow(row, figures, limits, plan)),
    ...missingLines(workload, peers),
    '',
  ]);
  return [...lines, ...footnotes(peers, figures)];
}

/**
 * @param {Row} row
 * @param {readonly Figure[]} figures
 * @param {ReadonlyMap<string, number>} limits
 * @param {Plan} plan
 */
function linesOfRow(row, figures, limits, plan) {
  const own = figures.filter((figure) => figure.row === row.name);
  if (own.length === 0) return [];
  const better = row.isLessBetter ? 'less is better' : 'more is better';
  const limit = limits.size === 0 ? undefined : row.limit?.(limits, plan);
  return [
    `  ${row.name}, ${row.unit} (${better})`,
    ...own.map(lineOf),
    ...(limit === undefined ? [] : [limitLine(limit)]),
  ];
}

/** @param {Figure} figure */
function lineOf({ peer, median, least, most, ratio, isShared }) {
  const range = `(${formatNumber(least)} to ${formatNumber(most)})`;
  const compared = ratio === undefined ? '' : `${formatNumber(ratio)}x`;
  return `    ${name(peer)} ${number(median)} ${range.padEnd(20)} ${compared.padStart(NUMBER_WIDTH)}${isShared ? ' *' : ''}`.trimEnd();
}

/** @param {Limit} limit */
function limitLine({ value, what }) {
  return `    ${name('limit')} ${number(value)} ${what}`;
}

/**
 * @param {Workload} workload
 * @param {readonly Peer[]} peers
 */
function missingLines({ name: workload }, peers) {
  return peers
    .filter(({ lacks }) => lacks?.[workload] !== undefined)
    .map((peer) => `    ${name(peer.name)} ${'–'.padStart(NUMBER_WIDTH)} ${peer.lacks?.[workload]}`);
}

/**
 * @param {readonly Peer[]} peers
 * @param {readonly Figure[]} figures
 */
function footnotes(peers, figures) {
  const measured = peers.filter(({ name: peer }) => figures.some((figure) => figure.peer === peer));
  const shared = figures.some(({ isShared }) => isShared)
    ? [
        `*: other programs kept more than ${OTHER_CORES_MAX} processors busy in one round at least: read with care.`,
      ]
    : [];
  return [
    'median (least to most); x: how many times better the first line of the row is, below 1 it is worse.',
    ...shared,
    ...measured.flatMap(({ name: peer, notes }) => notes.map((note) => `${peer}: ${note}.`)),
  ];
}

/** @param {string} text */
function name(text) {
  return text.padEnd(NAME_WIDTH);
}

/** @param {number} value */
function number(value) {
  return formatNumber(value).padStart(NUMBER_WIDTH);
}

/**
 * Three digits that count.
 *
 * @param {number} value
 */
function formatNumber(value) {
  if (value >= 999_500) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 9995) return `${Number((value / 1e3).toPrecision(3))}k`;
  return `${Number(value.toPrecision(3))}`;
}
