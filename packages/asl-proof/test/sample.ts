import { createHash, hash } from 'node:crypto';
import {
  type Bytes,
  concatBytes,
  type Hasher,
  merkleLeafHash,
  merkleRoot,
  type Reference,
  referenceOf,
} from '@amduat/asl-core';
import {
  anchorOf,
  appendRecord,
  domainIdOf,
  ed25519Signer,
  encodeGenesis,
  genesisState,
  inclusionRanges,
  type LogRecord,
  type LogState,
  leafData,
  manifestOf,
  type RecordBody,
  signHead,
} from '@amduat/asl-log';
import { encodeProof, type ProofParts } from '@amduat/asl-proof';
import {
  encodeManifest,
  manifestHashOf,
  proveEntry,
  rootsOf,
  type StateEntry,
  stateEntries,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';

/** The platform's SHA-256. */
export const platformHasher: Hasher = {
  hashId: 1,
  digest: (parts) => Uint8Array.from(Buffer.from(hash('sha256', concatBytes(parts), 'hex'), 'hex')),
  start() {
    const state = createHash('sha256');
    return { update: (bytes) => void state.update(bytes), finish: () => Uint8Array.from(state.digest()) };
  },
};

const SEED: Uint8Array = new Uint8Array(32).fill(0x41);
const SECRET = new Uint8Array(32).fill(0x5e);

export function bytesOf(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function keyOf(text: string): Reference {
  return referenceOf({ bytes: bytesOf(text) });
}

/** What a sample domain is. */
export interface SampleOptions {
  readonly open?: boolean;
  readonly name?: string;
  /** Records after the anchor. */
  readonly after?: number;
  /** Keys beside the two that are published and internal. */
  readonly others?: number;
}

/** A domain with a log, an anchor in it, and a signed head: `public` is published, `internal` is not. */
export class Sample {
  readonly genesis: Bytes;
  readonly signer = ed25519Signer(SEED);
  readonly records: LogRecord[] = [];
  readonly entries: StateEntry[];
  readonly anchor: LogRecord;
  readonly blind: Uint8Array;
  #state: LogState;

  constructor({ open = true, name = 'sample', after = 3, others = 40 }: SampleOptions = {}) {
    this.genesis = encodeGenesis({
      authorityKey: this.signer.key,
      recoveryKeyHash: new Uint8Array(32),
      name,
      open,
      nonce: new Uint8Array(32).fill(9),
    });
    this.#state = genesisState(domainIdOf(this.genesis), open);
    this.#append({ type: 'segment-seal', segmentIds: [new Uint8Array(32).fill(3)] });
    this.#append({ type: 'artifact-publish', keys: [keyOf('public')] });
    const texts = ['public', 'internal', ...Array.from({ length: others }, (_, index) => `other ${index}`)];
    this.entries = texts.map((text) => ({
      key: keyOf(text),
      record: { length: BigInt(text.length), domain: ZERO_DOMAIN, source: ZERO_DOMAIN },
      ...(text === 'public' && { publication: 'published' as const }),
      tombstones: [],
    }));
    const manifest = manifestOf(this.#state, new Uint8Array(32), open ? undefined : SECRET);
    this.blind = manifest.blind;
    const roots = rootsOf(this.entries, this.blind);
    const manifestHash = manifestHashOf(encodeManifest(manifest));
    this.anchor = this.#append(anchorOf(this.#state, manifest, { manifestHash, roots }));
    for (let index = 0; index < after; index++) {
      this.#append({ type: 'tombstone', key: keyOf(`later ${index}`), reason: 0 });
    }
  }

  #append(body: RecordBody): LogRecord {
    const { record, state } = appendRecord(this.#state, body, this.#state.open ? undefined : SECRET);
    this.#state = state;
    this.records.push(record);
    return record;
  }

  get domainId(): Uint8Array {
    return domainIdOf(this.genesis);
  }

  /** The signed head of the log when it had so many records. */
  head(size: number): Bytes {
    const hashes = this.records.slice(0, size).map((record) => merkleLeafHash(leafData(record)));
    return signHead({ domainId: this.domainId, size: BigInt(size), root: merkleRoot(hashes) }, this.signer);
  }

  /** The parts of the proof of a text, under a head of so many records. */
  parts(text: string, size: number = this.records.length): ProofParts {
    const hashes = this.records.slice(0, size).map((record) => merkleLeafHash(leafData(record)));
    const index = Number(this.anchor.logseq) - 1;
    const isPublic = text === 'public';
    const tried = isPublic
      ? this.entries.filter(({ publication }) => publication === 'published')
      : this.entries;
    return {
      genesis: this.genesis,
      head: this.head(size),
      previous: (this.records[index - 1] as LogRecord).recordHash,
      anchor: this.anchor.payload,
      path: inclusionRanges({ index: BigInt(index), size: BigInt(size) }).map(({ from, to }) =>
        merkleRoot(hashes.slice(Number(from), Number(to))),
      ),
      ...(!isPublic && { blind: this.blind }),
      entry: proveEntry(stateEntries, tried, keyOf(text)),
      bytes: bytesOf(text),
    };
  }

  proof(text: string, change: Partial<ProofParts> = {}): Bytes {
    return encodeProof({ ...this.parts(text), ...change });
  }
}
