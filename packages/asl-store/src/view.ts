import { type Bytes, compareReferences, type Reference } from '@amduat/asl-core';
import type { LogState } from '@amduat/asl-log';
import {
  type DomainId,
  type IndexRecord,
  type IndexState,
  type LogSeq,
  type PolicyRow,
  type Publication,
  recordLength,
  type Verdict,
  type Visibility,
  verdictOf,
} from '@amduat/asl-store-index';
import { readArtifact, readArtifactRange, streamArtifact } from './artifact-reader.js';
import type { Storage } from './port.js';
import type { Found, SealIndex } from './seal-index.js';

/** What the record of an artifact says. */
export interface ArtifactRecord {
  /** Octets. */
  readonly length: bigint;
  readonly typeTag?: number;
  readonly visibility: Visibility;
  readonly domain: DomainId;
  readonly source: DomainId;
  /** Effective: of the seal that made it visible. */
  readonly logseq: LogSeq;
}

/** What a state says of a key. */
export interface ArtifactStat {
  readonly reference: Reference;
  readonly verdict: Verdict;
  /** The visible record; none for a key that has none, or is hidden. */
  readonly record?: ArtifactRecord;
  /** Logseqs of the live tombstones, ascending. */
  readonly tombstones: readonly LogSeq[];
  readonly publication?: Publication;
}

/**
 * A store at one position: a value, whatever is written later. Keys whose verdict is `inadmissible` or `absent` have no
 * bytes here.
 *
 * @spec STO-RDR-5, STO-RDR-6, STO-RDR-11
 */
export interface View {
  readonly state: IndexState;
  /**
   * What the state says of a key.
   *
   * @throws AslError `STORE.MISSING`, `SEG.*` and `POLICY.*` when what it is read from is not there, or not what it should be;
   * so does every other question.
   */
  stat(key: Reference): Promise<ArtifactStat>;
  /**
   * Reads a whole artifact, verified against its reference.
   *
   * @returns its bytes, owned; undefined if there are none.
   * @throws AslError `CORE.DIGEST` when the bytes are not the artifact's, `STORE.MISSING` when a block or a segment is not
   * there.
   */
  get(key: Reference): Promise<Bytes | undefined>;
  /**
   * Reads the octets from `start` up to, but without, `end`, verified against the blocks they are in.
   *
   * @throws AslError `STORE.RANGE` when they are not within the artifact; `CORE.BLOCK.DIGEST`; `STORE.MISSING`.
   */
  getRange(key: Reference, start: bigint, end: bigint): Promise<Bytes | undefined>;
  /** Reads an artifact block by block; each piece is verified before it is given. */
  stream(key: Reference): Promise<AsyncIterable<Bytes> | undefined>;
  /** What the state says of every key of which it says anything, in ascending order (STX-VER-5). */
  entries(): AsyncIterable<ArtifactStat>;
}

export function openView(storage: Storage, index: SealIndex, log: LogState): View {
  const { policy } = log;
  const bounds = { sealCount: log.seals.length, position: log.position };

  /** The record of a key whose bytes may be handed out; at once where that can be. */
  function visible(key: Reference): IndexRecord | undefined | Promise<IndexRecord | undefined> {
    const row = policy.size === 0 ? undefined : policy.get(key);
    if (verdictOf(row, true) === 'inadmissible') return undefined;
    const found = index.find(bounds, key);
    return found instanceof Promise ? found.then(shown) : shown(found);
  }

  return {
    state: log.indexState,
    async stat(key) {
      const found = index.find(bounds, key);
      return statOf(key, found instanceof Promise ? await found : found, policy.get(key));
    },
    async get(key) {
      const found = visible(key);
      const record = found instanceof Promise ? await found : found;
      return record && readArtifact(storage, record);
    },
    async getRange(key, start, end) {
      const record = await visible(key);
      return record && (await readArtifactRange(storage, record, start, end));
    },
    async stream(key) {
      const record = await visible(key);
      return record && streamArtifact(storage, record);
    },
    async *entries() {
      const rows = policy.rows()[Symbol.iterator]();
      let row = rows.next();
      for await (const found of index.scan(bounds)) {
        const { key, tombstone } = found.record;
        for (; !row.done && compareReferences(row.value.key, key) < 0; row = rows.next()) {
          yield statOf(row.value.key, undefined, row.value);
        }
        const isSame = !row.done && compareReferences(row.value.key, key) === 0;
        if (isSame || !tombstone) yield statOf(key, found, isSame ? (row.value as PolicyRow) : undefined);
        if (isSame) row = rows.next();
      }
      for (; !row.done; row = rows.next()) yield statOf(row.value.key, undefined, row.value);
    },
  };
}

function shown(found: Found | undefined): IndexRecord | undefined {
  return found?.record.tombstone === true ? undefined : found?.record;
}

function statOf(reference: Reference, found: Found | undefined, row: PolicyRow | undefined): ArtifactStat {
  const record = found?.record.tombstone === false ? recordOf(found) : undefined;
  const tombstones = row?.tombstones ?? [];
  const verdict = verdictOf(row, record !== undefined);
  const publication = row?.publication;
  return { reference, verdict, tombstones, ...(record && { record }), ...(publication && { publication }) };
}

function recordOf({ record, logseq }: Found): ArtifactRecord {
  const { typeTag, visibility, domain, source } = record;
  const said = { length: recordLength(record), visibility, domain, source, logseq };
  return typeTag === undefined ? said : { ...said, typeTag };
}
