// @ts-check
// A writer, or a reader, in a process of its own: answers each line of JSON on its standard input with one.
import { createInterface } from 'node:readline';
import { formatReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';

const [folder = ''] = process.argv.slice(2);
const store = await openStore(fileSystemStorage(folder));
/** @type {import('@amduat/asl-store').Writer | undefined} */
let writer;

/** @type {Record<string, (text: string) => Promise<unknown>>} */
const COMMANDS = {
  async open() {
    writer = await store.openWriter();
    return String(writer.epoch);
  },
  async put(text) {
    const { reference } = await writing().put(new TextEncoder().encode(text));
    return formatReference(reference);
  },
  seal: async () => String(await writing().seal()),
  close: async () => await writing().close(),
  refresh: async () => String((await store.refresh()).position),
};

function writing() {
  if (writer === undefined) throw new Error('open comes first');
  return writer;
}

for await (const line of createInterface({ input: process.stdin })) {
  /** @type {[string, string]} */
  const [command, text] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: (await COMMANDS[command]?.(text)) ?? null }));
  } catch (error) {
    console.log(
      JSON.stringify({ error: error instanceof Error && 'code' in error ? error.code : String(error) }),
    );
  }
}
