import { spawnSync } from 'node:child_process';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const PACKAGE = '@sparticuz/chromium';
const CACHE = fileURLToPath(new URL('../.cache/', import.meta.url));

/** Where a Chromium may be; the first that starts is taken. */
const PLACES: readonly (() => LaunchOptions | Promise<LaunchOptions>)[] = [
  packagedChromium,
  () => ({ executablePath: '/usr/bin/chromium' }),
];

/** A headless Chromium, or why there is none. */
export async function launchChromium(): Promise<{ browser: Browser } | { reason: string }> {
  const reasons: string[] = [];
  for (const place of PLACES) {
    try {
      // The page is our own, and root cannot use the sandbox.
      return { browser: await chromium.launch({ ...(await place()), args: ['--no-sandbox'] }) };
    } catch (error) {
      reasons.push((error as Error).message.split('\n')[0] as string);
    }
  }
  return { reason: reasons.join('; ') };
}

/** The Chromium that a package ships compressed, and the libraries beside it that a host may lack. */
async function packagedChromium(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error(`${PACKAGE} is for Linux on x64`);
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const folder = dirname(dirname(dirname(entry)));
  const unpacked = join(CACHE, `chromium-${versionOf(folder)}`);
  if (!existsSync(unpacked)) await unpack(join(folder, 'bin'), unpacked);
  const env = { ...process.env, LD_LIBRARY_PATH: join(unpacked, 'lib') };
  return { executablePath: join(unpacked, 'chromium'), env };
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** All or nothing: whoever finds the folder finds it complete. */
async function unpack(archives: string, folder: string): Promise<void> {
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  try {
    await decompress(join(archives, 'chromium.br'), join(draft, 'chromium'));
    await decompress(join(archives, 'al2023.tar.br'), join(draft, 'lib.tar'));
    const { status, stderr } = spawnSync('tar', ['-xf', 'lib.tar'], { cwd: draft, encoding: 'utf8' });
    if (status !== 0) throw new Error(`tar: ${stderr}`);
    rmSync(join(draft, 'lib.tar'));
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Another process was first.
    if (!existsSync(folder)) throw error;
  }
}

async function decompress(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode: 0o755 }));
}
