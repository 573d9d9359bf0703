import { type AslError, equalBytes, isAslError } from '@amduat/asl-core';
import {
  decodePayload,
  type LogRecord,
  type LogState,
  RECORD_TYPES,
  type SnapshotAnchor,
  stateAtManifest,
} from '@amduat/asl-log';
import {
  type DomainId,
  decodeManifest,
  type LogPosition,
  type LogSeq,
  type Manifest,
  type SnapshotOf,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import { lowestGeneration, readAll } from './objects.js';
import type { TableReader } from './policy-tables.js';
import type { Storage } from './port.js';

/** A state that replay can start from. */
export interface Base {
  readonly base: LogState;
  /** The anchor that names it; none for genesis. */
  readonly anchor: SnapshotAnchor | undefined;
}

/** An anchor that replay does not start from. */
export interface PassedOver {
  readonly anchor: SnapshotAnchor;
  /** Why it is false; undefined if its manifest or policy table is lost. */
  readonly error: AslError | undefined;
}

/** Where replay starts. */
export interface Start extends Base {
  /** The anchors that name a position above the base, up to the one that is asked for; the last one first. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * Chooses where replay to a position starts: at the anchor that names the greatest position up to it.
 *
 * @spec LOG-RPL-10, LOG-RPL-11, LOG-RPL-12
 * @param lowest - the state below the records.
 * @param records - of the log, as they stand in its files; not checked yet.
 * @param to - the position.
 */
export async function chooseStart(
  storage: Storage,
  readTable: TableReader,
  lowest: Base,
  records: readonly LogRecord[],
  to: LogPosition,
): Promise<Start> {
  const { domainId, open, position: from } = lowest.base;
  const passedOver: PassedOver[] = [];
  for (let index = records.length - 1; index >= 0; index--) {
    const anchor = anchorOfRecord(records[index] as LogRecord);
    if (anchor === undefined || anchor.snapshotLogseq > to || anchor.snapshotLogseq <= from) continue;
    const position = anchor.snapshotLogseq;
    const named = records[Number(position - from) - 1];
    if (named?.logseq !== position || !namesPosition(anchor, domainId, named.recordHash)) continue;
    try {
      const base = await loadBase(storage, readTable, anchor.manifestHash, {
        domainId,
        position,
        recordHash: named.recordHash,
        open,
      });
      if (base !== undefined) return { base, anchor, passedOver };
      passedOver.push({ anchor, error: undefined });
    } catch (error) {
      if (!isAslError(error)) throw error;
      passedOver.push({ anchor, error });
    }
  }
  return { ...lowest, passedOver };
}

/** Why the record at a logseq is a false anchor, if it is one that was passed over (LOG-RPL-12). */
export function falseAnchorError({ passedOver }: Start, logseq: LogSeq): AslError | undefined {
  return passedOver.find(({ anchor }) => anchor.logseq === logseq)?.error;
}

/**
 * The state that the snapshot of a position gives.
 *
 * @spec LOG-RPL-11, LOG-RPL-12, STX-MAN-10
 * @param readTable - reads the policy table.
 * @returns the state; undefined if the manifest or the policy table is lost.
 * @throws AslError `MANIFEST.*` when the manifest is not that of the position.
 */
export async function loadBase(
  storage: Storage,
  readTable: TableReader,
  manifestHash: Uint8Array,
  snapshot: SnapshotOf,
): Promise<LogState | undefined> {
  const manifest = await loadManifest(storage, manifestHash, snapshot);
  if (manifest === undefined) return undefined;
  // LOG-RPL-11
  const policy = await readTable(manifest.policyHash, manifest.position);
  return policy && stateAtManifest(manifest, policy, snapshot.open);
}

/** As {@link loadBase}, the manifest alone. */
export async function loadManifest(
  storage: Storage,
  hash: Uint8Array,
  snapshot: SnapshotOf,
): Promise<Manifest | undefined> {
  const name = await lowestGeneration(storage, 'snapshots', hash);
  const encoded = name === undefined ? undefined : await readAll(storage, name);
  if (encoded === undefined) return undefined;
  try {
    return decodeManifest(encoded, { hash, snapshot, hasher });
  } catch (error) {
    if (isAslError(error, 'MANIFEST.DIGEST')) return undefined;
    throw error;
  }
}

/** The anchor that a record is, if it is one that can be. */
export function anchorOfRecord({ logseq, type, payload }: LogRecord): SnapshotAnchor | undefined {
  if (type !== RECORD_TYPES['snapshot-anchor']) return undefined;
  try {
    const body = decodePayload(type, payload)?.body;
    if (body?.type !== 'snapshot-anchor') return undefined;
    // LOG-ACT-5
    return body.logseq === logseq && body.snapshotLogseq > 0n && body.snapshotLogseq < logseq
      ? body
      : undefined;
  } catch (error) {
    if (!isAslError(error)) throw error;
    return undefined;
  }
}

/** LOG-ACT-6 */
export function namesPosition(anchor: SnapshotAnchor, domainId: DomainId, recordHash: Uint8Array): boolean {
  return equalBytes(anchor.snapshotId, snapshotIdOf(domainId, anchor.snapshotLogseq, recordHash, hasher));
}
