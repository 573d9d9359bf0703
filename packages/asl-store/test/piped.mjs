// @ts-check
// Puts what comes through its standard input; tells what it was named and how much memory that took.
import { formatReference } from '@amduat/asl-core';
import { fileSystemStorage, openStore } from '@amduat/asl-store';

const [folder = ''] = process.argv.slice(2);
const store = await openStore(fileSystemStorage(folder));
const writer = await store.openWriter();
const { reference } = await writer.put(process.stdin);
await writer.close();
console.log(JSON.stringify([formatReference(reference), process.resourceUsage().maxRSS]));
