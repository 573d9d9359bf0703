// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundlePage } from './bundle.mjs';

const DIST = fileURLToPath(new URL('dist/', import.meta.url));

const html = await bundlePage();
mkdirSync(DIST, { recursive: true });
writeFileSync(`${DIST}check.html`, html);
console.log(`${relative(process.cwd(), `${DIST}check.html`)}: ${Buffer.byteLength(html)} bytes`);
