import { ACP_VERSION } from '../acp.js';
import { wayBackOf } from '../compare.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { quoted, shellLine } from '../shell.js';
import { allVectors, loadSuite, type Suite, type SuiteGroup, type SuiteVector } from '../suite.js';
import { UsageError } from '../usage-error.js';

/** Prints a line for the shell that asks one vector, and what is expected. */
export function reproCommand({ stdout }: Io, id: string, command: readonly string[]): number {
  const suite = loadSuite();
  const found = allVectors(suite).find(({ vector }) => vector.id === id);
  if (found === undefined) throw new UsageError(`there is no vector ${id}`);
  const { group, vector } = found;
  const hello = { id: 'hello', op: 'hello', in: { acp: ACP_VERSION, suite: suite.identity } };
  const asked = { id, op: group.op, in: vector.in };
  const back = vector.kind === 'roundtrip' ? backOf(suite, group, vector) : undefined;
  const lines = [hello, asked, ...(back ? [back.asked] : [])].map((line) => quoted(JSON.stringify(line)));
  stdout.write(
    `printf '%s\\n' ${lines.join(' ')} | ${command.length > 0 ? shellLine(command) : 'ADAPTER'}\n`,
  );
  stdout.write(`expected: ${JSON.stringify({ id, ...vector.expect })}\n`);
  if (back !== undefined) stdout.write(`and back: ${JSON.stringify(back.expected)}\n`);
  for (const clause of vector.clauses) stdout.write(`${clause}: ${suite.clauses.get(clause)}\n`);
  return EXIT.done;
}

function backOf(suite: Suite, { op }: SuiteGroup, vector: SuiteVector) {
  const operation = suite.operations[op];
  if (operation === undefined) throw new Error(`the suite has no operation ${op}`);
  const way = wayBackOf(suite.operations, operation, vector);
  const id = `${vector.id} back`;
  return { asked: { id, op: way.op, in: way.in }, expected: { id, ok: way.expected } };
}
