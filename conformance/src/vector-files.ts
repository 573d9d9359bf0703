import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { VectorGroup } from './run-vectors.js';

const VECTORS = fileURLToPath(new URL('../vectors/', import.meta.url));

/** The folders of `conformance/vectors`, one for each specification, in byte order. */
export function vectorFolders(): string[] {
  return readdirSync(VECTORS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/**
 * Every group of vectors of one specification, in the order of its files.
 *
 * @param spec - folder under `conformance/vectors`.
 */
export function readVectorGroups(spec: string): VectorGroup[] {
  return readdirSync(`${VECTORS}${spec}`)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const file = readFileSync(`${VECTORS}${spec}/${name}`, 'utf8');
      return (JSON.parse(file) as { groups: VectorGroup[] }).groups;
    });
}
