import type { Example } from '../src/derivation/index.js';
import { expandRecipes } from '../src/recipes.js';
import { readVectorGroups, vectorFolders } from '../src/vector-files.js';

interface Flagged {
  readonly flags?: readonly string[];
}

/** Every vector on disk, its recipes expanded, but for those of up to 64 MiB. */
export function everyExample(): Example[] {
  return vectorFolders()
    .flatMap(readVectorGroups)
    .flatMap(({ op, vectors }) =>
      vectors
        .filter((vector) => !(vector as Flagged).flags?.includes('LargeInput'))
        .map(({ id, in: input, expect }) => {
          const example = { id, op, in: expandRecipes(input) as Example['in'] };
          if (!('ok' in expect)) return example;
          return { ...example, ok: expandRecipes(expect.ok) as NonNullable<Example['ok']> };
        }),
    );
}
