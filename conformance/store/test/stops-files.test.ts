import { describe, it } from 'vitest';
import { FILES_CASE } from './stops/runs.js';
import { expectToGoOn } from './stops/writes.js';

describe('[STO-DUR-2] [STO-DUR-3] [STO-DUR-4] [STO-SNP-2] [STO-CUT-1] [STO-CUT-4] puts, snapshots and cuts in a folder', () => {
  it('that are gone after any step leave what was acknowledged, and go on to the same end', () =>
    expectToGoOn(FILES_CASE));
});
