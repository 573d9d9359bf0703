import { formatHex, formatReference } from '@amduat/asl-core';
import { decodePayload, type LogRecord } from '@amduat/asl-log';
import type { Store } from '@amduat/asl-store';
import { Option } from 'commander';
import type { z } from 'zod';
import type { Register, Run } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { parseU64 } from '../parse.js';
import { logResult } from '../schemas.js';
import { withStore } from '../session.js';
import { printSteps } from '../steps.js';

interface LogOptions {
  readonly after?: bigint;
  readonly at?: bigint;
  readonly steps?: boolean;
}

/** `amduat log`: lists the records of the log, or tells what a replay of them does. */
export const registerLog: Register = (program, action) => {
  program
    .command('log')
    .description('list the records of the log, or the steps by which they make a state')
    .option('--after <logseq>', 'only those after it', parseU64)
    .option('--at <position>', 'as it was at a position of the log', parseU64)
    .addOption(
      new Option(
        '--steps',
        'replay the log, and say what it starts from and what each record does',
      ).conflicts('after'),
    )
    .action(
      action(async (run, options: LogOptions) =>
        withStore(run, async (store) => {
          if (options.steps) await printSteps(run, store.replay(options.at));
          else await printRecords(run, store, options);
          return EXIT.done;
        }),
      ),
    );
};

async function printRecords(run: Run, store: Store, { after, at }: LogOptions): Promise<void> {
  const { position } = (await store.at(at)).state;
  for await (const record of store.log(after)) {
    if (run.surroundings.signal.aborted || record.logseq > position) break;
    const line = describeRecord(record);
    run.output.result(logResult, line, `${line.logseq}\t${line.type}\t${textOf(line.body)}`);
  }
}

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
