import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeArtifactHead, formatReference, HASH_SHA256 } from '@amduat/asl-core';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { AMDUAT, amduat } from './amduat.js';
import { temporaryFolder } from './folders.js';

const LENGTH = 2 ** 32;
const PIECE_LENGTH = 2 ** 20;
const PEAK_MAX_MIB = 256;
const FREE_LENGTH = 10 * 2 ** 30;

const TELL_PEAK = new URL('memory/tell-peak.mjs', import.meta.url).href;

/** A store of 4 GiB needs room, and the peak is what Linux says. */
function isPossible(): boolean {
  const { bavail, bsize } = statfsSync(tmpdir());
  return bavail * bsize >= FREE_LENGTH && existsSync('/proc/self/status');
}

interface Measured {
  readonly child: ChildProcess;
  /** Waits for the end; gives the peak in MiB. */
  end(): Promise<number>;
}

function startMeasured(args: readonly string[]): Measured {
  const peakFile = join(temporaryFolder(), 'peak');
  const child = spawn(process.execPath, ['--import', TELL_PEAK, AMDUAT, ...args], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, PEAK_FILE: peakFile },
  });
  const closed = once(child, 'close');
  return {
    child,
    async end() {
      expect(await closed).toEqual([EXIT.done, null]);
      return Number(readFileSync(peakFile, 'latin1')) / 1024;
    },
  };
}

/** Writes pieces of which no two are equal, and nowhere a page that is; gives the hex of the artifact's digest. */
async function writeAll(stdin: Writable): Promise<string> {
  const hash = createHash('sha256').update(encodeArtifactHead(BigInt(LENGTH)));
  for (let offset = 0; offset < LENGTH; offset += PIECE_LENGTH) {
    const piece = Buffer.alloc(PIECE_LENGTH, offset / PIECE_LENGTH);
    for (let page = 0; page < PIECE_LENGTH; page += 4096) piece.writeBigUInt64LE(BigInt(offset + page), page);
    hash.update(piece);
    if (!stdin.write(piece)) await once(stdin, 'drain');
  }
  stdin.end();
  return hash.digest('hex');
}

async function hashAll(stdout: Readable): Promise<string> {
  const hash = createHash('sha256').update(encodeArtifactHead(BigInt(LENGTH)));
  for await (const piece of stdout) hash.update(piece as Buffer);
  return hash.digest('hex');
}

describe.skipIf(!isPossible())('4 GiB through a pipe', () => {
  it(`[STO-RDR-6] are stored and given back with less than ${PEAK_MAX_MIB} MiB resident`, async () => {
    const store = join(temporaryFolder(), 'store');
    expect(amduat(['init', store]).exitCode).toBe(EXIT.done);
    const put = startMeasured(['--store', store, 'put', '-', '--json']);
    const said: Buffer[] = [];
    put.child.stdout?.on('data', (piece: Buffer) => said.push(piece));
    const hex = await writeAll(put.child.stdin as Writable);
    const putPeak = await put.end();
    const { ref } = JSON.parse(Buffer.concat(said).toString());
    expect(ref).toBe(formatReference({ hashId: HASH_SHA256, digest: Buffer.from(hex, 'hex') }));
    const get = startMeasured(['--store', store, 'get', ref]);
    expect(await hashAll(get.child.stdout as Readable)).toBe(hex);
    const getPeak = await get.end();
    const verify = startMeasured(['--store', store, 'verify']);
    const verifyPeak = await verify.end();
    const peaks = { put: putPeak, get: getPeak, verify: verifyPeak };
    console.log(`peak resident memory in MiB: ${JSON.stringify(peaks)}`);
    for (const peak of Object.values(peaks)) expect(peak).toBeLessThan(PEAK_MAX_MIB);
    expect(Math.min(...Object.values(peaks))).toBeGreaterThan(10);
  }, 900_000);
});
