import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { ACP_VERSION, helloSchema } from './acp.js';
import { abridged } from './compare.js';
import { HOWS, isFailure, OUTCOMES } from './outcome.js';
import type { RunResult } from './run.js';
import { type Selection, selectVectors } from './selection.js';
import { featuresOf, profilesOf, type Suite } from './suite.js';
import { claimedProfiles, countOutcomes, VERDICTS, verdictOn } from './verdict.js';

const levels = ['MUST', 'SHOULD', 'MAY'] as const;
const counts = z.partialRecord(z.enum(OUTCOMES), z.int().min(1));

const line = z.strictObject({
  id: z.string(),
  level: z.enum(levels),
  clauses: z.array(z.string()),
  profiles: z.array(z.string()),
  outcome: z.enum(OUTCOMES),
  how: z.enum(HOWS).optional(),
  at: z.string().optional(),
  expected: z.unknown().optional(),
  got: z.unknown().optional(),
  message: z.string().optional(),
  after: z.array(z.string()).optional(),
});

/** The report of a run. Nothing in it depends on the clock. */
export const reportSchema = z.strictObject({
  format: z.literal('asl-conformance-report/1'),
  protocol: z.literal(ACP_VERSION),
  suite: z.strictObject({ version: z.string(), identity: z.string() }),
  adapter: helloSchema,
  selection: z.strictObject({
    profiles: z.array(z.string()).optional(),
    only: z.array(z.string()).optional(),
  }),
  order: z.int(),
  lines: z.array(line),
  counts: z.partialRecord(z.enum(levels), counts),
  verdicts: z.record(
    z.string(),
    z.strictObject({
      verdict: z.enum(VERDICTS),
      vectors: z.int(),
      counts,
      without: z.array(z.string()),
    }),
  ),
  remarks: z.array(z.string()),
});

export type Report = z.infer<typeof reportSchema>;
export type ReportLine = Report['lines'][number];

/** Makes the report of a run. */
export function makeReport(
  suite: Suite,
  selection: Selection,
  seed: number,
  { hello, cases, remarks }: RunResult,
): Report {
  const lines = cases.map(({ group, vector, judgement }): ReportLine => {
    // Standard error is for whoever looks on: it has times and addresses in it.
    const { stderr: _, expected, got, ...rest } = judgement;
    return {
      ...lineOf(suite, group.spec, vector),
      ...(rest as Omit<ReportLine, 'id'>),
      ...(expected !== undefined && { expected: abridged(expected) }),
      ...(got !== undefined && { got: abridged(got) }),
    };
  });
  return {
    format: 'asl-conformance-report/1',
    protocol: ACP_VERSION,
    suite: { version: suite.version, identity: suite.identity },
    adapter: hello,
    selection: selection as Report['selection'],
    order: seed,
    lines,
    ...summaryOf(suite, selection, hello, lines),
    remarks: [...remarks],
  };
}

function lineOf(
  suite: Suite,
  spec: string,
  { id, level, clauses }: Pick<ReportLine, 'id' | 'level'> & { clauses: readonly string[] },
) {
  return { id, level, clauses: [...clauses], profiles: profilesOf(suite, spec) };
}

/** What follows from the lines. */
function summaryOf(
  suite: Suite,
  selection: Selection,
  { ops, features }: Report['adapter'],
  lines: readonly ReportLine[],
): Pick<Report, 'counts' | 'verdicts'> {
  const present = levels.filter((level) => lines.some((one) => one.level === level));
  const claimed = claimedProfiles(suite, selection.profiles, ops);
  return {
    counts: Object.fromEntries(
      present.map((level) => [level, countOutcomes(lines.filter((one) => one.level === level))]),
    ),
    verdicts: Object.fromEntries(
      claimed.map((id) => {
        const { without, ...verdict } = verdictOn(suite, id, lines, features);
        return [id, { ...verdict, without: [...without] }];
      }),
    ),
  };
}

/**
 * Recomputes what a report says of its lines, and the lines from the suite as far as they follow from it.
 *
 * @param value - the report, as it was read.
 * @returns what is wrong with it; nothing, if it is sound. What was answered cannot be seen again.
 */
export function verifyReport(suite: Suite, value: unknown): string[] {
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) return [z.prettifyError(parsed.error)];
  const report = parsed.data;
  if (report.suite.identity !== suite.identity) {
    return [`the report is of another suite: ${report.suite.version}, ${report.suite.identity}`];
  }
  return [...lineProblems(suite, report), ...summaryProblems(suite, report)];
}

function lineProblems(suite: Suite, { selection, adapter, lines }: Report): string[] {
  let groups: ReturnType<typeof selectVectors>;
  try {
    groups = selectVectors(suite, selection as Selection);
  } catch (error) {
    return [`selection: ${(error as Error).message}`];
  }
  const wanted = groups.flatMap((group) => group.vectors.map((vector) => ({ group, vector })));
  const problems = wanted.flatMap(({ group, vector }, index) => {
    const found = lines[index];
    if (found?.id !== vector.id)
      return [`line ${index + 1}: expected ${vector.id}, found ${found?.id ?? 'nothing'}`];
    const { level, clauses, profiles, outcome } = found;
    const fixed = lineOf(suite, group.spec, vector);
    const declined = featuresOf(suite, vector).some(
      (feature) => feature.declined === undefined && !adapter.features.includes(feature.id),
    );
    const inverse = suite.operations[group.op]?.inverse;
    const noWayBack = vector.kind === 'roundtrip' && inverse !== undefined && !adapter.ops.includes(inverse);
    const mustBe = declined || !adapter.ops.includes(group.op);
    return [
      ...(isDeepStrictEqual({ id: vector.id, level, clauses, profiles }, fixed)
        ? []
        : ['is not as the suite has it']),
      ...(mustBe && outcome !== 'unsupported'
        ? [`${outcome}, though the adapter does not list what it needs`]
        : []),
      ...(outcome === 'unsupported' && !mustBe && !noWayBack
        ? ['unsupported, though the adapter lists it']
        : []),
      ...(isFailure(outcome) === 'expected' in found
        ? []
        : ['what was expected belongs to a failure, and only there']),
    ].map((problem) => `${vector.id}: ${problem}`);
  });
  const more = lines.slice(wanted.length).map(({ id }) => `${id}: was not to be asked`);
  return [...problems, ...more];
}

function summaryProblems(suite: Suite, report: Report): string[] {
  const summary = summaryOf(suite, report.selection as Selection, report.adapter, report.lines);
  return (['counts', 'verdicts'] as const)
    .filter((key) => !isDeepStrictEqual(plain(report[key]), plain(summary[key])))
    .map((key) => `${key}: ${JSON.stringify(summary[key])} follows from the lines`);
}

/** As it is after it was written and read. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
