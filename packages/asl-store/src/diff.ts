import { decodeReference, equalBytes, type Reference } from '@amduat/asl-core';
import type { LogRecord, LogState } from '@amduat/asl-log';
import type { IndexState, Leaf, LogPosition, LogSeq } from '@amduat/asl-store-index';
import { type HashNodes, hasFew, type KeptSubtree } from './hash-nodes.js';
import type { TreeKind } from './hash-tree.js';
import { treesOf } from './roots.js';
import { internalsOf, type Store } from './store.js';
import { type ArtifactStat, openView, type View } from './view.js';

/** A state that is compared. */
export interface DiffSide {
  readonly store: Store;
  /** That of {@link Store.current} by default. */
  readonly position?: LogPosition;
}

/** Why two states do not say the same of a key. */
export type DiffCause = 'missing' | 'extra' | 'content' | 'policy';

/** A key of which two states do not say the same. */
export interface KeyDifference {
  readonly reference: Reference;
  readonly causes: readonly DiffCause[];
  readonly left: ArtifactStat;
  readonly right: ArtifactStat;
}

/** The first record in which two logs of one domain are not the same. */
export interface Divergence {
  readonly logseq: LogSeq;
  readonly left: LogRecord;
  readonly right: LogRecord;
}

/** What two states have and have not in common. */
export interface Diff {
  readonly left: IndexState;
  readonly right: IndexState;
  /** Whether both are of one domain. */
  readonly sameDomain: boolean;
  /** Where their logs part; none if they do not, as far as both reach, or are of different domains. */
  readonly divergence: Divergence | undefined;
  /** Record types that were skipped, in each. */
  readonly skipped: { readonly left: readonly number[]; readonly right: readonly number[] };
  /** The keys of which they do not say the same, ascending; none if one of them is partial. */
  readonly keys: AsyncIterable<KeyDifference>;
  /** Subtrees that were read so far. */
  readonly readCount: number;
}

/**
 * Compares two states: of one store or of two, of one domain or of two.
 *
 * @spec STO-DIF-1, STO-DIF-2, STO-DIF-3, STO-DIF-4, STO-DIF-5
 * @throws AslError as {@link Store.at} and {@link Store.roots}; while the keys are read, what their lookups throw.
 * @remarks Reads about 2 log₂ n subtrees for each key that differs, where the hashes of both states are kept; those of a
 * state that was never anchored are computed first.
 * @example
 * import { diffStates, initStore, memoryStorage, openStore } from '@amduat/asl-store';
 * const storage = memoryStorage();
 * await initStore(storage, { name: 'demo', open: true, authorityKey: new Uint8Array(32) });
 * const store = await openStore(storage);
 * const writer = await store.openWriter();
 * await writer.put(new TextEncoder().encode('hello'));
 * await writer.close();
 * await store.refresh();
 * const { keys } = await diffStates({ store, position: 0n }, { store });
 * for await (const { causes } of keys) if (causes.join() !== 'extra') throw new Error();
 */
export async function diffStates(left: DiffSide, right: DiffSide): Promise<Diff> {
  const [first, second] = [await openSide(left), await openSide(right)];
  const sameDomain = equalBytes(first.state.domainId, second.state.domainId);
  const skipped = { left: first.state.unknownTypes, right: second.state.unknownTypes };
  const isPartial = skipped.left.length + skipped.right.length > 0;
  const walk = isPartial ? undefined : await openWalk(first, second, sameDomain ? 'state' : 'content');
  return {
    left: first.state.indexState,
    right: second.state.indexState,
    sameDomain,
    divergence: sameDomain ? await findDivergence(first, second) : undefined,
    skipped,
    keys: walk === undefined ? nothing() : differences(walk, first.view, second.view, sameDomain),
    get readCount() {
      return walk?.readCount ?? 0;
    },
  };
}

interface OpenSide {
  readonly state: LogState;
  readonly view: View;
  readonly internals: ReturnType<typeof internalsOf>;
}

async function openSide({ store, position }: DiffSide): Promise<OpenSide> {
  const internals = internalsOf(store);
  const { position: last } = await store.current();
  const state = await internals.logFiles.stateAt(position ?? last);
  return { state, view: openView(internals.storage, internals.indexes.of(state), state), internals };
}

/** STO-DIF-3 */
async function findDivergence(left: OpenSide, right: OpenSide): Promise<Divergence | undefined> {
  if (left.internals === right.internals) return undefined;
  const records = [left, right].map(({ state, internals }) =>
    internals.logFiles.records(0n, state.position)[Symbol.asyncIterator](),
  ) as [AsyncIterator<LogRecord>, AsyncIterator<LogRecord>];
  let [first, second] = [await records[0].next(), await records[1].next()];
  while (!first.done && !second.done) {
    const [one, other] = [first.value, second.value];
    if (one.logseq < other.logseq) first = await records[0].next();
    else if (one.logseq > other.logseq) second = await records[1].next();
    else if (!equalBytes(one.recordHash, other.recordHash))
      return { logseq: one.logseq, left: one, right: other };
    else [first, second] = [await records[0].next(), await records[1].next()];
  }
  return undefined;
}

async function* differences(
  walk: Walk,
  left: View,
  right: View,
  sameDomain: boolean,
): AsyncGenerator<KeyDifference, void, undefined> {
  for await (const path of walk.paths()) {
    const reference = decodeReference(path);
    const [first, second] = [await left.stat(reference), await right.stat(reference)];
    yield { reference, causes: causesOf(first, second, sameDomain), left: first, right: second };
  }
}

/** STO-DIF-2 */
function causesOf(left: ArtifactStat, right: ArtifactStat, sameDomain: boolean): DiffCause[] {
  const causes: DiffCause[] = [];
  const [first, second] = [left.record, right.record];
  if (first !== undefined && second === undefined) causes.push('missing');
  if (first === undefined && second !== undefined) causes.push('extra');
  if (first !== undefined && second !== undefined) {
    const isSame =
      first.typeTag === second.typeTag &&
      first.length === second.length &&
      (!sameDomain || (equalBytes(first.domain, second.domain) && equalBytes(first.source, second.source)));
    if (!isSame) causes.push('content');
  }
  const isSamePolicy =
    left.publication?.published === right.publication?.published &&
    left.tombstones.join() === right.tombstones.join();
  if (sameDomain && !isSamePolicy) causes.push('policy');
  return causes;
}

async function* nothing(): AsyncGenerator<never, void, undefined> {}

/** A trie, and where its subtrees are kept. */
interface Kept {
  readonly tree: KeptSubtree;
  readonly nodes: HashNodes;
}

async function openWalk(left: OpenSide, right: OpenSide, kind: TreeKind): Promise<Walk> {
  const [first, second] = await Promise.all(
    [left, right].map(async ({ internals, state }): Promise<Kept> => {
      const { trees, nodes } = await treesOf(internals, state);
      return { tree: trees[kind], nodes };
    }),
  );
  return new Walk(first as Kept, second as Kept);
}

/** Goes down two tries at a time, where their hashes are not the same. */
class Walk {
  readonly #left: Kept;
  readonly #right: Kept;
  readCount = 0;

  constructor(left: Kept, right: Kept) {
    this.#left = left;
    this.#right = right;
  }

  /** The paths of the entries that are not in both, ascending, each once. */
  paths(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#below(this.#left.tree, this.#right.tree, 0);
  }

  async *#below(
    left: KeptSubtree,
    right: KeptSubtree,
    depth: number,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (equalBytes(left.hash, right.hash)) return;
    if (hasFew(left) || hasFew(right)) {
      const [first, second] = [
        await this.#leaves(this.#left, left, depth),
        await this.#leaves(this.#right, right, depth),
      ];
      yield* unequalPaths(first, second);
      return;
    }
    this.readCount += 2;
    const [first, second] = [await this.#left.nodes.halves(left), await this.#right.nodes.halves(right)];
    yield* this.#below(first.left, second.left, depth + 1);
    yield* this.#below(first.right, second.right, depth + 1);
  }

  /** All leaves of a subtree, ascending. If it has many, the other has few: then most of them are no other's. */
  async #leaves({ nodes, tree }: Kept, subtree: KeptSubtree, depth: number): Promise<readonly Leaf[]> {
    if (subtree.count === 0) return [];
    this.readCount++;
    if (hasFew(subtree)) return await nodes.leaves(subtree, depth);
    const { left, right } = await nodes.halves(subtree);
    const kept = { nodes, tree };
    return [...(await this.#leaves(kept, left, depth + 1)), ...(await this.#leaves(kept, right, depth + 1))];
  }
}

function* unequalPaths(
  left: readonly Leaf[],
  right: readonly Leaf[],
): Generator<Uint8Array, void, undefined> {
  let [first, second] = [0, 0];
  while (first < left.length || second < right.length) {
    const [one, other] = [left[first], right[second]];
    const order = one === undefined ? 1 : other === undefined ? -1 : Buffer.compare(one.path, other.path);
    if (order !== 0) yield ((order < 0 ? one : other) as Leaf).path;
    else if (!equalBytes((one as Leaf).hash, (other as Leaf).hash)) yield (one as Leaf).path;
    if (order <= 0) first++;
    if (order >= 0) second++;
  }
}
