import { formatHex, formatReference, isAslError } from '@amduat/asl-core';
import type { SnapshotAnchor } from '@amduat/asl-log';
import { type Storage, type Store, verifyStore } from '@amduat/asl-store';
import { formatIndexState } from '@amduat/asl-store-index';
import { expect } from 'vitest';
import type { Told } from '../kills/history.mjs';

/** What a store says of its whole history, with nothing cut off. */
export interface Expected {
  readonly last: bigint;
  /** Position → all that is said there. */
  readonly said: ReadonlyMap<bigint, readonly string[]>;
  /** Position → the three roots. */
  readonly roots: ReadonlyMap<bigint, readonly string[]>;
  /** The data of the leaf of each record: its record_hash is part of it. */
  readonly leaves: readonly string[];
  readonly anchors: readonly SnapshotAnchor[];
  /** The positions that a cut leaves below the base of the log (LOG-RPL-13). */
  readonly kept: readonly bigint[];
}

export async function expectedOf(store: Store): Promise<Expected> {
  const { position: last } = await store.refresh();
  const said = new Map<bigint, string[]>();
  const roots = new Map<bigint, string[]>();
  for (let position = 0n; position <= last; position++) {
    said.set(position, await saidAt(store, position));
    roots.set(position, await rootsAt(store, position));
  }
  const leaves = (await store.leaves()).map(formatHex);
  const anchors = await store.anchors();
  const kept = anchors.map(({ snapshotLogseq }) => snapshotLogseq);
  return { last, said, roots, leaves, anchors, kept };
}

/**
 * Expects a store to hold what was acknowledged, and to say at each of its positions what the whole history says there;
 * gives where its log ends and begins.
 *
 * @param first - positions below are not looked at.
 */
export async function expectSame(store: Store, told: Told, expected: Expected, first = 0n): Promise<Told> {
  const { position: last } = await store.refresh();
  expect(last).toBeGreaterThanOrEqual(told.position);
  const base = await baseOf(store);
  expect(base).toBeGreaterThanOrEqual(told.base);
  for (let position = first; position <= last; position++) {
    const said = await saidAt(store, position).catch(codeOf);
    const isThere = position >= base || position === 0n || expected.kept.includes(position);
    if (isThere || said !== 'LOG.TRUNCATED') expect(said).toEqual(expected.said.get(position));
  }
  expect(await rootsAt(store, last)).toEqual(expected.roots.get(last));
  expect((await store.leaves()).map(formatHex)).toEqual(expected.leaves.slice(0, Number(last)));
  const anchors = expected.anchors.filter(({ logseq }) => logseq > base && logseq <= last);
  expect((await store.anchors()).map(textOf)).toEqual(anchors.map(textOf));
  return { position: last, base };
}

/** Every fault of a store, as `object code`. */
export async function faultsIn(storage: Storage): Promise<string[]> {
  const faults: string[] = [];
  for await (const { object, error } of verifyStore(storage)) faults.push(`${object} ${error.code}`);
  return faults;
}

/** Expects nothing of a store to be wrong but a torn tail of its last log file (STO-DUR-3, STO-DUR-4). */
export async function expectSound(storage: Storage): Promise<{ isTorn: boolean }> {
  const faults = await faultsIn(storage);
  const torn = `${(await storage.list('log/')).at(-1)} LOG.TORN`;
  expect(faults.filter((fault) => fault !== torn)).toEqual([]);
  return { isTorn: faults.length > 0 };
}

/** Where the log begins. */
async function baseOf(store: Store): Promise<bigint> {
  for await (const { logseq } of store.log()) return logseq - 1n;
  return 0n;
}

/** All that a store says at a position, and the bytes. */
async function saidAt(store: Store, position: bigint): Promise<string[]> {
  const view = await store.at(position);
  const said = [formatIndexState(view.state)];
  for await (const { reference, verdict, record, tombstones, publication } of view.entries()) {
    const { length, visibility, logseq } = record ?? {};
    const bytes = await view.get(reference);
    said.push(
      `${formatReference(reference)} ${verdict} ${length} ${visibility} ${logseq} ${tombstones.join()}`,
      `${publication?.published} ${publication?.logseq} ${bytes && formatHex(bytes)}`,
    );
  }
  return said;
}

async function rootsAt(store: Store, position: bigint): Promise<string[]> {
  const { stateRoot, publicRoot, contentRoot } = await store.roots({ position });
  return [stateRoot, publicRoot, contentRoot].map(formatHex);
}

function codeOf(error: unknown): string {
  if (!isAslError(error)) throw error;
  return error.code;
}

function textOf({ logseq, snapshotLogseq, snapshotId, manifestHash, stateRoot }: SnapshotAnchor): string {
  const hashes = [snapshotId, manifestHash, stateRoot].map(formatHex);
  return [logseq, snapshotLogseq, ...hashes].join(' ');
}
