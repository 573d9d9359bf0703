import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAslError } from '@amduat/asl-core';
import { describe, expect, it } from 'vitest';
import { CORE_ROWS } from './decoders/core.js';
import { LOG_ROWS } from './decoders/log.js';
import { REASONS } from './decoders/reasons.js';
import { type Attempt, FAULTS, type Fault, type Row } from './decoders/row.js';
import { SEGMENT_ROWS } from './decoders/segments.js';
import { SNAPSHOT_ROWS } from './decoders/snapshots.js';
import { STORE_ROWS } from './decoders/store.js';

const ROWS: readonly Row[] = [...CORE_ROWS, ...LOG_ROWS, ...SEGMENT_ROWS, ...SNAPSHOT_ROWS, ...STORE_ROWS];

interface Cell {
  readonly triedCount: number;
  readonly refusedCount: number;
}

const REPORT = fileURLToPath(new URL('../.reports/decoder-faults.md', import.meta.url));

const cells = new Map<string, Cell>();
const codes = new Map<string, Set<string>>();

const cellName = (decoder: string, fault: Fault) => `${decoder}: ${fault}`;

/** Whether an input was refused, with a code; what is let in stands for the input and no other. */
async function isRefused(decoder: string, { run, isFaithful }: Attempt): Promise<boolean> {
  let value: unknown;
  try {
    value = run();
    if (value instanceof Promise) value = await value;
  } catch (error) {
    if (!isAslError(error)) throw error;
    codes.set(decoder, (codes.get(decoder) ?? new Set()).add(error.code));
    return true;
  }
  if (!isFaithful(value)) expect({ decoder, value }).toBe('refused');
  return false;
}

async function fill(decoder: string, fault: Fault, attempts: Iterable<Attempt>): Promise<Cell> {
  let triedCount = 0;
  let refusedCount = 0;
  for (const attempt of attempts) {
    triedCount++;
    if (await isRefused(decoder, attempt)) refusedCount++;
  }
  const cell = { triedCount, refusedCount };
  cells.set(cellName(decoder, fault), cell);
  return cell;
}

function textOf({ triedCount, refusedCount }: Cell): string {
  if (triedCount === 0) return 'n/a';
  return refusedCount === triedCount ? String(triedCount) : `${refusedCount} of ${triedCount}`;
}

function report(): string {
  const notes = [...new Set(Object.values(REASONS).flatMap((reasons) => Object.values(reasons)))];
  const lines = ROWS.map(({ decoder }) => {
    const texts = FAULTS.map((fault) => {
      const cell = cells.get(cellName(decoder, fault));
      if (cell === undefined) return '';
      const text = textOf(cell);
      const reason = REASONS[decoder]?.[fault];
      return reason === undefined ? text : `${text} (${notes.indexOf(reason) + 1})`;
    });
    return [decoder, ...texts];
  });
  const table = [['decoder', ...FAULTS], Array(FAULTS.length + 1).fill('---'), ...lines];
  return [
    '# Faulty inputs, by decoder and fault',
    '',
    'A number counts inputs, each refused with a code. "r of t" is r refused of t; the others are right inputs of another',
    'meaning, which the decoder gave back as that.',
    '',
    ...table.map((row) => `| ${row.join(' | ')} |`),
    '',
    ...notes.map((note, index) => `${index + 1}. ${note}`),
    '',
    '## Codes',
    '',
    ...ROWS.map(({ decoder }) => `- ${decoder}: ${[...(codes.get(decoder) ?? [])].sort().join(', ')}`),
    '',
  ].join('\n');
}

describe('decoders of faulty inputs', () => {
  for (const { decoder, clauses, attempts } of ROWS) {
    it(`${clauses} refuse every fault with a code: ${decoder}`, async () => {
      for (const fault of FAULTS) {
        const { triedCount, refusedCount } = await fill(decoder, fault, attempts[fault] ?? []);
        const needsReason = triedCount === 0 || refusedCount < triedCount;
        const said = `${cellName(decoder, fault)}: ${refusedCount} of ${triedCount} refused`;
        expect.soft(REASONS[decoder]?.[fault] !== undefined, said).toBe(needsReason);
      }
    }, 120_000);
  }

  it('[STO-VFY-1] fill a table without empty cells', () => {
    const text = report();
    mkdirSync(dirname(REPORT), { recursive: true });
    writeFileSync(REPORT, text);
    console.log(text);
    expect(cells.size).toBe(ROWS.length * FAULTS.length);
    expect(Object.keys(REASONS).filter((decoder) => !ROWS.some((row) => row.decoder === decoder))).toEqual(
      [],
    );
  });
});
