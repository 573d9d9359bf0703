// @ts-check
// Puts what comes through its standard input; tells what it was named and how much memory that took.
import { readFileSync } from 'node:fs';
import { formatReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';

const [folder = ''] = process.argv.slice(2);
const store = await openStore(fileSystemStorage(folder));
const writer = await store.openWriter();
const { reference } = await writer.put(process.stdin);
await writer.close();
console.log(JSON.stringify([formatReference(reference), residentKib()]));

/** The most that was ever resident. What the system counts for `resourceUsage` begins with that of the parent. */
function residentKib() {
  if (process.platform !== 'linux') return process.memoryUsage.rss() / 1024;
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]);
}
