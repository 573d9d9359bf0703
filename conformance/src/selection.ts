import { profilesOf, type Suite, type SuiteGroup, type SuiteVector } from './suite.js';
import { UsageError } from './usage-error.js';

/** Which vectors are asked: those of some profiles, or all; and of these what one of `only` names, or all. */
export interface Selection {
  readonly profiles?: readonly string[];
  /** IDs of vectors, with `*` for any text; IDs of clauses; flags. */
  readonly only?: readonly string[];
}

/** A pattern in which `*` stands for any text. */
export function globOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

/**
 * The vectors that are asked, in the order of the suite.
 *
 * @throws UsageError when there is no such profile, or when a pattern names no vector.
 */
export function selectVectors(suite: Suite, { profiles, only }: Selection): SuiteGroup[] {
  for (const id of profiles ?? []) {
    if (!suite.profiles.some((profile) => profile.id === id))
      throw new UsageError(`there is no profile ${id}`);
  }
  const groups = suite.groups.filter(
    ({ spec }) => profiles === undefined || profilesOf(suite, spec).some((id) => profiles.includes(id)),
  );
  if (only === undefined) return groups;
  const idle = only.find((pattern) => !groups.some(({ vectors }) => vectors.some(namedBy(pattern))));
  if (idle !== undefined) throw new UsageError(`${idle} is no vector, clause or flag of what is asked`);
  const tests = only.map(namedBy);
  return groups
    .map((group) => ({
      ...group,
      vectors: group.vectors.filter((vector) => tests.some((test) => test(vector))),
    }))
    .filter(({ vectors }) => vectors.length > 0);
}

function namedBy(pattern: string): (vector: SuiteVector) => boolean {
  const glob = globOf(pattern);
  return ({ id, clauses, flags = [] }) =>
    glob.test(id) || clauses.includes(pattern) || flags.includes(pattern);
}
