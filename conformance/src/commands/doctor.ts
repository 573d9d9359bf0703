import { ACP_VERSION } from '../acp.js';
import { Child } from '../child.js';
import { AdapterUnusable } from '../conversation.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { isFailure, type Judgement } from '../outcome.js';
import { runVectors } from '../run.js';
import { loadSuite, type Suite, type SuiteGroup } from '../suite.js';
import { absoluteCommand, makeSurroundings } from '../surroundings.js';
import { colorsFor, describeCase } from '../terminal.js';
import { spelledLength } from '../values.js';
import { type StartFlags, withStarter } from './run.js';

const VECTOR_COUNT = 10;
const LISTEN_MS = 30_000;

/** What the usual mistakes look like, and what to do about them. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /could not be started/,
    'what stands after -- is a program that is in PATH, or the path of one, and its arguments',
  ],
  [/no answer in time/, 'write out every answer at once: flush standard output after each line'],
  [
    /no JSON|no object|no id:|not UTF-8/,
    'nothing but answers belongs on standard output: print on standard error, or answer on the descriptor in ACP_FD and say --acp-fd',
  ],
  [
    /ended with status|ended by|closed its output/,
    'the adapter has to read lines until its input ends; what it wrote on standard error stands above',
  ],
  [/received null|expected .* received null/, 'a value that is not there has no key: null is never written'],
  [/expected string, received number/, 'a u64 is a decimal string, since JSON numbers lose digits'],
  [/expected number, received string/, 'a u32 and whatever is smaller is a JSON integer'],
  [/lower-case hexadecimal/, 'bytes are lower-case hexadecimal digits, two a byte, and nothing before them'],
  [/not exactly one of/, 'an answer has its id and exactly one of ok, err, unsupported and fault'],
  [/nobody asked for|second answer/, 'each request has one answer, with the id of the request'],
];

/** Asks an adapter ten simple vectors of what it lists, and says what to do about what goes wrong. */
export async function doctorCommand(io: Io, command: readonly string[], flags: StartFlags): Promise<number> {
  const suite = loadSuite();
  try {
    return await withStarter(io, command, flags, suite.identity, async (start) => {
      const greeted = await start('first');
      const { impl, ops, features } = greeted.hello;
      await greeted.stop();
      io.stdout.write(
        `ok    hello of ${impl.name} ${impl.version}: ${ops.length} operations, features ${features.join(', ') || 'none'}\n`,
      );
      for (const op of ops.filter((one) => !Object.hasOwn(suite.operations, one))) {
        io.stdout.write(`      ${op} is no operation of this suite\n`);
      }
      const groups = simpleVectors(suite, ops);
      const { cases, remarks } = await runVectors({ suite, groups, start, seed: 1, isolate: false });
      const colors = colorsFor(io.env, io.stderr.isTTY === true);
      for (const one of cases) {
        const { outcome } = one.judgement;
        if (isFailure(outcome))
          io.stdout.write(
            `${describeCase(suite, one, `amduat-conformance repro ${one.vector.id}`, colors)}\n${advice(one.judgement)}`,
          );
        else io.stdout.write(`${outcome === 'pass' ? 'ok  ' : outcome}  ${one.vector.id}\n`);
      }
      for (const remark of remarks) io.stdout.write(`      the adapter ${remark}\n`);
      if (groups.length === 0) io.stdout.write('      it lists no operation of this suite\n');
      return groups.length > 0 && cases.every(({ judgement }) => !isFailure(judgement.outcome))
        ? EXIT.done
        : EXIT.failures;
    });
  } catch (error) {
    if (!(error instanceof AdapterUnusable)) throw error;
    if (await answersLate(io, command, flags, suite)) {
      io.stdout.write('      its answer to hello came once its input was closed\n');
    }
    io.stdout.write(advice({ outcome: 'crash', message: error.message }));
    throw error;
  }
}

function advice({ message = '', how }: Judgement): string {
  const found = ADVICE.find(([pattern]) => pattern.test(message))?.[1];
  const text =
    found ?? (how === 'code' ? 'the codes are those of specs/errors.json, letter for letter' : undefined);
  return text === undefined ? '' : `      advice: ${text}\n`;
}

/** The shortest vectors of different operations, one of which is a refusal if there is one. */
function simpleVectors(suite: Suite, ops: readonly string[]): SuiteGroup[] {
  const shortest = (list: readonly SuiteGroup[]) => {
    const single = list.flatMap((group) =>
      group.vectors.map((vector) => ({ ...group, vectors: [vector] as const })),
    );
    return single.sort((a, b) => spelledLength(a.vectors[0].in) - spelledLength(b.vectors[0].in));
  };
  const listed = suite.groups.filter(({ op }) => ops.includes(op));
  const plain = shortest(listed).filter(({ vectors: [{ flags }] }) => flags === undefined);
  const refusal = plain.find(({ vectors: [{ kind }] }) => kind === 'reject');
  const answers = plain.filter(({ vectors: [{ kind }] }) => kind !== 'reject');
  const first = answers.filter(({ op }, index) => answers.findIndex((other) => other.op === op) === index);
  const more = answers.filter((group) => !first.includes(group));
  return [...(refusal ? [refusal] : []), ...first, ...more].slice(0, VECTOR_COUNT);
}

/** Whether the answer to `hello` comes when nothing more can follow: it was kept in a buffer. */
async function answersLate(
  io: Io,
  command: readonly string[],
  flags: StartFlags,
  suite: Suite,
): Promise<boolean> {
  const surroundings = makeSurroundings(io.env, flags.env ?? []);
  try {
    return await new Promise((resolve) => {
      const child = new Child(
        {
          command: absoluteCommand(command, io.cwd),
          ...surroundings.of.first,
          otherFd: flags.acpFd === true,
        },
        { line: () => finish(true), fault: () => finish(false), ended: () => finish(false) },
      );
      const timer = setTimeout(() => finish(false), LISTEN_MS * flags.slow);
      const finish = (late: boolean) => {
        clearTimeout(timer);
        void child.stop().then(() => resolve(late));
      };
      child.send(
        JSON.stringify({ id: 'hello', op: 'hello', in: { acp: ACP_VERSION, suite: suite.identity } }),
      );
      child.closeInput();
    });
  } finally {
    surroundings.remove();
  }
}
