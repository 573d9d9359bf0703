import { describe, expect, it } from 'vitest';
import type { Answer } from '../src/acp.js';
import type { Outcome } from '../src/outcome.js';
import { type Report, type ReportLine, verifyReport } from '../src/report.js';
import { allVectors, loadSuite } from '../src/suite.js';
import { verdictOn } from '../src/verdict.js';
import { honestAdapter } from './honest.js';
import { runInProcess } from './in-process.js';

const suite = loadSuite();
const vectors = new Map(allVectors(suite).map(({ vector }) => [vector.id, vector]));

/** The adapter answers everything right but one operation. */
function lying(op: string, answer: Answer) {
  const honest = honestAdapter({ folders: ['asl-1-core'] });
  return {
    ...honest,
    answer: (asked: string, given: unknown) => (asked === op ? answer : honest.answer(asked, given)),
  };
}

const DIGEST: Answer = { err: { code: 'CORE.DIGEST' } };

async function coreReport(): Promise<Report> {
  return (await runInProcess(suite, lying('core.sealBlock', DIGEST), { profiles: ['core'] })).report;
}

describe('a verdict', () => {
  it('is conformant in every profile for whoever has all right', async () => {
    const { report } = await runInProcess(suite, honestAdapter());
    expect(Object.keys(report.verdicts)).toEqual(suite.profiles.map(({ id }) => id));
    for (const { verdict, vectors: count, counts, without } of Object.values(report.verdicts)) {
      expect({ verdict, counts, without }).toEqual({
        verdict: 'conformant',
        counts: { pass: count },
        without: [],
      });
    }
    expect(report.verdicts['full']?.vectors).toBe(vectors.size);
  });

  it('is nonconformant for one vector of level MUST', async () => {
    const { verdicts } = await coreReport();
    expect(verdicts['core']).toMatchObject({ verdict: 'nonconformant', counts: { pass: 285, fail: 6 } });
  });

  it('is not changed by a vector of level MAY', async () => {
    const honest = honestAdapter({ folders: ['asl-1-core'] });
    const may = [...vectors.values()].filter(
      ({ level, flags }) => level === 'MAY' && flags?.includes('Blake3'),
    );
    const inputs = new Set(may.map((vector) => JSON.stringify(vector.in)));
    const answer = (op: string, given: unknown): Answer =>
      inputs.has(JSON.stringify(given)) ? { fault: { message: 'x' } } : honest.answer(op, given);
    const { report } = await runInProcess(suite, { ...honest, answer }, { profiles: ['core'] });
    expect(report.counts['MAY']).toEqual({ fault: 11 });
    expect(report.verdicts['core']?.verdict).toBe('conformant');
  });

  it('is incomplete without an operation', async () => {
    const { report } = await runInProcess(suite, honestAdapter({ omit: ['core.sealBlock'] }));
    const verdicts = Object.entries(report.verdicts).map(([id, { verdict }]) => [id, verdict]);
    expect(verdicts.filter(([, verdict]) => verdict !== 'conformant')).toEqual([
      ['core', 'incomplete'],
      ['full', 'incomplete'],
    ]);
  });

  it('is incomplete without the operation that leads back', async () => {
    const { report } = await runInProcess(suite, honestAdapter({ omit: ['core.parseReference'] }), {
      only: ['core.binary.*'],
    });
    expect(report.counts['MUST']).toEqual({ pass: 12, unsupported: 4 });
  });

  it('is incomplete for a part of a profile', async () => {
    const { report } = await runInProcess(suite, honestAdapter(), {
      profiles: ['core'],
      only: ['CORE-ENC-3'],
    });
    expect(report.verdicts['core']?.verdict).toBe('incomplete');
    expect(report.verdicts['core']?.counts['not-run']).toBe(291 - report.lines.length);
    expect(verifyReport(suite, report)).toEqual([]);
  });

  it('is of the profiles that are asked for, or of those of which an operation is listed', async () => {
    const core = honestAdapter({ folders: ['asl-1-core'] });
    const claimed = async (profiles?: string[]) =>
      Object.keys((await runInProcess(suite, core, profiles && { profiles })).report.verdicts);
    expect(await claimed()).toEqual(['core', 'full']);
    expect(await claimed(['log'])).toEqual(['log']);
  });

  it('lets go the signatures where the profile does, and says so', async () => {
    const { report } = await runInProcess(suite, honestAdapter({ features: ['blake3'] }));
    const said = Object.entries(report.verdicts).map(([id, { verdict, without }]) => [
      id,
      verdict,
      ...without,
    ]);
    expect(said.filter(([, , feature]) => feature === 'ed25519')).toEqual([
      ['checkpoint', 'conformant', 'ed25519'],
      ['proof', 'conformant', 'ed25519'],
      ['full', 'conformant', 'ed25519'],
    ]);
    expect(report.counts['MUST']?.unsupported).toBe(
      suite.features.find(({ id }) => id === 'ed25519')?.vectors?.length,
    );
    expect(verifyReport(suite, report)).toEqual([]);
  });

  const lines = (outcomeOf: (id: string, level: string) => Outcome) =>
    [...vectors.values()].map(({ id, level }) => ({ id, level, outcome: outcomeOf(id, level) }));

  it('asks nothing of a vector of level MAY', () => {
    const without = lines((_, level) => (level === 'MAY' ? 'unsupported' : 'pass'));
    expect(verdictOn(suite, 'core', without, ['blake3'])).toMatchObject({
      verdict: 'conformant',
      without: [],
    });
  });

  it('lets go nothing that the profile does not, and nothing of whoever has the feature', () => {
    const signed = suite.features.find(({ id }) => id === 'ed25519')?.vectors ?? [];
    const without = lines((id) => (signed.includes(id) ? 'unsupported' : 'pass'));
    const strict = { ...suite, profiles: suite.profiles.map((profile) => ({ ...profile, letsGo: [] })) };
    const said = (of: typeof suite, features: string[]) => verdictOn(of, 'proof', without, features).verdict;
    expect([said(suite, []), said(strict, []), said(suite, ['ed25519'])]).toEqual([
      'conformant',
      'incomplete',
      'incomplete',
    ]);
  });

  it('does not let go an operation that is not listed', async () => {
    const { report } = await runInProcess(suite, honestAdapter({ features: [], omit: ['head.open'] }), {
      profiles: ['checkpoint'],
    });
    expect(report.verdicts['checkpoint']).toMatchObject({ verdict: 'incomplete', without: ['ed25519'] });
  });

  it('expects a refusal of whoever declines BLAKE3', async () => {
    const { cases } = await runInProcess(suite, honestAdapter({ features: ['ed25519'] }));
    const flagged = [...vectors.values()]
      .filter(({ flags }) => flags?.includes('Blake3'))
      .map(({ id }) => id);
    const failing = cases.filter(({ judgement }) => judgement.outcome === 'fail');
    // One of them is told to refuse for another reason, and does.
    expect(failing.map(({ vector }) => vector.id)).toEqual(flagged);
    expect(failing.map(({ judgement }) => judgement.expected)).toEqual(
      flagged.map(() => ({ err: { code: 'CORE.HASH_ID' } })),
    );
  });
});

describe('a report', () => {
  it('is the same for the same answers', async () => {
    expect(JSON.stringify(await coreReport())).toBe(JSON.stringify(await coreReport()));
  });

  it('says of each failure what was expected and what came', async () => {
    const { lines } = await coreReport();
    expect(lines.find(({ id }) => id === 'core.seal.empty')).toEqual({
      id: 'core.seal.empty',
      level: 'MUST',
      clauses: expect.arrayContaining([expect.stringMatching(/^CORE-BLK-/)]),
      profiles: ['core', 'full'],
      outcome: 'fail',
      how: 'refused',
      expected: vectors.get('core.seal.empty')?.expect,
      got: DIGEST,
    });
  });

  it('is sound after it was written and read', async () => {
    expect(verifyReport(suite, JSON.parse(JSON.stringify(await coreReport())))).toEqual([]);
  });

  const passing: Partial<ReportLine> = { outcome: 'pass' };
  const edits: [string, (report: Report) => void][] = [
    ['a count', (report) => void (report.counts['MUST'] = { pass: 280 })],
    ['the counts of a profile', (report) => void (verdictOf(report).counts = { pass: 291 })],
    ['a verdict', (report) => void (verdictOf(report).verdict = 'conformant')],
    ['the size of a profile', (report) => void (verdictOf(report).vectors = 285)],
    ['what a verdict is without', (report) => void verdictOf(report).without.push('ed25519')],
    ['a verdict left out', (report) => void delete report.verdicts['core']],
    ['a verdict more', (report) => void (report.verdicts['log'] = verdictOf(report))],
    ['an outcome', (report) => void Object.assign(lineOf(report), passing)],
    ['an outcome without what was expected', (report) => void delete lineOf(report).expected],
    ['a line left out', (report) => void report.lines.splice(report.lines.indexOf(lineOf(report)), 1)],
    ['the last line left out', (report) => void report.lines.pop()],
    ['a line twice', (report) => void report.lines.push(lineOf(report))],
    ['a line more, and counted', (report) => countMore(report)],
    ['two lines changed about', (report) => void report.lines.reverse()],
    ['a level', (report) => void (lineOf(report).level = 'MAY')],
    ['the clauses', (report) => void (lineOf(report).clauses = [])],
    ['the profiles of a vector', (report) => void (lineOf(report).profiles = ['full'])],
    ['an operation that is not listed', (report) => void (report.adapter.ops = report.adapter.ops.slice(1))],
    ['a failure called unsupported', (report) => unsupport(report)],
    [
      'a smaller selection',
      (report) => void (report.selection = { profiles: ['core'], only: ['core.text.*'] }),
    ],
    ['a selection of nothing', (report) => void (report.selection = { only: ['nothing'] })],
    ['another suite', (report) => void (report.suite.identity = `sha256:${'0'.repeat(64)}`)],
    ['a key that is unknown', (report) => void Object.assign(report, { note: 'all is well' })],
  ];

  it.each(edits)('with %s is refused', async (_, edit) => {
    const report = structuredClone(await coreReport());
    edit(report);
    expect(verifyReport(suite, report)).not.toEqual([]);
  });

  it.each([
    ['nothing', null],
    ['a text', 'report'],
    ['an empty object', {}],
  ])('that is %s is refused', (_, value) => {
    expect(verifyReport(suite, value)).not.toEqual([]);
  });
});

/** A vector that was not to be asked, and the counts made right again. */
function countMore(report: Report): void {
  report.lines.push({ ...lineOf(report), ...{ id: 'core.more.all', outcome: 'pass' } });
  const more = report.lines.at(-1) as ReportLine;
  for (const key of ['how', 'expected', 'got'] as const) delete more[key];
  report.counts['MUST'] = { pass: 275, fail: 6 };
}

function verdictOf(report: Report) {
  return report.verdicts['core'] as Report['verdicts'][string];
}

function lineOf({ lines }: Report): ReportLine {
  return lines.find(({ id }) => id === 'core.seal.empty') as ReportLine;
}

/** All that failed, and the counts made right again. */
function unsupport(report: Report): void {
  for (const line of report.lines) {
    if (line.outcome !== 'fail') continue;
    line.outcome = 'unsupported';
    delete line.how;
    delete line.expected;
    delete line.got;
  }
  report.counts['MUST'] = { pass: 274, unsupported: 6 };
  Object.assign(verdictOf(report), { verdict: 'incomplete', counts: { pass: 285, unsupported: 6 } });
}
