import { isAslError } from '@amduat/asl-core';
import {
  CLAIM_DONE,
  type Claim,
  decodeClaim,
  dropClaim,
  encodeClaim,
  type Holder,
  holdClaim,
} from './claim.js';
import { storeError } from './errors.js';
import { epochName, parseName } from './names.js';
import { readAll } from './objects.js';
import type { Storage } from './port.js';

/** Tells whether the holder of a claim may still be running. */
export type Liveness = (holder: Holder) => boolean;

/** Every epoch with a claim, or with a log file, in ascending order. */
export async function listEpochs(storage: Storage, kind: 'log' | 'writer'): Promise<bigint[]> {
  const epochs: bigint[] = [];
  for (const name of await storage.list(`${kind}/`)) {
    const object = parseName(name);
    if (object?.kind === kind) epochs.push(object.epoch);
  }
  return epochs;
}

/**
 * Removes the log files and claims of the epochs below one whose log file is the whole log.
 *
 * @spec STO-CUT-4
 */
export async function removeEpochsBelow(storage: Storage, epoch: bigint): Promise<void> {
  for (const kind of ['log', 'writer'] as const) {
    for (const lower of await listEpochs(storage, kind))
      if (lower < epoch) await storage.delete(epochName(kind, lower));
  }
}

/** An epoch this process has taken. */
export interface HeldEpoch {
  readonly epoch: bigint;
  /**
   * Lists the epochs again.
   *
   * @spec STO-EPO-7
   * @throws AslError `STORE.FENCED` when there is a greater one.
   */
  assertGreatest(): Promise<void>;
  /** Says that the holder is done, so that it is succeeded at once. */
  release(): Promise<void>;
}

/**
 * Takes the next epoch.
 *
 * @spec STO-EPO-1, STO-EPO-2
 * @throws AslError `STORE.WRITER_BUSY` when the holder of the greatest epoch may still be running.
 */
export async function takeEpoch(storage: Storage, holder: Holder, mayRun: Liveness): Promise<HeldEpoch> {
  for (;;) {
    const greatest = (await listEpochs(storage, 'writer')).at(-1);
    if (greatest !== undefined) await assertSucceeds(storage, greatest, mayRun);
    const greatestLog = (await listEpochs(storage, 'log')).at(-1) ?? 0n;
    const epoch = (greatest !== undefined && greatest > greatestLog ? greatest : greatestLog) + 1n;
    holdClaim(holder);
    try {
      const outcome = await storage.createOnce(epochName('writer', epoch), [encodeClaim(holder)]);
      // Another process was faster: it is looked at as the holder that it is.
      if (outcome === 'created') return heldEpoch(storage, epoch, holder);
    } catch (error) {
      dropClaim(holder);
      throw error;
    }
    dropClaim(holder);
  }
}

/** Tells whether the holder of an epoch may still be running. A claim that cannot be read says so of nobody. */
export async function isHeld(storage: Storage, epoch: bigint, mayRun: Liveness): Promise<boolean> {
  try {
    const claim = await readClaim(storage, epoch);
    return claim !== undefined && !claim.done && mayRun(claim.holder);
  } catch (error) {
    if (isAslError(error, 'STORE.CONFLICT')) return false;
    throw error;
  }
}

/** Reads the claim of an epoch, or undefined if it is not there. */
async function readClaim(storage: Storage, epoch: bigint): Promise<Claim | undefined> {
  const name = epochName('writer', epoch);
  const bytes = await readAll(storage, name);
  return bytes && decodeClaim(name, bytes);
}

async function assertSucceeds(storage: Storage, epoch: bigint, mayRun: Liveness): Promise<void> {
  const claim = await readClaim(storage, epoch);
  if (claim === undefined || claim.done || !mayRun(claim.holder)) return;
  const { host, process } = claim.holder;
  throw storeError('STORE.WRITER_BUSY', `process ${process} on ${host} is writing`, {
    epoch: epoch.toString(),
    host,
    process,
  });
}

function heldEpoch(storage: Storage, epoch: bigint, holder: Holder): HeldEpoch {
  return {
    epoch,
    async assertGreatest() {
      const greatest = (await listEpochs(storage, 'writer')).at(-1);
      if (greatest !== undefined && greatest <= epoch) return;
      throw storeError('STORE.FENCED', `epoch ${greatest} was taken while epoch ${epoch} was held`, {
        expected: epoch.toString(),
        got: greatest?.toString() ?? null,
      });
    },
    async release() {
      dropClaim(holder);
      await storage.append(epochName('writer', epoch), CLAIM_DONE);
    },
  };
}
