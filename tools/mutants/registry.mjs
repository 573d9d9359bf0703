// @ts-check
import { allVectors, readMutantFiles, readVectorFiles } from '../spec/documents.mjs';

/**
 * @import { Mutant, Vector } from '../spec/documents.mjs'
 * @typedef {{ op: string, vector: Vector & { in: unknown } }} Question
 * @typedef {{ mutant: Mutant, questions: Question[] }} SpecMutant questions are the vectors that name it in `kills`
 */

/**
 * The mutants that vectors say they kill, in order of their IDs: the misreadings of clauses, each one edit to real code.
 *
 * @param {string} root
 * @returns {Promise<SpecMutant[]>}
 */
export async function readSpecMutants(root) {
  const [mutantFiles, vectorFiles] = await Promise.all([readMutantFiles(root), readVectorFiles(root)]);
  const problems = [...mutantFiles, ...vectorFiles].flatMap((file) => file.problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  /** @type {Map<string, Question[]>} */
  const questions = new Map();
  for (const { group, vector } of allVectors(vectorFiles)) {
    const question = { op: group.op, vector: /** @type {Question['vector']} */ (vector) };
    for (const id of vector.kills) questions.set(id, [...(questions.get(id) ?? []), question]);
  }
  return mutantFiles
    .flatMap(({ value }) => value ?? [])
    .flatMap((mutant) => {
      const asked = questions.get(mutant.id);
      return asked ? [{ mutant, questions: asked }] : [];
    })
    .sort((left, right) => (left.mutant.id < right.mutant.id ? -1 : 1));
}
