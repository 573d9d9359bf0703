import { appendFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { draftKnown, parseKnown } from '../known.js';
import { readNamedFile } from '../usage-error.js';
import { readReport } from './read-report.js';

/** Adds lines for the failures of a report to a list of known ones; they are refused until they are filled in. */
export function knownCommand(io: Io, file: string, reportPath: string): number {
  const path = resolve(io.cwd, file);
  const list = existsSync(path) ? parseKnown(readNamedFile(path)) : [];
  const lines = draftKnown(list, readReport(io, reportPath));
  appendFileSync(path, lines.map((line) => `${line}\n`).join(''));
  io.stdout.write(`${lines.length} lines to be filled in\n`);
  return EXIT.done;
}
