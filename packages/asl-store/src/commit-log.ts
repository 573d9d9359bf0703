import {
  encodeFrame,
  FRAME_RECORDS_LENGTH_MAX,
  type LogRecord,
  type LogState,
  RECORD_OVERHEAD,
} from '@amduat/asl-log';
import type { HeldEpoch } from './epochs.js';
import { nodeSha256Hasher } from './hasher.js';
import { epochName } from './names.js';
import type { Storage } from './port.js';

/** Records that become durable together, or not at all. */
export interface Commit {
  readonly records: readonly LogRecord[];
  /** The state after them. */
  readonly state: LogState;
  /** Settles when everything they name is durable (STO-DUR-1); undefined if that is so already. */
  readonly ready: Promise<unknown> | undefined;
  /** Called when they are durable and no greater epoch was taken. */
  acknowledge(): void;
  refuse(error: unknown): void;
}

/** What is known of the log file after a frame was appended. */
export interface Appended {
  readonly state: LogState;
  /** Octets of the file up to the end of the frame. */
  readonly end: number;
  readonly firstLogseq: bigint;
}

/** Appends commits to the log file of an epoch, in order, one frame at a time. */
export interface CommitLog {
  append(commit: Commit): void;
  /** Refuses everything that waits. What is being appended at the moment ends by itself. */
  stop(error: unknown): void;
  /** Settles when nothing waits. */
  idle(): Promise<void>;
}

/**
 * Begins to append after the `end` octets of the file of an epoch.
 *
 * @spec STO-DUR-1, STO-DUR-5, STO-EPO-7, LOG-FRM-1
 * @param durable - told of every frame before its commits are acknowledged.
 * @param failed - told of the first failure; everything that waits is to be refused then.
 */
export function startCommitLog(
  storage: Storage,
  held: HeldEpoch,
  end: number,
  durable: (appended: Appended) => void,
  failed: (error: unknown) => void,
): CommitLog {
  const name = epochName('log', held.epoch);
  const waiting: { commit: Commit; isReady: boolean }[] = [];
  let length = end;
  let running: Promise<void> | undefined;
  let failure: { error: unknown } | undefined;

  async function run(): Promise<void> {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      let group: Commit[] = [];
      try {
        await first.commit.ready;
        group = takeReady();
        await appendGroup(group);
      } catch (error) {
        for (const commit of group) commit.refuse(error);
        failed(error);
      }
    }
    running = undefined;
  }

  /** The commits from the first one on that need not be waited for, as far as one frame holds them. */
  function takeReady(): Commit[] {
    const group: Commit[] = [];
    let byteCount = 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      byteCount += byteCountOf(next.commit);
      if (group.length > 0 && (!next.isReady || byteCount > FRAME_RECORDS_LENGTH_MAX)) break;
      group.push(next.commit);
      waiting.shift();
    }
    return group;
  }

  async function appendGroup(group: readonly Commit[]): Promise<void> {
    const records = group.flatMap((commit) => commit.records);
    const [first] = records;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return;
    const frame = encodeFrame(records, nodeSha256Hasher);
    await storage.append(name, frame);
    length += frame.length;
    // STO-EPO-7: a frame that a greater epoch may not have read is not acknowledged.
    await held.assertGreatest();
    durable({ state: last.state, end: length, firstLogseq: first.logseq });
    for (const commit of group) commit.acknowledge();
  }

  return {
    append(commit) {
      if (failure !== undefined) return commit.refuse(failure.error);
      const entry = { commit, isReady: commit.ready === undefined };
      commit.ready?.then(
        () => {
          entry.isReady = true;
        },
        () => {},
      );
      waiting.push(entry);
      running ??= run();
    },
    stop(error) {
      failure ??= { error };
      for (const { commit } of waiting.splice(0)) commit.refuse(error);
    },
    async idle() {
      await running;
    },
  };
}

function byteCountOf({ records }: Commit): number {
  return records.reduce((sum, { payload }) => sum + RECORD_OVERHEAD + payload.length, 0);
}
