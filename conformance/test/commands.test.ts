import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { conformance, isRunning, runWithReport, temporaryFolder } from './commands.js';

const SABOTEURS = fileURLToPath(new URL('../saboteurs/', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const adapter = (name: string) => [process.execPath, join(SABOTEURS, `${name}.mjs`), 'asl-1-core'];

function written(text: string): string {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, text);
  return file;
}

/** A line of a list of known failures that names all that fails of false-claim. */
const KNOWN = 'core.seal.*  fail  https://example.org/1  until=2031-12  # not yet\n';

describe('run', () => {
  it('tells what failed, the sentence, what was expected, what came, where, and how to see it again', async () => {
    const { stdout, exitCode } = await conformance([
      'run',
      '--only',
      'core.order.*',
      '--',
      ...adapter('wrong-code'),
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('15 pass');
    const failed = await conformance([
      'run',
      '--only',
      'core.text.nothing',
      '--slow',
      '2',
      '--',
      ...adapter('wrong-code'),
    ]);
    expect(failed.exitCode).toBe(1);
    const [first, ...rest] = failed.stdout.split('\n');
    expect(first).toBe('FAIL (code) core.text.nothing MUST');
    const text = rest.join('\n');
    expect(text).toMatch(/CORE-REF-[0-9]+ “.+MUST.+”/);
    expect(text).toContain('expected "CORE.TEXT.SCHEME" at err.code');
    expect(text).toContain('got      "CORE.REFUSED"');
    expect(text).toContain(
      `again: amduat-conformance run --slow 2 --only core.text.nothing -- ${adapter('wrong-code').join(' ')}`,
    );
  });

  it('shows standard error beside a crash', async () => {
    const command = [process.execPath, '-e', 'console.error("out of luck"); process.exit(9)'];
    const { exitCode, stderr } = await conformance(['run', '--', ...command]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('ended with status 9');
    expect(stderr).toContain('| out of luck');
  });

  it('takes words that name a file from where it was called', async () => {
    const flags = ['run', '--only', 'core.order.*', '--'];
    const command = [process.execPath, 'saboteurs/honest-base.mjs', 'asl-1-core'];
    const { exitCode } = await conformance([...flags, ...command], { cwd: join(ROOT, 'conformance') });
    expect(exitCode).toBe(0);
  });

  it('hands on no variable but those that are named', async () => {
    const script = written('process.exit(process.env.SECRET === undefined ? 4 : 5)');
    const run = (...flags: string[]) =>
      conformance(['run', ...flags, '--', process.execPath, script], {
        env: { PATH: process.env['PATH'], SECRET: 'x' },
      });
    expect((await run()).stderr).toContain('status 4');
    expect((await run('--env', 'SECRET')).stderr).toContain('status 5');
  });

  it('knows known failures, which change no verdict', async () => {
    const { exitCode, report } = await runWithReport(
      ['--profile', 'core', '--known', written(KNOWN)],
      adapter('false-claim'),
    );
    expect(exitCode).toBe(0);
    expect(report.verdicts['core']?.verdict).toBe('nonconformant');
  });

  it.each([
    ['that pass', 'honest-base', '2031-05-17', 4],
    ['that are known no longer', 'false-claim', '2032-01-01', 4],
    ['beside others', 'always-err', '2031-05-17', 1],
    ['beside what was not run', 'exit-unanswered', '2031-05-17', 3],
  ])('is %s', async (_, name, today, exitCode) => {
    const flags = ['--only', 'core.seal.*', '--only', 'core.verify-block.*', '--known', written(KNOWN)];
    expect((await conformance(['run', ...flags, '--', ...adapter(name)], { today })).exitCode).toBe(exitCode);
  });

  it.each([
    ['no command', ['run']],
    ['no such profile', ['run', '--profile', 'all', '--', 'x']],
    ['no such vector', ['run', '--only', 'core.no-such', '--', 'x']],
    ['no factor', ['run', '--slow', '0', '--', 'x']],
    ['no seed', ['run', '--order', 'first', '--', 'x']],
    ['no such option', ['run', '--fast', '--', 'x']],
    ['no such list', ['run', '--known', '/no/such/file', '--', 'x']],
    ['no such command', ['walk']],
    ['no such vector to repeat', ['repro', 'core.no-such']],
    ['no such report', ['verify-report', '/no/such/file']],
  ])('is a wrong command line with %s', async (_, args) => {
    expect((await conformance(args)).exitCode).toBe(2);
  });

  it('says that a program is not there', async () => {
    const { exitCode, stderr } = await conformance(['run', '--', 'no-such-program-anywhere']);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('could not be started');
  });
});

describe('the program', () => {
  const BIN = fileURLToPath(new URL('../bin/amduat-conformance.mjs', import.meta.url));

  it('is there', () => {
    const { status, stdout } = spawnSync(process.execPath, [BIN, 'list', '--only', 'core.order.equal'], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('core.order.equal  MUST  core.compareReferences');
    expect(status).toBe(0);
  });

  it('that is asked to end leaves no process behind', async () => {
    const list = join(temporaryFolder(), 'processes');
    const script = written(`
      require('node:fs').appendFileSync(${JSON.stringify(list)}, process.pid + '\\n');
      process.on('SIGTERM', () => {});
      process.stdin.resume();
      setInterval(() => {}, 1000);`);
    const program = spawn(process.execPath, [BIN, 'run', '--', process.execPath, script], {
      stdio: 'ignore',
    });
    while (!existsSync(list) || readFileSync(list, 'utf8') === '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    program.kill('SIGTERM');
    const [status] = await once(program, 'exit');
    expect(status).toBe(143);
    const pid = Number(readFileSync(list, 'utf8').trim());
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  });
});

describe('list', () => {
  it('lists what would be asked', async () => {
    const { stdout, exitCode } = await conformance(['list', '--only', 'CORE-ENC-3', '--only', 'Blake3']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('core.decode-refused.flag-2-tagged');
    expect(stdout).toMatch(/core\.verify\.blake3 {2}MAY {2}core\.verify {2}CORE-.* {2}Blake3\n/);
    expect(stdout).not.toContain('core.order');
  });
});

describe('repro', () => {
  it('prints a line that a shell takes, and what is expected', async () => {
    const { stdout } = await conformance(['repro', 'core.encode.hello-tagged', ...adapter('honest-base')]);
    const [line = '', expected = '', back = ''] = stdout.split('\n');
    const { stdout: answers } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    const [, first, second] = answers
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(first).toEqual(JSON.parse(expected.replace('expected: ', '')));
    expect(second).toEqual(JSON.parse(back.replace('and back: ', '')));
  });

  it('takes texts with quotation marks', async () => {
    const { stdout } = await conformance(['repro', 'core.text.nothing', 'it’s', "it's"]);
    expect(stdout.split('\n')[0]).toMatch(/ADAPTER|'it’s' 'it'\\''s'$/);
  });
});

describe('doctor', () => {
  it('finds a sound adapter sound', async () => {
    const { stdout, exitCode } = await conformance(['doctor', '--', ...adapter('honest-base')]);
    expect(stdout.split('\n').filter((line) => line.startsWith('ok  '))).toHaveLength(11);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['noise', 'print on standard error', 1],
    ['banner', 'print on standard error', 3],
    ['null-for-nothing', 'null is never written', 1],
    ['upper-case', 'lower-case hexadecimal digits', 1],
    ['two-keys-or-null', 'exactly one of', 1],
    ['wrong-code', 'letter for letter', 1],
    ['exit-at-once', 'read lines until its input ends', 3],
  ])('has advice for %s', async (name, advice, exitCode) => {
    const ended = await conformance(['doctor', '--', ...adapter(name)]);
    expect(ended.stdout).toContain('advice: ');
    expect(ended.stdout).toContain(advice);
    expect(ended.exitCode).toBe(exitCode);
  });

  it('has advice for whoever writes numbers for u64', async () => {
    const script = written(`
      process.stdin.on('data', (data) => {
        for (const line of data.toString().trim().split('\\n')) {
          const { id, op } = JSON.parse(line);
          const hello = { acp: 1, impl: { name: 'a', version: '1' }, ops: ['state.parse'] };
          const ok = { hello, ping: {}, reset: {} }[op] ?? { snapshotId: '00', position: 1 };
          console.log(JSON.stringify({ id, ok }));
        }
      });`);
    expect((await conformance(['doctor', '--', process.execPath, script])).stdout).toContain(
      'a u64 is a decimal string',
    );
  });

  it('has advice for whoever does not flush', async () => {
    const script = written(`
      let kept = '';
      process.stdin.on('data', (data) => {
        const { id } = JSON.parse(data);
        kept += JSON.stringify({ id, ok: { acp: 1, impl: { name: 'a', version: '1' }, ops: [] } }) + '\\n';
      });
      process.stdin.on('end', () => process.stdout.write(kept));`);
    const { stdout, exitCode } = await conformance([
      'doctor',
      '--slow',
      '0.02',
      '--',
      process.execPath,
      script,
    ]);
    expect(stdout).toContain('came once its input was closed');
    expect(stdout).toContain('flush standard output');
    expect(exitCode).toBe(3);
  });
});

describe('reports', () => {
  it('are compared', async () => {
    const flags = ['--only', 'core.seal.*', '--only', 'core.order.*'];
    const sound = await runWithReport(flags, adapter('honest-base'));
    const worse = await runWithReport(flags, adapter('false-claim'));
    const less = await runWithReport(['--only', 'core.order.*'], adapter('honest-base'));
    const diff = await conformance(['diff', sound.file, worse.file]);
    expect(diff.stdout.split('\n')[0]).toBe('core.seal.abc  pass → fail (false-claim)');
    expect(diff.stdout.trim().split('\n')).toHaveLength(6);
    expect(diff.exitCode).toBe(1);
    expect((await conformance(['diff', worse.file, sound.file])).exitCode).toBe(0);
    expect(await conformance(['diff', sound.file, sound.file])).toMatchObject({ exitCode: 0, stdout: '' });
    expect((await conformance(['diff', sound.file, less.file])).stdout).toContain(
      'core.seal.abc  pass → not asked',
    );
  });

  it('are verified', async () => {
    const { file, report } = await runWithReport(['--only', 'core.seal.*'], adapter('false-claim'));
    expect(await conformance(['verify-report', file])).toMatchObject({ exitCode: 0, stdout: 'sound\n' });
    writeFileSync(file, JSON.stringify({ ...report, counts: { MUST: { pass: 6 } } }));
    expect(await conformance(['verify-report', file])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('"fail":6'),
    });
  });

  it('become lines of known failures, to be filled in', async () => {
    const { file } = await runWithReport(['--only', 'core.seal.*'], adapter('false-claim'));
    const list = join(temporaryFolder(), 'known');
    expect(await conformance(['known', list, file])).toMatchObject({
      exitCode: 0,
      stdout: '6 lines to be filled in\n',
    });
    const text = readFileSync(list, 'utf8');
    expect(text.split('\n')[0]).toBe('core.seal.abc  fail  ISSUE  until=YYYY-MM  # REASON');
    writeFileSync(list, text.replaceAll('ISSUE', 'https://example.org/1').replaceAll('YYYY-MM', '2031-12'));
    const flags = ['run', '--known', list, '--only', 'core.seal.*', '--'];
    expect((await conformance([...flags, ...adapter('false-claim')])).exitCode).toBe(0);
    expect(await conformance(['known', list, file])).toMatchObject({ stdout: '0 lines to be filled in\n' });
  });
});
