import { isFailure, OUTCOMES, type Outcome } from './outcome.js';
import type { Report } from './report.js';
import { globOf } from './selection.js';
import type { Suite } from './suite.js';
import { allVectors } from './suite.js';
import { UsageError } from './usage-error.js';

/** A line of a list of known failures. */
export interface Known {
  readonly line: number;
  /** The ID of a vector, with `*` for any text. */
  readonly pattern: string;
  readonly outcome: Outcome;
  readonly issue: string;
  /** The last month in which it is known, as `2031-12`. */
  readonly until: string;
  readonly reason: string;
}

/** What a list says of a report. */
export interface KnownResult {
  /** IDs of the failures that are known. */
  readonly known: ReadonlySet<string>;
  /** Lines that are no longer true, each with the reason. */
  readonly stale: readonly string[];
}

const FORM = /^(\S+)\s+(\S+)\s+(\S+)\s+until=(\d{4}-(?:0[1-9]|1[0-2]))\s+#\s*(\S.*)$/;

/**
 * Reads a list of known failures, one a line: `id-or-glob outcome issue-url until=YYYY-MM # reason`. Empty lines, and those
 * that begin with `#`, are passed over.
 *
 * @throws UsageError naming the line that is none.
 */
export function parseKnown(text: string): Known[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    return line === '' || line.startsWith('#') ? [] : [parseLine(line, index + 1)];
  });
}

function parseLine(text: string, line: number): Known {
  const [, pattern = '', outcome = '', issue = '', until = '', reason = ''] = FORM.exec(text) ?? [];
  const fail = (what: string) => new UsageError(`line ${line}: ${what}`);
  if (pattern === '') throw fail('expected: id-or-glob outcome issue-url until=YYYY-MM # reason');
  if (/^\*+$/.test(pattern)) throw fail('a bare * would know everything');
  const failing = OUTCOMES.find((one) => one === outcome && isFailure(one));
  if (failing === undefined) throw fail(`${outcome} is no failure`);
  if (!URL.canParse(issue) || !/^https?:/.test(issue)) throw fail(`${issue} is no address of an issue`);
  return { line, pattern, outcome: failing, issue, until, reason };
}

/**
 * Holds a list against a report. A line is stale if a vector that it names passes, if none has its outcome, if it names
 * none, or after its month.
 *
 * @param today - as `2031-12-24`.
 */
export function applyKnown(
  suite: Suite,
  list: readonly Known[],
  { lines }: Report,
  today: string,
): KnownResult {
  const known = new Set<string>();
  const stale = list.flatMap(({ line, pattern, outcome, until }) => {
    const glob = globOf(pattern);
    const say = (what: string) => [`line ${line}: ${pattern}: ${what}`];
    if (!allVectors(suite).some(({ vector }) => glob.test(vector.id))) return say('names no vector');
    const named = lines.filter(({ id }) => glob.test(id));
    const failing = named.filter((one) => one.outcome === outcome);
    for (const { id } of failing) known.add(id);
    const passing = named.find((one) => one.outcome === 'pass');
    if (passing !== undefined) return say(`${passing.id} passes`);
    // What was not asked this time says nothing.
    if (named.length > 0 && failing.length === 0) return say(`nothing is ${outcome}`);
    return today.slice(0, 7) > until ? say(`was known until ${until}`) : [];
  });
  return { known, stale };
}

/** Lines for the failures of a report that no line of a list names, with what is to be filled in. */
export function draftKnown(list: readonly Known[], { lines }: Report): string[] {
  const globs = list.map(({ pattern, outcome }) => ({ glob: globOf(pattern), outcome }));
  return lines
    .filter(({ outcome }) => isFailure(outcome))
    .filter(({ id, outcome }) => !globs.some((one) => one.outcome === outcome && one.glob.test(id)))
    .map(({ id, outcome }) => `${id}  ${outcome}  ISSUE  until=YYYY-MM  # REASON`);
}
