import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const PYTHON = fileURLToPath(new URL('../python/', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;

function python(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', ...args], { cwd: PYTHON, encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}`.trim() };
}

describe.skipIf(!hasPython)('the Python implementation', () => {
  it('passes every vector', () => {
    const { status, text } = python('run_vectors.py');
    expect(text).toMatch(/(^|\n)[1-9][0-9]* passed, 0 failed$/);
    expect(status).toBe(0);
  });

  it('passes every vector, or declines it as the specification says, without BLAKE3', () => {
    const { status, text } = python('run_vectors.py', '--without-blake3');
    expect(text).toMatch(/(^|\n)[1-9][0-9]* passed, 0 failed$/);
    expect(status).toBe(0);
  });

  it('hashes as BLAKE3 publishes', () => {
    expect(python('test_blake3.py')).toMatchObject({ status: 0 });
    expect(python('test_ed25519.py')).toMatchObject({ status: 0 });
  });

  const generators = readdirSync(`${PYTHON}generate`).filter((name) => /^(asl|enc)_.*\.py$/.test(name));
  it.each(generators.sort())('made the vectors that generate/%s makes', (generator) => {
    expect(python(`generate/${generator}`, '--check')).toMatchObject({ status: 0 });
  });
});
