import { isFailure, OUTCOMES, type Outcome } from './outcome.js';
import { allVectors, featuresOf, type Level, profilesOf, type Suite } from './suite.js';

/** What a profile may be said to be. */
export const VERDICTS = ['nonconformant', 'incomplete', 'conformant'] as const;

/** How many vectors had each outcome; an outcome that none had is left out. */
export type Counts = Partial<Record<Outcome, number>>;

/** What is said of a profile. */
export interface ProfileVerdict {
  readonly verdict: (typeof VERDICTS)[number];
  /** How many vectors the profile has. */
  readonly vectors: number;
  readonly counts: Counts;
  /** The declined features that the verdict lets go. */
  readonly without: readonly string[];
}

/** A vector and what became of it, as far as counting goes. */
export interface Counted {
  readonly id: string;
  readonly level: Level;
  readonly outcome: Outcome;
}

/** Counts outcomes, in the order of the outcomes. */
export function countOutcomes(lines: readonly Counted[]): Counts {
  const counts: Counts = {};
  for (const outcome of OUTCOMES) {
    const count = lines.filter((line) => line.outcome === outcome).length;
    if (count > 0) counts[outcome] = count;
  }
  return counts;
}

/** The profiles that are claimed: the ones asked for, or those with an operation that the adapter lists. */
export function claimedProfiles(
  suite: Suite,
  asked: readonly string[] | undefined,
  ops: readonly string[],
): string[] {
  const listed = new Set(
    suite.groups.filter(({ op }) => ops.includes(op)).flatMap(({ spec }) => profilesOf(suite, spec)),
  );
  return suite.profiles
    .map(({ id }) => id)
    .filter((id) => (asked === undefined ? listed.has(id) : asked.includes(id)));
}

/**
 * The verdict on one profile. A vector without a line was not run.
 *
 * @param features - that the adapter has.
 */
export function verdictOn(
  suite: Suite,
  id: string,
  lines: readonly Counted[],
  features: readonly string[],
): ProfileVerdict {
  const letsGo = suite.profiles.find((profile) => profile.id === id)?.letsGo ?? [];
  const outcomes = new Map(lines.map((line) => [line.id, line.outcome]));
  const own = allVectors(suite)
    .filter(({ group }) => profilesOf(suite, group.spec).includes(id))
    .map(({ vector }) => ({ vector, ...vector, outcome: outcomes.get(vector.id) ?? ('not-run' as const) }));
  const binding = own.filter(({ level }) => level !== 'MAY');
  const lacking = binding.filter(({ outcome }) => outcome === 'unsupported' || outcome === 'not-run');
  /** The declined features that let a vector go that is not there. */
  const excuses = ({ vector, outcome }: (typeof own)[number]) =>
    outcome === 'unsupported'
      ? featuresOf(suite, vector)
          .map((feature) => feature.id)
          .filter((feature) => letsGo.includes(feature) && !features.includes(feature))
      : [];
  const without = [...new Set(lacking.flatMap(excuses))].sort();
  const verdict = binding.some(({ level, outcome }) => level === 'MUST' && isFailure(outcome))
    ? 'nonconformant'
    : lacking.some((line) => excuses(line).length === 0)
      ? 'incomplete'
      : 'conformant';
  return { verdict, vectors: own.length, counts: countOutcomes(own), without };
}
