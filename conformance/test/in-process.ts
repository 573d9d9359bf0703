import { converseInProcess, type FunctionAdapter } from '../src/in-process.js';
import { makeReport, type Report } from '../src/report.js';
import { type Case, runVectors } from '../src/run.js';
import { type Selection, selectVectors } from '../src/selection.js';
import type { Suite } from '../src/suite.js';

/** Runs an adapter of functions in this process. */
export async function runInProcess(
  suite: Suite,
  adapter: FunctionAdapter,
  selection: Selection = {},
): Promise<{ readonly report: Report; readonly cases: readonly Case[] }> {
  const groups = selectVectors(suite, selection);
  const start = async () => converseInProcess(adapter);
  const result = await runVectors({ suite, groups, start, seed: 1, isolate: false });
  return { report: makeReport(suite, selection, 1, result), cases: result.cases };
}
