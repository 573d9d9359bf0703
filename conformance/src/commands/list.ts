import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { selectVectors } from '../selection.js';
import { loadSuite } from '../suite.js';

/** Lists vectors: ID, level, operation, clauses, flags. */
export function listCommand(
  { stdout }: Io,
  { profile, only }: { readonly profile?: readonly string[]; readonly only?: readonly string[] },
): number {
  const groups = selectVectors(loadSuite(), { ...(profile && { profiles: profile }), ...(only && { only }) });
  for (const { op, vectors } of groups) {
    for (const { id, level, clauses, flags = [] } of vectors) {
      stdout.write(`${[id, level, op, clauses.join(','), ...flags].join('  ')}\n`);
    }
  }
  return EXIT.done;
}
