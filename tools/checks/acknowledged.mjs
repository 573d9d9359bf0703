// @ts-check
import { ACKNOWLEDGED, readAcknowledged, writeAcknowledged } from '../spec/acknowledged.mjs';

export const name = 'acknowledged';

/**
 * Names the vectors of each clause whose sentence was edited after they had last been read beside it.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function check(root) {
  const { clauses, citing, given, problems } = await readAcknowledged(root);
  if (!given) return problems;
  const stale = [...citing].flatMap(([id, vectors]) => {
    if (given[id] === undefined) return [`${ACKNOWLEDGED}: [${id}] is not listed, run pnpm fix`];
    if (given[id] === clauses.get(id)?.sha256) return [];
    return [
      `${ACKNOWLEDGED}: [${id}] was edited: read ${vectors.join(', ')} again, then run pnpm acknowledge ${id}`,
    ];
  });
  const unknown = Object.keys(given).filter((id) => !citing.has(id));
  return [...stale, ...unknown.map((id) => `${ACKNOWLEDGED}: no vector cites [${id}], run pnpm fix`)];
}

/**
 * Lists clauses that are cited for the first time, and forgets those that no vector cites; what was edited stays stale.
 * @param {string} root
 */
export async function fix(root) {
  const { clauses, citing, given } = await readAcknowledged(root);
  if (!given) return;
  const listed = [...citing.keys()].map((id) => [id, given[id] ?? clauses.get(id)?.sha256 ?? '']);
  await writeAcknowledged(root, Object.fromEntries(listed));
}
