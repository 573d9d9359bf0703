import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VectorGroup } from '../src/run-vectors.js';
import { bundleOperations } from './bundle.js';
import { launchChromium } from './chromium.js';
import type { Outcome } from './page.js';

/** A page in a headless Chromium that answers vectors. */
export interface VectorPage {
  runGroups(groups: readonly VectorGroup[]): Promise<Outcome[]>;
  close(): Promise<void>;
}

const HTML =
  '<!doctype html><meta charset="utf-8"><title>Vectors</title><script type="module" src="page.js"></script>';

declare global {
  var runGroups: (groups: readonly VectorGroup[]) => Outcome[];
}

/**
 * Serves the operations of some packages to a Chromium on this machine.
 *
 * @param files - the modules that export `operations`.
 * @returns the page, or why there is no Chromium.
 */
export async function openVectorPage(
  files: readonly string[],
): Promise<{ page: VectorPage } | { reason: string }> {
  const script = await bundleOperations(files);
  const launched = await launchChromium();
  if ('reason' in launched) return launched;
  const server = await serve(script);
  const close = async () => {
    await launched.browser.close();
    server.close();
  };
  try {
    const page = await launched.browser.newPage();
    const failure = new Promise<never>((_, reject) => page.once('pageerror', reject));
    failure.catch(() => {});
    await Promise.race([page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), failure]);
    const runGroups = (groups: readonly VectorGroup[]) =>
      page.evaluate((sent) => globalThis.runGroups(sent), groups);
    return { page: { runGroups, close } };
  } catch (error) {
    await close();
    throw error;
  }
}

function serve(script: string): Promise<Server> {
  const files: Record<string, { type: string; body: string }> = {
    '/': { type: 'text/html', body: HTML },
    '/page.js': { type: 'text/javascript', body: script },
  };
  const server = createServer(({ url = '' }, response) => {
    const file = files[url];
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` }).end(file.body);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
