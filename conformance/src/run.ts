import type { Hello } from './acp.js';
import { comparable } from './compare.js';
import { AdapterUnusable, type Asked, type Conversation } from './conversation.js';
import type { Judgement } from './outcome.js';
import { answersTo, judgePlan, type Plan, planVector, requestsOf } from './plan.js';
import { Session, type SessionOptions } from './session.js';
import { shuffled } from './shuffle.js';
import type { Suite, SuiteGroup, SuiteVector } from './suite.js';
import type { Which } from './surroundings.js';
import { firstDifference } from './values.js';

/** What a run is made of. */
export interface RunOptions extends SessionOptions {
  readonly suite: Suite;
  /** The vectors that are asked. */
  readonly groups: readonly SuiteGroup[];
  /** Starts a process, or what stands for one. */
  readonly start: (which: Which) => Promise<Conversation>;
  /** Of the order in the second surroundings. */
  readonly seed: number;
}

/** A vector and what became of it. */
export interface Case {
  readonly group: SuiteGroup;
  readonly vector: SuiteVector;
  readonly judgement: Judgement;
}

/** What a run found out. */
export interface RunResult {
  readonly hello: Hello;
  /** In the order of the suite. */
  readonly cases: readonly Case[];
  /** What else there is to say of the adapter. */
  readonly remarks: readonly string[];
}

/**
 * Asks every vector in two surroundings.
 *
 * @throws AdapterUnusable when the adapter never says hello. If it stops saying so on the way, what is left is `not-run`.
 */
export async function runVectors({ suite, groups, start, seed, isolate }: RunOptions): Promise<RunResult> {
  const first = new Session(() => start('first'), { isolate });
  const second = new Session(() => start('second'), { isolate });
  try {
    const hello = await first.greet();
    const plans = groups.map((group) =>
      group.vectors.map((vector) => planVector(suite, hello, group, vector)),
    );
    const idOf = new Map(
      plans.flat().flatMap((plan) => requestsOf(plan).map((asked) => [asked, plan.vector.id] as const)),
    );
    const remarks = [...(await askGroups(first, plans)), ...(await askGroups(second, secondOrder(plans)))];
    const cases = plans.flat().map((plan) => {
      const once = judgePlan(suite, plan, first.replies, idOf);
      const judgement = isSettled(plan)
        ? once
        : merged(plan, [first, second], once, judgePlan(suite, plan, second.replies, idOf));
      return { group: plan.group, vector: plan.vector, judgement };
    });
    return { hello, cases, remarks: [...new Set(remarks)].sort() };

    /** What brought a process down, or was not answered, is not asked again. */
    function isSettled(plan: Plan): boolean {
      return requestsOf(plan).length === 0 || answersTo(plan, first.replies) === undefined;
    }

    function secondOrder(all: readonly (readonly Plan[])[]): Plan[][] {
      const again = all.map((group) =>
        shuffled(
          seed,
          group.filter((plan) => !isSettled(plan)),
        ),
      );
      return shuffled(seed, again);
    }
  } finally {
    await first.stop();
    await second.stop();
  }
}

/** Asks groups; gives what there is to say of the adapter. */
async function askGroups(session: Session, groups: readonly (readonly Plan[])[]): Promise<string[]> {
  try {
    for (const plans of groups) {
      const requests: Asked[] = plans.flatMap(requestsOf);
      if (requests.length > 0) await session.askGroup(requests);
    }
    await session.end();
    return [...session.remarks];
  } catch (error) {
    if (!(error instanceof AdapterUnusable)) throw error;
    return [...session.remarks, `could not be used any more: ${error.message}`];
  }
}

/** What is to be said of a vector that was asked twice; the first failure is the one that is told. */
function merged(plan: Plan, sessions: readonly Session[], once: Judgement, twice: Judgement): Judgement {
  const given = sessions.map((session) => answersTo(plan, session.replies));
  const [first, second] = given;
  if (first === undefined || second === undefined) {
    return twice.outcome === 'not-run' && once.outcome !== 'pass' ? once : twice;
  }
  if (once.outcome === 'pass' && twice.outcome === 'pass') return once;
  const expected = once.expected ?? twice.expected;
  const difference = firstDifference(first.map(comparable), second.map(comparable), 'answers');
  if (difference === undefined) return once;
  const got = {
    first: first.length === 1 ? first[0] : first,
    second: second.length === 1 ? second[0] : second,
  };
  return { outcome: 'fail', how: 'nondeterministic', expected, got };
}
