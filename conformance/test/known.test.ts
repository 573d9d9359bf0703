import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../src/acp.js';
import { applyKnown, draftKnown, parseKnown } from '../src/known.js';
import type { Report } from '../src/report.js';
import { loadSuite } from '../src/suite.js';
import { honestAdapter } from './honest.js';
import { runInProcess } from './in-process.js';

const suite = loadSuite();
const TODAY = '2031-05-17';
const ISSUE = 'https://example.org/issues/1';
const line = (pattern: string, outcome = 'fail', until = '2031-12') =>
  `${pattern}  ${outcome}  ${ISSUE}  until=${until}  # because`;

/** Every seal fails; one other vector is a fault. */
let report: Report;

beforeAll(async () => {
  const honest = honestAdapter({ folders: ['asl-1-core'] });
  const answer = (op: string, given: unknown): Answer => {
    if (op === 'core.sealBlock') return { err: { code: 'CORE.DIGEST' } };
    return op === 'core.verifyBlock' && JSON.stringify(given).includes('"bytes":""')
      ? { fault: { message: 'x' } }
      : honest.answer(op, given);
  };
  report = (await runInProcess(suite, { ...honest, answer }, { profiles: ['core'] })).report;
});

function said(text: string, today = TODAY) {
  const { known, stale } = applyKnown(suite, parseKnown(text), report, today);
  return { known: known.size, stale };
}

describe('a list of known failures', () => {
  it('is one line for each, with remarks and empty lines', () => {
    const [first, ...others] = parseKnown(`# remark\n\n  ${line('core.seal.*')}\r\n`);
    expect(first).toEqual({
      line: 3,
      pattern: 'core.seal.*',
      outcome: 'fail',
      issue: ISSUE,
      until: '2031-12',
      reason: 'because',
    });
    expect(others).toEqual([]);
  });

  it.each([
    ['a bare star', line('*'), 'bare'],
    ['two bare stars', line('**'), 'bare'],
    ['no failure', line('core.seal.*', 'pass'), 'no failure'],
    ['what was not asked', line('core.seal.*', 'unsupported'), 'no failure'],
    ['no issue', line('core.seal.*').replace(ISSUE, 'later'), 'no address'],
    ['another kind of address', line('core.seal.*').replace('https', 'ftp'), 'no address'],
    ['no month', line('core.seal.*', 'fail', '2031'), 'expected'],
    ['a month that is none', line('core.seal.*', 'fail', '2031-13'), 'expected'],
    ['no reason', line('core.seal.*').replace('because', ''), 'expected'],
    ['nothing else', 'core.seal.*', 'expected'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseKnown(`\n${text}`)).toThrow(message);
    expect(() => parseKnown(`\n${text}`)).toThrow('line 2');
  });

  it('knows what it names', () => {
    expect(said(line('core.seal.*'))).toEqual({ known: 6, stale: [] });
    expect(said(line('core.seal.empty'))).toEqual({ known: 1, stale: [] });
  });

  it.each([
    ['names no vector', line('core.no-such.*'), 0, 'names no vector'],
    [
      'names one that passes',
      line('core.seal*') + '\n' + line('core.order.equal'),
      6,
      'core.order.equal passes',
    ],
    ['names one that passes beside others', line('core.verify-block.*', 'fault'), 2, 'passes'],
    ['says another outcome', line('core.seal.*', 'crash'), 0, 'nothing is crash'],
  ])('is stale if a line %s', (_, text, known, message) => {
    expect(said(text)).toEqual({ known, stale: [expect.stringContaining(message)] });
  });

  it('is stale after its month, and knows all the same', () => {
    expect(said(line('core.seal.*', 'fail', '2031-05'))).toEqual({ known: 6, stale: [] });
    expect(said(line('core.seal.*', 'fail', '2031-05'), '2031-06-01').stale).toEqual([
      expect.stringContaining('2031-05'),
    ]);
    expect(said(line('core.seal.*', 'fail', '2031-05'), '2031-06-01').known).toBe(6);
  });

  it('says nothing of what was not asked', () => {
    expect(said(line('log.scan-tail.*'))).toEqual({ known: 0, stale: [] });
  });

  it('is drafted from a report, to be filled in', () => {
    const drafts = draftKnown(parseKnown(line('core.seal.empty')), report);
    expect(drafts).toHaveLength(7);
    expect(drafts.filter((draft) => draft.includes('  fault  '))).toHaveLength(2);
    expect(() => parseKnown(drafts.join('\n'))).toThrow('line 1');
    const filled = drafts.map((draft) => draft.replace('ISSUE', ISSUE).replace('YYYY-MM', '2031-12'));
    expect(said([line('core.seal.empty'), ...filled].join('\n'))).toEqual({ known: 8, stale: [] });
  });
});
