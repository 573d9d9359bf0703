import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { verifyReport } from '../report.js';
import { loadSuite } from '../suite.js';
import { readJson } from './read-report.js';

/** Recomputes what a report says of its lines. */
export function verifyReportCommand(io: Io, file: string): number {
  const problems = verifyReport(loadSuite(), readJson(io, file));
  for (const problem of problems) io.stdout.write(`${problem}\n`);
  io.stdout.write(problems.length === 0 ? 'sound\n' : `${problems.length} problems\n`);
  return problems.length === 0 ? EXIT.done : EXIT.failures;
}
