import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { equalBytes, parseReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';
import { EXIT } from 'amduat';
import { describe, expect, it } from 'vitest';
import { amduat, linesOf, startAmduat } from './amduat.js';
import { temporaryFolder } from './folders.js';
import { startRandom } from './random.js';

/** More than a segment takes by default, so that there is something to lose before the command ends. */
const FILES = 5_000;
const KILLS = 4;

function makeFiles(folder: string): void {
  const random = startRandom(7);
  for (let index = 0; index < FILES; index++) {
    const subfolder = join(folder, String(index % 50));
    mkdirSync(subfolder, { recursive: true });
    writeFileSync(join(subfolder, String(index)), random.bytes(20 + random.below(400)));
  }
}

/** Runs `put` and kills it when it has said so many lines; gives the whole ones. */
async function putAndKill(store: string, folder: string, lineCount: number) {
  const child = startAmduat(['--store', store, 'put', folder, '--json'], ['ignore', 'pipe', 'ignore']);
  const said: Buffer[] = [];
  let seen = 0;
  (child.stdout as Readable).on('data', (piece: Buffer) => {
    said.push(piece);
    for (const byte of piece) if (byte === 10 && ++seen === lineCount) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  return { killed: signal === 'SIGKILL', results: linesOf(Buffer.concat(said).toString()) };
}

describe('[STO-DUR-2] the command, killed while it puts a folder', () => {
  it('has told of nothing that is not there', async () => {
    const folder = temporaryFolder();
    const store = join(folder, 'store');
    makeFiles(join(folder, 'files'));
    expect(amduat(['init', store]).exitCode).toBe(EXIT.done);
    const random = startRandom(11);
    const acknowledged = new Map<string, string>();
    let kills = 0;
    for (let round = 0; round < KILLS; round++) {
      const { killed, results } = await putAndKill(store, join(folder, 'files'), 1 + random.below(4_000));
      if (killed) kills++;
      for (const { ref, path } of results) acknowledged.set(ref as string, path as string);
      expect(amduat(['--store', store, 'verify']).exitCode).toBe(EXIT.done);
      const opened = await openStore(fileSystemStorage(store));
      const view = await opened.at();
      for (const [ref, path] of acknowledged) {
        const bytes = await view.get(parseReference(ref));
        expect(bytes !== undefined && equalBytes(bytes, readFileSync(path))).toBe(true);
      }
      await opened.close();
    }
    console.log(`${kills} kills of the command, ${acknowledged.size} artifacts told of, 0 lost`);
    expect(kills).toBe(KILLS);
    expect(acknowledged.size).toBeGreaterThan(1_000);
  }, 300_000);
});
