import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { isAslError } from '@amduat/asl-core';
import { describe, expect, it } from 'vitest';
import {
  CLAIM_DONE,
  decodeClaim,
  dropClaim,
  encodeClaim,
  type Holder,
  holdClaim,
  holderMayRun,
  thisHolder,
} from '../src/claim.js';

const here = thisHolder(new Uint8Array(32).fill(5));

describe('[STO-CLM-2] the holder of an epoch', () => {
  it('may run as long as it holds its claim, in this process', () => {
    expect(holderMayRun(here)).toBe(false);
    holdClaim(here);
    expect(holderMayRun(here)).toBe(true);
    expect(holderMayRun({ ...here, nonce: 'another' })).toBe(false);
    dropClaim(here);
    expect(holderMayRun(here)).toBe(false);
    // Another thread of this process has claims of its own.
    expect(holderMayRun({ ...here, thread: here.thread + 1 })).toBe(true);
  });

  it('may run where nobody here can tell, and does not if its machine was started anew', () => {
    const gone: Holder = { ...here, process: 2 ** 22 + 5, processStart: '1' };
    expect(holderMayRun(gone)).toBe(false);
    expect(holderMayRun({ ...gone, host: 'another' })).toBe(true);
    expect(holderMayRun({ ...gone, boot: 'before' })).toBe(false);
    expect(holderMayRun({ ...gone, processNamespace: 'pid:[1]' })).toBe(true);
    expect(holderMayRun({ ...gone, processStart: '' })).toBe(false);
  });

  it('is told from another process with its number', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(child, 'spawn');
    const holder: Holder = { ...here, process: child.pid as number, processStart: '' };
    expect(holderMayRun(holder)).toBe(true);
    expect(holderMayRun({ ...holder, processStart: '1' })).toBe(process.platform !== 'linux');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(holderMayRun(holder)).toBe(false);
  });
});

describe('a claim', () => {
  it('[STO-CLM-1] is a line of JSON and its hash', () => {
    const holder: Holder = {
      domain: '05'.repeat(32),
      host: 'höst "a\\b"\n\u0001\u007f\u{1f600}',
      boot: '',
      processNamespace: 'pid:[4026531836]',
      process: 42,
      processStart: '1234',
      thread: 0,
      nonce: '0f',
    };
    const line =
      `{"domain":"${'05'.repeat(32)}",` +
      String.raw`"host":"h\u00f6st \"a\\b\"\n\u0001\u007f\ud83d\ude00","boot":"","processNamespace":"pid:[4026531836]",` +
      '"process":42,"processStart":"1234","thread":0,"nonce":"0f"}';
    const hash = createHash('sha256').update(line).digest('hex');
    expect(Buffer.from(encodeClaim(holder)).toString('latin1')).toBe(`${line}\n${hash}\n`);
    expect(Buffer.from(CLAIM_DONE).toString('latin1')).toBe('done\n');
  });

  it('[STO-CLM-1] is read back, with or without the word that it is done', () => {
    for (const holder of [here, { ...here, host: 'höst "quoted"\n' }]) {
      const claim = encodeClaim(holder);
      expect(decodeClaim('writer/1', claim)).toEqual({ holder, done: false });
      expect(decodeClaim('writer/1', Buffer.concat([claim, CLAIM_DONE]))).toEqual({ holder, done: true });
      // Its holder ended while it said so.
      expect(decodeClaim('writer/1', Buffer.concat([claim, CLAIM_DONE.subarray(0, 2)]))).toMatchObject({
        done: false,
      });
    }
  });

  it('[STO-CLM-1] is refused when a bit of it is another, or something is missing or too much', () => {
    const claim = Buffer.concat([encodeClaim(here), CLAIM_DONE]);
    const refused = (bytes: Uint8Array) => {
      try {
        decodeClaim('writer/1', bytes);
        return false;
      } catch (error) {
        return isAslError(error, 'STORE.CONFLICT');
      }
    };
    for (let at = 0; at < claim.length; at++) {
      for (const bit of [1, 2, 32, 128]) {
        const flipped = Buffer.from(claim);
        flipped[at] = (flipped[at] as number) ^ bit;
        expect(refused(flipped)).toBe(true);
      }
    }
    for (let length = 0; length < claim.length - CLAIM_DONE.length; length++) {
      expect(refused(claim.subarray(0, length))).toBe(true);
    }
    for (const bytes of ['', 'null\n', '[]\n', '{}\n', '{"domain":1}\n', `${claim}x`, `${claim}${claim}`]) {
      expect(refused(Buffer.from(bytes))).toBe(true);
    }
  });
});
