import { genesisState, type LogRecord, type LogState } from '@amduat/asl-log';
import type { LogPosition } from '@amduat/asl-store-index';
import { anchorOfRecord, loadBase } from './base.js';
import { storeError } from './errors.js';
import { type LogPart, stateBelowParts } from './log-files.js';
import { wholeTables } from './policy-tables.js';
import type { Storage } from './port.js';

/** What a cut does to the records of a log. */
export interface Cut {
  /** The state at which the log is cut. */
  readonly base: LogState;
  readonly manifestHash: Uint8Array;
  /** None if the log is cut there already. */
  readonly dropped: readonly LogRecord[];
  readonly above: readonly LogRecord[];
}

/**
 * Plans a cut.
 *
 * @spec LOG-CUT-1, STO-CUT-3, STO-CUT-6
 * @param parts - the whole log.
 * @param position - the last one that is anchored by default.
 * @throws AslError `STORE.NOT_ANCHORED` when no anchor names the position, or what it names is not there.
 */
export async function planCut(
  storage: Storage,
  open: boolean,
  parts: readonly LogPart[],
  position: LogPosition | undefined,
): Promise<Cut> {
  const header = parts[0]?.header;
  if (header === undefined) throw notAnchored(position);
  const { domainId, baseLogseq, baseManifestHash: manifestHash } = header;
  const records = parts.flatMap((part) => part.records);
  for (const record of [...records].reverse()) {
    const anchor = anchorOfRecord(record);
    if (anchor === undefined || anchor.snapshotLogseq <= baseLogseq) continue;
    if (position !== undefined && anchor.snapshotLogseq !== position) continue;
    const count = Number(anchor.snapshotLogseq - baseLogseq);
    const { recordHash } = records[count - 1] as LogRecord;
    const snapshot = { domainId, position: anchor.snapshotLogseq, recordHash, open };
    // STO-CUT-6: what the table says cannot be made again from what is dropped.
    const base = await loadBase(storage, wholeTables(storage), anchor.manifestHash, snapshot);
    if (base === undefined) throw notAnchored(position);
    return {
      base,
      manifestHash: anchor.manifestHash,
      dropped: records.slice(0, count),
      above: records.slice(count),
    };
  }
  if (baseLogseq === 0n || (position ?? baseLogseq) !== baseLogseq) throw notAnchored(position);
  const base = await stateBelowParts(storage, wholeTables(storage), genesisState(domainId, open), parts);
  return { base, manifestHash, dropped: [], above: records };
}

function notAnchored(position: LogPosition | undefined): ReturnType<typeof storeError> {
  const what = position === undefined ? 'any position' : `position ${position}`;
  return storeError('STORE.NOT_ANCHORED', `no anchor gives the state at ${what}`, {
    position: position?.toString() ?? null,
  });
}
