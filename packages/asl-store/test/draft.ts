import { formatHex, referenceOf } from '@amduat/asl-core';
import {
  appendRecord,
  encodeFrame,
  encodeHeader,
  genesisState,
  type LogRecord,
  type LogState,
  leafData,
  manifestOf,
  type RecordBody,
  recordHashOf,
} from '@amduat/asl-log';
import {
  nodeSha256Hasher as hasher,
  memoryStorage,
  openStore,
  type Storage,
  type Store,
} from '@amduat/asl-store';
import {
  encodeManifest,
  encodePolicy,
  type Manifest,
  manifestHashOf,
  policyHashOf,
} from '@amduat/asl-store-index';
import { bytesOf, initDemo } from './backends.js';

const ZEROS = new Uint8Array(32);
const LOG_NAME = `log/${'1'.padStart(20, '0')}`;

/** A log made by hand, with the manifests that its anchors name; each step adds a record to the state. */
export class Draft {
  readonly storage: Storage = memoryStorage();
  readonly records: LogRecord[] = [];
  readonly states: LogState[] = [];

  static async begin(): Promise<Draft> {
    const draft = new Draft();
    const { domainId } = await initDemo(draft.storage);
    draft.states.push(genesisState(domainId, true));
    return draft;
  }

  get last(): LogState {
    return this.states.at(-1) as LogState;
  }

  add(body: RecordBody): this {
    const { record, state } = appendRecord(this.last, body, undefined, hasher);
    this.records.push(record);
    this.states.push(state);
    return this;
  }

  /** Adds a record as it is, whatever it says; the state stays that of the record before, moved on. */
  addRaw(type: number, payload: Uint8Array): this {
    const recordHash = recordHashOf(this.lastHash, type, payload, hasher);
    this.records.push({ logseq: BigInt(this.records.length + 1), type, payload, recordHash });
    return this;
  }

  get lastHash(): Uint8Array {
    return this.records.at(-1)?.recordHash ?? this.last.domainId;
  }

  /** Stores the snapshot of a state, its manifest changed, and gives the body of an anchor that names it. */
  async anchor(state: LogState, change: Partial<Manifest> = {}): Promise<RecordBody> {
    const policy = encodePolicy(state.policy);
    const policyHash = policyHashOf(policy);
    const manifest = { ...manifestOf(state, policyHash, undefined), ...change };
    const encoded = encodeManifest(manifest);
    await this.storage.createOnce(`policies/${formatHex(policyHash)}/0`, [policy]);
    await this.storage.createOnce(`snapshots/${formatHex(manifestHashOf(encoded))}/0`, [encoded]);
    return {
      type: 'snapshot-anchor',
      snapshotId: state.indexState.snapshotId,
      snapshotLogseq: state.position,
      stateRoot: ZEROS,
      publicRoot: ZEROS,
      manifestHash: manifestHashOf(encoded),
      logseq: BigInt(this.records.length + 1),
    };
  }

  async open(): Promise<Store> {
    const { domainId } = this.states[0] as LogState;
    const header = { domainId, baseLogseq: 0n, baseRecordHash: domainId, baseManifestHash: ZEROS };
    const frames = this.records.map((record) => encodeFrame([record]));
    await this.storage.createOnce(LOG_NAME, [encodeHeader(header), ...frames]);
    return await openStore(this.storage);
  }

  /** The same log, cut at a position: with these leaves, or those of the records. */
  async openCut(position: bigint, manifestHash: Uint8Array, leaves?: Uint8Array): Promise<Store> {
    const { domainId } = this.states[0] as LogState;
    const count = Number(position);
    const { recordHash } = this.records[count - 1] as LogRecord;
    const header = {
      domainId,
      baseLogseq: position,
      baseRecordHash: recordHash,
      baseManifestHash: manifestHash,
    };
    const frames = this.records.slice(count).map((record) => encodeFrame([record]));
    const kept = leaves ?? Buffer.concat(this.records.slice(0, count).map(leafData));
    await this.storage.createOnce(`leaves/${position.toString().padStart(20, '0')}`, [kept]);
    await this.storage.createOnce(LOG_NAME, [encodeHeader(header), ...frames]);
    return await openStore(this.storage);
  }
}

export const tombstone = (text: string): RecordBody => ({
  type: 'tombstone',
  key: referenceOf({ bytes: bytesOf(text) }),
  reason: 0,
});
