import { formatHex, formatReference } from '@amduat/asl-core';
import { decodePayload, type LogRecord } from '@amduat/asl-log';
import type { z } from 'zod';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseU64 } from '../parse.js';
import { logResult } from '../schemas.js';
import { withStore } from '../session.js';

/** `amduat log`: lists the records of the log. */
export const registerLog: Register = (program, action) => {
  program
    .command('log')
    .description('list the records of the log')
    .option('--after <logseq>', 'only those after it', parseU64, 0n)
    .action(
      action(async (run, options: { after: bigint }) =>
        withStore(run, async (store) => {
          for await (const record of store.log(options.after)) {
            if (run.surroundings.signal.aborted) break;
            const line = describeRecord(record);
            run.output.result(logResult, line, `${line.logseq}\t${line.type}\t${textOf(line.body)}`);
          }
          return EXIT.done;
        }),
      ),
    );
};

type LogLine = z.infer<typeof logResult>;

function describeRecord(record: LogRecord): LogLine {
  const payload = decodePayload(record.type, record.payload);
  const { type, ...body } = payload?.body ?? { type: `unknown-${record.type}` };
  return {
    logseq: record.logseq.toString(),
    type,
    public: payload?.public === 1,
    recordHash: formatHex(record.recordHash),
    body: jsonOf(body) as LogLine['body'],
  };
}

/** Bytes as hex, u64 as decimal digits, references as text. */
function jsonOf(value: unknown): LogLine['body'][string] {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return formatHex(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value as string | number | boolean | null;
  if ('hashId' in value && 'digest' in value) return formatReference(value as never);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member)]));
}

function textOf(body: LogLine['body']): string {
  return Object.entries(body)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join(' ');
}
