import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import type { ReportLine } from '../report.js';
import { readReport } from './read-report.js';

/** Prints the vectors whose outcome is another; fails if one passes no longer. */
export function diffCommand(io: Io, oldPath: string, newPath: string): number {
  const before = new Map(readReport(io, oldPath).lines.map((line) => [line.id, line]));
  const after = new Map(readReport(io, newPath).lines.map((line) => [line.id, line]));
  let lost = false;
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [said(before.get(id)), said(after.get(id))];
    if (was === is) continue;
    if (was === 'pass') lost = true;
    io.stdout.write(`${id}  ${was} → ${is}\n`);
  }
  return lost ? EXIT.failures : EXIT.done;
}

function said(line: ReportLine | undefined): string {
  if (line === undefined) return 'not asked';
  return line.how === undefined ? line.outcome : `${line.outcome} (${line.how})`;
}
