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
  decodePolicy,
  type LogPosition,
  type Manifest,
  type SnapshotOf,
  snapshotIdOf,
} from '@amduat/asl-store-index';
import { nodeSha256Hasher as hasher } from './hasher.js';
import type { HashedKind } from './names.js';
import { lowestGeneration, readAll } from './objects.js';
import type { Storage } from './port.js';

/** Where replay starts. */
export interface Start {
  readonly base: LogState;
  /** The anchors above that are false: logseq → why. */
  readonly falseAnchors: ReadonlyMap<bigint, AslError>;
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
  lowest: LogState,
  records: readonly LogRecord[],
  to: LogPosition,
): Promise<Start> {
  const { domainId, open } = lowest;
  const falseAnchors = new Map<bigint, AslError>();
  for (let index = records.length - 1; index >= 0; index--) {
    const anchor = anchorOfRecord(records[index] as LogRecord);
    if (anchor === undefined || anchor.snapshotLogseq > to || anchor.snapshotLogseq <= lowest.position)
      continue;
    const position = anchor.snapshotLogseq;
    const named = records[Number(position - lowest.position) - 1];
    if (named?.logseq !== position || !namesPosition(anchor, domainId, named.recordHash)) continue;
    try {
      const base = await loadBase(storage, anchor.manifestHash, {
        domainId,
        position,
        recordHash: named.recordHash,
        open,
      });
      if (base !== undefined) return { base, falseAnchors };
    } catch (error) {
      if (!isAslError(error)) throw error;
      falseAnchors.set(anchor.logseq, error);
    }
  }
  return { base: lowest, falseAnchors };
}

/**
 * The state that the snapshot of a position gives.
 *
 * @spec LOG-RPL-11, LOG-RPL-12, STX-MAN-10
 * @returns the state; undefined if the manifest or the policy table is lost.
 * @throws AslError `MANIFEST.*` when the manifest is not that of the position.
 */
export async function loadBase(
  storage: Storage,
  manifestHash: Uint8Array,
  snapshot: SnapshotOf,
): Promise<LogState | undefined> {
  const manifest = await loadManifest(storage, manifestHash, snapshot);
  if (manifest === undefined) return undefined;
  const { policyHash, position } = manifest;
  const encoded = await readHashed(storage, 'policies', policyHash);
  if (encoded === undefined) return undefined;
  try {
    const policy = decodePolicy(encoded, { hash: policyHash, position, hasher });
    return stateAtManifest(manifest, policy, snapshot.open);
  } catch (error) {
    // LOG-RPL-11
    if (!isAslError(error)) throw error;
    return undefined;
  }
}

/** As {@link loadBase}, the manifest alone. */
export async function loadManifest(
  storage: Storage,
  hash: Uint8Array,
  snapshot: SnapshotOf,
): Promise<Manifest | undefined> {
  const encoded = await readHashed(storage, 'snapshots', hash);
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

async function readHashed(
  storage: Storage,
  kind: HashedKind,
  id: Uint8Array,
): Promise<Uint8Array | undefined> {
  const name = await lowestGeneration(storage, kind, id);
  return name === undefined ? undefined : await readAll(storage, name);
}
