import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const INDEX = fileURLToPath(new URL('../index.mjs', import.meta.url));
const SPECS = fileURLToPath(new URL('../../../specs', import.meta.url));

it('the tour stores, hides, shows, tombstones, lifts, travels and verifies real files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amduat-tour-'));
  try {
    const { status, stdout, stderr } = spawnSync(process.execPath, [INDEX, join(folder, 'store'), SPECS], {
      encoding: 'utf8',
    });
    expect(stderr).not.toMatch(/Error/);
    expect(status).toBe(0);
    expect(stdout).toMatch(/read back and equal to their files/);
    expect(stdout).toMatch(/position 0: .* is absent\n/);
    expect(stdout).toMatch(/position [0-9]+: .* is inadmissible\n/);
    expect(stdout).toMatch(/ContentRoot [0-9a-f]{64}\n/);
    expect(stdout).toMatch(/one key differs, .*, by policy/);
    expect(stdout).toMatch(/one byte flipped: refused, the broken link is bytes/);
    expect(stdout).toMatch(/refused, the broken link is domain \(PROOF.KEY\)/);
    expect(stdout).toMatch(/: clean\n/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
