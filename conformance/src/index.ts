/**
 * The suite that holds an implementation to the specifications (PROTOCOL.md).
 *
 * @module
 */

export { registerConformance } from './cli.js';
export {
  type AdapterDefinition,
  converseInProcess,
  defineAdapter,
  type FunctionAdapter,
  type ServeStreams,
  serveStdio,
} from './in-process.js';
export type { Io } from './io.js';
export { makeReport, type Report, type ReportLine, reportSchema, verifyReport } from './report.js';
export { type Case, type RunOptions, type RunResult, runVectors } from './run.js';
export { type Selection, selectVectors } from './selection.js';
export { loadSuite, type Suite, type SuiteFolders, type SuiteGroup, type SuiteVector } from './suite.js';
