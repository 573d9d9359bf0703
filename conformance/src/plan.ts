import type { Answer, Hello } from './acp.js';
import { type Expectation, judgeAnswer, judgeWayBack, type WayBack, wayBackOf } from './compare.js';
import type { Asked } from './conversation.js';
import type { Judgement } from './outcome.js';
import type { Culprit, Reply } from './session.js';
import { featuresOf, type Suite, type SuiteGroup, type SuiteVector } from './suite.js';
import { spelledLength } from './values.js';

/** What is asked of a vector. */
export interface Plan {
  readonly group: SuiteGroup;
  readonly vector: SuiteVector;
  /** What is expected of this adapter. */
  readonly expected: Expectation;
  /** The operation itself, unless it is not asked. */
  readonly ask?: Asked;
  /** Of a roundtrip, the inverse operation on what is expected: it needs no answer to be asked. */
  readonly back?: { readonly ask: Asked; readonly way: WayBack };
  /** Why the vector cannot pass, though what is asked of it may fail. */
  readonly unsupported?: string;
}

/** Plans a vector for an adapter. */
export function planVector(suite: Suite, hello: Hello, group: SuiteGroup, vector: SuiteVector): Plan {
  const declined = featuresOf(suite, vector).filter(({ id }) => !hello.features.includes(id));
  const refusal = declined.find((feature) => feature.declined !== undefined)?.declined;
  const plan = { group, vector, expected: refusal ?? vector.expect };
  const lacking = declined.find((feature) => feature.declined === undefined);
  if (lacking !== undefined) return { ...plan, unsupported: `${lacking.id} is declined` };
  if (!hello.ops.includes(group.op)) return { ...plan, unsupported: `${group.op} is not listed` };
  const asking = { ...plan, ask: asked(group.op, vector.in) };
  if (vector.kind !== 'roundtrip' || refusal !== undefined) return asking;
  const way = wayBackOf(suite.operations, operationOf(suite, group.op), vector);
  if (!hello.ops.includes(way.op))
    return { ...asking, unsupported: `the way back, ${way.op}, is not listed` };
  return { ...asking, back: { ask: asked(way.op, way.in), way } };
}

function asked(op: string, given: unknown): Asked {
  return { op, in: given, length: spelledLength(given) };
}

function operationOf({ operations }: Suite, op: string) {
  const operation = operations[op];
  if (operation === undefined) throw new Error(`the suite has no operation ${op}`);
  return operation;
}

/** What a plan asks, in order. */
export function requestsOf({ ask, back }: Plan): Asked[] {
  return [...(ask ? [ask] : []), ...(back ? [back.ask] : [])];
}

/** The answers to what a plan asked; undefined if one is missing. */
export function answersTo(plan: Plan, replies: ReadonlyMap<Asked, Reply>): Answer[] | undefined {
  const answers = requestsOf(plan).map((request) => {
    const reply = replies.get(request);
    return typeof reply === 'object' && 'answer' in reply ? reply.answer : undefined;
  });
  return answers.every((answer) => answer !== undefined) ? answers : undefined;
}

/**
 * Judges what became of a plan.
 *
 * @param idOf - the vector of any request that was made.
 */
export function judgePlan(
  suite: Suite,
  plan: Plan,
  replies: ReadonlyMap<Asked, Reply>,
  idOf: ReadonlyMap<Asked, string>,
): Judgement {
  const { group, expected, ask, back, unsupported } = plan;
  const judgement =
    ask === undefined
      ? undefined
      : judgeReply(replies.get(ask), idOf, expected, (answer) =>
          judgeAnswer(operationOf(suite, group.op), expected, answer),
        );
  if (judgement !== undefined && judgement.outcome !== 'pass') return judgement;
  if (unsupported !== undefined) return { outcome: 'unsupported', message: unsupported };
  if (back === undefined) return judgement as Judgement;
  const { way } = back;
  return judgeReply(replies.get(back.ask), idOf, { ok: way.expected }, (answer) =>
    judgeWayBack(operationOf(suite, way.op), way, answer),
  );
}

function judgeReply(
  reply: Reply | undefined,
  idOf: ReadonlyMap<Asked, string>,
  expected: unknown,
  judge: (answer: Answer) => Judgement,
): Judgement {
  if (reply === undefined || reply === 'not-run') return { outcome: 'not-run' };
  return 'answer' in reply ? judge(reply.answer) : judgeCulprit(reply.culprit, idOf, expected);
}

function judgeCulprit(
  { broken, how, after }: Culprit,
  idOf: ReadonlyMap<Asked, string>,
  expected: unknown,
): Judgement {
  const { kind, message, stderr } = broken;
  return {
    outcome: kind,
    ...(how !== undefined && { how }),
    expected,
    message,
    ...(after !== undefined && { after: [...new Set(after.map((one) => idOf.get(one) as string))] }),
    stderr,
  };
}
