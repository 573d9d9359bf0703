import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Report, reportSchema, verifyReport } from '../src/report.js';
import { loadSuite } from '../src/suite.js';
import { conformance, type Ended, isRunning, temporaryFolder } from './commands.js';

const FOLDER = fileURLToPath(new URL('../saboteurs/', import.meta.url));
const HELPERS = ['honest.mjs', 'serve.mjs'];
/** All of them are asked the profile core, or a part of it. */
const KNOWS = 'asl-1-core';

interface Golden {
  readonly args: readonly string[];
  /** Nothing that it does is against the protocol; only such a one may be conformant. */
  readonly legal?: boolean;
  readonly exit: number;
  /** Of the profile core; null where there is no report. */
  readonly verdict: string | null;
  readonly counts?: Readonly<Record<string, number>>;
  readonly cases?: Readonly<Record<string, string>>;
  /** What became of all that did not pass. */
  readonly every?: string;
  /** The first vector of the shortest run before the culprit. */
  readonly after?: string;
  /** Part of what is shown. */
  readonly says?: string;
  readonly note: string;
  /** What was otherwise when it was run for the first time, after this had been written, and who was wrong. */
  readonly atFirst?: string;
}

const golden = JSON.parse(readFileSync(`${FOLDER}golden.json`, 'utf8')) as Record<string, Golden>;
const suite = loadSuite();

async function runSaboteur(name: string, flags: readonly string[], env = process.env) {
  const file = join(temporaryFolder(), 'report.json');
  const command = [process.execPath, join(FOLDER, `${name}.mjs`), KNOWS];
  const ended = await conformance(['run', ...flags, '--json', file, '--', ...command], { env });
  return {
    ...ended,
    report: existsSync(file) ? reportSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null,
  };
}

function said({ outcome, how }: Report['lines'][number]): string {
  return how === undefined ? outcome : `${outcome} (${how})`;
}

/** What golden.json says, as it is in a report. */
function seen(
  { cases, every, after, says }: Golden,
  { exitCode, stdout, stderr }: Ended,
  report: Report | null,
) {
  const lines = report?.lines ?? [];
  const outcomes = Object.fromEntries(lines.map((line) => [line.id, said(line)]));
  const text = `${stdout}${stderr}`;
  return {
    exit: exitCode,
    verdict: report?.verdicts['core']?.verdict ?? null,
    ...(report && { counts: countsOf(lines) }),
    ...(cases && { cases: Object.fromEntries(Object.keys(cases).map((id) => [id, outcomes[id]])) }),
    ...(every !== undefined && {
      every: [...new Set(Object.values(outcomes).filter((one) => one !== 'pass'))].join(', '),
    }),
    ...(after !== undefined && { after: lines.flatMap((line) => line.after?.[0] ?? []).join(', ') }),
    ...(says !== undefined && { says: text.includes(says) ? says : text }),
  };
}

function countsOf(lines: Report['lines']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { outcome } of lines) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe('a saboteur', () => {
  it.each(Object.entries(golden))('%s comes out as was foretold', async (name, expected) => {
    const { report, ...ended } = await runSaboteur(name, expected.args);
    const { legal = false, note: _, atFirst: __, args: ___, ...foretold } = expected;
    expect(seen(expected, ended, report)).toEqual(foretold);
    if (!legal) expect(report?.verdicts['core']?.verdict).not.toBe('conformant');
    if (report !== null) expect(verifyReport(suite, report)).toEqual([]);
  });

  it('has a golden report, and there are no others', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.mjs') && !HELPERS.includes(file));
    expect(
      Object.keys(golden)
        .map((name) => `${name}.mjs`)
        .sort(),
    ).toEqual(files.sort());
  });

  it('leaves no child behind', async () => {
    const list = join(temporaryFolder(), 'children');
    const flags = ['--only', 'core.seal.*', '--env', 'CHILDREN'];
    await runSaboteur('leaves-child', flags, { ...process.env, CHILDREN: list });
    const children = readFileSync(list, 'utf8').trim().split('\n').map(Number);
    expect(children.length).toBeGreaterThan(1);
    expect(children.filter(isRunning)).toEqual([]);
  });

  it('that leaks state passes with each request in a process of its own', async () => {
    const { exitCode } = await runSaboteur('leaks-state', [
      '--isolate',
      '--only',
      'core.seal.*',
      '--only',
      'core.hash-id-refused.*',
    ]);
    expect(exitCode).toBe(0);
  });

  it('that is not the first in another order is found all the same', async () => {
    const { report } = await runSaboteur('leaks-state', ['--profile', 'core', '--order', '7']);
    const others = report?.lines.filter(
      ({ id, outcome }) => (outcome === 'pass') === id.startsWith('core.seal.'),
    );
    expect(others).toEqual([]);
  });
});
