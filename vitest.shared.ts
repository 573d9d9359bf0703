import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Every workspace package answers from its sources, so that a test sees an edit without a build. */
function sourceAliases(): { find: RegExp; replacement: string }[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const manifest = join(root, 'packages', folder, 'package.json');
    if (!existsSync(manifest)) return [];
    const { name } = JSON.parse(readFileSync(manifest, 'utf8')) as { name: string };
    const source = join(root, 'packages', folder, 'src');
    return [
      { find: new RegExp(`^${name}$`), replacement: join(source, 'index.ts') },
      { find: new RegExp(`^${name}/(\\w+)$`), replacement: join(source, '$1.ts') },
    ];
  });
}

const shared: ViteUserConfig = {
  resolve: { alias: sourceAliases() },
  test: {
    include: ['test/**/*.test.{ts,mjs}'],
    setupFiles: [join(root, 'vitest.setup.ts')],
    reporters: ['default', 'json'],
    // Long enough for the slowest machine: no test is about time.
    testTimeout: 300_000,
    hookTimeout: 60_000,
    outputFile: { json: '.reports/vitest.json' },
  },
};

export default shared;
