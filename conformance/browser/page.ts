// Runs in the browser.
import {
  type Adapter,
  type Operations,
  runVector,
  type VectorGroup,
  WrongAnswer,
} from '../src/run-vectors.js';

/** What became of one vector; without a problem, it passed. */
export interface Outcome {
  readonly id: string;
  readonly problem?: string;
}

const SHOWN_LENGTH = 400;

/** Asks every vector of the operations of all these packages. */
export function runGroups(adapters: readonly Adapter[], groups: readonly VectorGroup[]): Outcome[] {
  const all: Adapter = {
    operations: union(adapters.map(({ operations }) => operations)),
    inverses: union(adapters.map(({ inverses }) => inverses ?? {})),
  };
  return groups.flatMap(({ op, vectors }) =>
    vectors.map((vector) => {
      try {
        runVector(op, vector, all);
        return { id: vector.id };
      } catch (error) {
        return { id: vector.id, problem: describeProblem(error) };
      }
    }),
  );
}

function union(all: readonly Operations[]): Operations {
  const entries = all.flatMap((operations) => Object.entries(operations));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two packages implement ${twice}`);
  return Object.fromEntries(entries);
}

function describeProblem(error: unknown): string {
  if (!(error instanceof WrongAnswer)) return String(error);
  return `${error.message}: ${shown(error.actual)} instead of ${shown(error.expected)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
