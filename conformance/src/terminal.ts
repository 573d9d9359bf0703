import pc from 'picocolors';
import { isFailure, OUTCOMES, type Outcome } from './outcome.js';
import type { Report } from './report.js';
import type { Case } from './run.js';
import type { Suite } from './suite.js';
import { isObject } from './values.js';

type Colors = ReturnType<typeof pc.createColors>;

const SHOWN_LENGTH = 160;
const STDERR_LINES = 20;

/** Colours as NO_COLOR, FORCE_COLOR and the stream have it. */
export function colorsFor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): Colors {
  return pc.createColors(env['NO_COLOR'] === undefined && (env['FORCE_COLOR'] !== undefined || isTTY));
}

/**
 * One failure for people: what failed, the sentence it is about, what was expected, what came, and how to see it again.
 *
 * @param again - the command that asks this vector alone.
 */
export function describeCase(
  suite: Suite,
  { vector, judgement }: Case,
  again: string,
  colors: Colors,
): string {
  const { outcome, how, at, expected, got, message, after, stderr = '' } = judgement;
  const kind = `${outcome.toUpperCase()}${how === undefined ? '' : ` (${how})`}`;
  const clauses = vector.clauses.map((id) => `  ${id} ${colors.dim(`“${suite.clauses.get(id) ?? ''}”`)}`);
  const tail = stderr.trimEnd().split('\n').slice(-STDERR_LINES);
  return [
    `${colors.red(kind)} ${colors.bold(vector.id)} ${vector.level}`,
    ...clauses,
    `  ${colors.dim(vector.why)}`,
    ...(expected === undefined
      ? []
      : [`  expected ${shown(valueAt(expected, at))}${at === undefined ? '' : ` at ${at}`}`]),
    ...(got === undefined ? [] : [`  got      ${shown(valueAt(got, at))}${nativeOf(got)}`]),
    ...(message === undefined ? [] : [`  ${message}`]),
    ...(after === undefined ? [] : [`  only after ${listed(after)}`]),
    ...(stderr === '' ? [] : tail.map((text) => colors.dim(`  | ${text}`))),
    `  again: ${again}`,
  ].join('\n');
}

/** What the implementation itself said of a refusal. */
function nativeOf(got: unknown): string {
  const err = isObject(got) ? got['err'] : undefined;
  const native = isObject(err) ? err['native'] : undefined;
  return typeof native === 'string' ? ` (${cut(native)})` : '';
}

/** The part of a value that a path of `firstDifference` leads to; the whole, if it leads nowhere. */
function valueAt(value: unknown, at: string | undefined): unknown {
  // Of a way back, the operation stands before the path.
  const keys =
    at
      ?.split(' ')
      .at(-1)
      ?.split(/[.[\]]+/)
      .filter((key) => key !== '') ?? [];
  let here = value;
  for (const key of keys) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) {
      return key === keys.at(-1) && typeof here === 'object' ? undefined : value;
    }
    here = (here as Record<string, unknown>)[key];
  }
  return here;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : cut(JSON.stringify(value));
}

function cut(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}… (${text.length} characters)` : text;
}

function listed(ids: readonly string[]): string {
  const [first = 'nothing', ...others] = ids;
  return others.length > 2
    ? `${first} to ${ids.at(-1)} (${ids.length} vectors)`
    : [first, ...others].join(', ');
}

/** The counts and verdicts of a report for people. */
export function describeSummary(
  { adapter, suite, counts, verdicts, remarks }: Report,
  colors: Colors,
): string {
  const { name, version, language } = adapter.impl;
  const levels = Object.entries(counts).map(([level, of]) => `${level.padEnd(6)} ${countsText(of)}`);
  const width = Math.max(...Object.keys(verdicts).map((id) => id.length), 0);
  const said = Object.entries(verdicts).map(([id, { verdict, vectors, counts: of, without }]) => {
    const paint = { conformant: colors.green, incomplete: colors.yellow, nonconformant: colors.red }[verdict];
    const lacking = without.length === 0 ? '' : ` without ${without.join(', ')}`;
    return `${id.padEnd(width)}  ${paint(verdict)}${lacking}  ${countsText(of)} of ${vectors}`;
  });
  return [
    `${name} ${version}${language === undefined ? '' : ` (${language})`}, suite ${suite.version} ${suite.identity}`,
    ...levels,
    ...said,
    ...remarks.map((remark) => `the adapter ${remark}`),
  ].join('\n');
}

function countsText(counts: Partial<Record<Outcome, number>>): string {
  return OUTCOMES.flatMap((outcome) =>
    counts[outcome] === undefined ? [] : [`${counts[outcome]} ${outcome}`],
  ).join(', ');
}

/** How many failures are shown in full. */
const SHOWN_FAILURES = 25;

/** The failures of a run for people, the first ones in full. */
export function describeFailures(
  suite: Suite,
  cases: readonly Case[],
  againOf: (one: Case) => string,
  colors: Colors,
): string {
  const failures = cases.filter(({ judgement }) => isFailure(judgement.outcome));
  const full = failures.slice(0, SHOWN_FAILURES);
  const rest = failures
    .slice(SHOWN_FAILURES)
    .map(({ vector, judgement }) => `${judgement.outcome} ${vector.id}`);
  return [
    ...full.map((one) => `${describeCase(suite, one, againOf(one), colors)}\n`),
    ...rest.map((text) => colors.red(text)),
  ].join('\n');
}
