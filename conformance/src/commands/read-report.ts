import { resolve } from 'node:path';
import { z } from 'zod';
import type { Io } from '../io.js';
import { type Report, reportSchema } from '../report.js';
import { readNamedFile, UsageError } from '../usage-error.js';

/**
 * Reads a report, without believing what it says of its lines.
 *
 * @throws UsageError when it has not the form of one.
 */
export function readReport(io: Io, path: string): Report {
  const parsed = reportSchema.safeParse(readJson(io, path));
  if (!parsed.success) throw new UsageError(`${path} is no report: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** @throws UsageError when it is no JSON. */
export function readJson({ cwd }: Io, path: string): unknown {
  const text = readNamedFile(resolve(cwd, path));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`);
  }
}
