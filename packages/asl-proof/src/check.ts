import {
  type AslError,
  type ByteReader,
  CORE_ERRORS,
  equalBytes,
  errorMaker,
  formatHex,
  formatReference,
  type Hasher,
  hasherFor,
  isAslError,
  merkleLeafHash,
  type Reference,
  sha256Hasher,
  verifyArtifact,
} from '@amduat/asl-core';
import {
  assertInclusion,
  decodeGenesis,
  decodePayload,
  domainIdOf,
  type GenesisManifest,
  type Head,
  inclusionRanges,
  LOG_ERRORS,
  leafData,
  openHead,
  RECORD_TYPES,
  recordHashOf,
  type SnapshotAnchor,
  signatureCount,
} from '@amduat/asl-log';
import {
  type DomainId,
  type EntryProof,
  entryProofRoot,
  readEntryProof,
  STORE_INDEX_ERRORS,
  type StateEntry,
  stateEntries,
  stateRootOf,
  type Verdict,
  ZERO_DOMAIN,
} from '@amduat/asl-store-index';
import { proofError } from './errors.js';
import { type ProofFrame, proofReader, readProofFrame } from './file.js';

/** The links of a proof, in the order in which they are gone through. */
export const PROOF_LINKS = ['form', 'domain', 'head', 'anchor', 'inclusion', 'entry', 'bytes'] as const;

/** A link of a proof. */
export type ProofLink = (typeof PROOF_LINKS)[number];

/** What a proof that holds shows. */
export interface ProvenEntry {
  readonly domainId: DomainId;
  readonly genesis: GenesisManifest;
  /** Whether the authority is the one that was asked for. */
  readonly isAuthorityKnown: boolean;
  readonly head: Head;
  readonly anchor: SnapshotAnchor;
  readonly reference: Reference;
  readonly entry: StateEntry;
  readonly verdict: Verdict;
  /** The bytes, a view of the file; undefined if they are not in it. */
  readonly bytes: Uint8Array | undefined;
}

/** How a proof is checked. */
export interface CheckOptions {
  /** The authority's Ed25519 public key, 32 octets, known from elsewhere. */
  readonly key?: Uint8Array;
  /** A SHA-256. */
  readonly hasher?: Hasher;
}

/** What was found: what the proof shows, or the link that does not hold and why. */
export type ProofReport =
  | { readonly proven: ProvenEntry; readonly link?: undefined; readonly error?: undefined }
  | { readonly proven?: undefined; readonly link: ProofLink; readonly error: AslError };

const HASH_LENGTH = 32;

const coreError = errorMaker(CORE_ERRORS);
const logError = errorMaker(LOG_ERRORS);
const indexError = errorMaker(STORE_INDEX_ERRORS);

/**
 * Checks a proof file, with nothing but its bytes.
 *
 * @spec PRF-LNK-1, PRF-LNK-2, PRF-LNK-3, PRF-LNK-4, PRF-LNK-5, PRF-LNK-6, PRF-LNK-7, PRF-LNK-8, PRF-LNK-9, PRF-LNK-10,
 * PRF-LNK-11, PRF-LNK-12, PRF-FILE-2, PRF-FILE-7, PRF-FILE-8
 * @param file - the whole file; borrowed.
 * @returns what it shows, or the first link that does not hold.
 * @remarks Pure. One signature, one hash of the bytes, and a few dozen hashes.
 */
export function checkProof(file: Uint8Array, options: CheckOptions = {}): ProofReport {
  const check = new Check(file, options);
  try {
    return { proven: check.run() };
  } catch (error) {
    if (!isAslError(error)) throw error;
    return { link: check.link, error };
  }
}

class Check {
  link: ProofLink = 'form';
  readonly #file: Uint8Array;
  readonly #reader: ByteReader;
  readonly #key: Uint8Array | undefined;
  readonly #hasher: Hasher;

  constructor(file: Uint8Array, { key, hasher = sha256Hasher }: CheckOptions) {
    this.#file = file;
    this.#reader = proofReader(file);
    this.#key = key;
    this.#hasher = hasher;
  }

  run(): ProvenEntry {
    const frame = readProofFrame(this.#reader);
    const { hasBytes, genesis: encoded } = frame;
    this.link = 'domain';
    const genesis = this.#checkDomain(encoded);
    const domainId = domainIdOf(encoded, this.#hasher);
    this.link = 'head';
    const head = this.#checkHead(frame.head, domainId, genesis);
    this.link = 'anchor';
    const anchor = readAnchor(frame.anchor, genesis, head);
    this.link = 'inclusion';
    this.#checkInclusion(frame, anchor, head);
    this.link = 'entry';
    const { entry, end } = this.#checkEntry(frame, anchor, genesis);
    this.link = 'bytes';
    const bytes = this.#checkBytes(entry, end, hasBytes);
    const isAuthorityKnown = this.#key !== undefined;
    const verdict = verdictOfEntry(entry);
    return { domainId, genesis, isAuthorityKnown, head, anchor, reference: entry.key, entry, verdict, bytes };
  }

  /** PRF-LNK-1, PRF-LNK-2 */
  #checkDomain(encoded: Uint8Array): GenesisManifest {
    const genesis = decodeGenesis(encoded);
    if (this.#key === undefined || equalBytes(this.#key, genesis.authorityKey)) return genesis;
    const [expected, got] = [formatHex(this.#key), formatHex(genesis.authorityKey)];
    throw proofError('PROOF.KEY', `the authority of the domain is ${got}, not ${expected}`, {
      expected,
      got,
    });
  }

  /** PRF-LNK-3 */
  #checkHead(note: Uint8Array, domainId: DomainId, genesis: GenesisManifest): Head {
    const head = openHead(note, { domainId, key: genesis.authorityKey }, this.#hasher);
    const count = signatureCount(note);
    if (count === 1) return head;
    throw proofError('PROOF.HEAD', `the head has ${count} signature lines`, { expected: 1, got: count });
  }

  /** PRF-LNK-6 */
  #checkInclusion({ previous, anchor: payload }: ProofFrame, anchor: SnapshotAnchor, head: Head): void {
    const type = RECORD_TYPES['snapshot-anchor'];
    const place = { index: anchor.logseq - 1n, size: head.size };
    const path = inclusionRanges(place).map(() => this.#reader.bytes(HASH_LENGTH));
    const recordHash = recordHashOf(previous, type, payload, this.#hasher);
    const leaf = leafData({ logseq: anchor.logseq, type, payload, recordHash });
    assertInclusion(merkleLeafHash(leaf, this.#hasher), place, path, head.root, this.#hasher);
  }

  #checkEntry(
    { hasBytes, isUnderStateRoot }: ProofFrame,
    anchor: SnapshotAnchor,
    genesis: GenesisManifest,
  ): { entry: StateEntry; end: number } {
    const blind = isUnderStateRoot ? this.#reader.bytes(HASH_LENGTH) : undefined;
    // PRF-LNK-7
    if (blind !== undefined && genesis.open && !equalBytes(blind, ZERO_DOMAIN)) {
      throw proofError('PROOF.BLIND', 'an open domain has no blind', { got: formatHex(blind) });
    }
    // PRF-FILE-8
    const { proof, end } = readEntryProof(stateEntries, this.#file, this.#reader.offset);
    if (!hasBytes) this.#assertEnd(end);
    const entry = this.#checkRoot(proof, anchor, blind);
    assertVerdict(entry, isUnderStateRoot);
    return { entry, end };
  }

  /** PRF-LNK-8, PRF-LNK-9 */
  #checkRoot(
    proof: EntryProof<StateEntry>,
    anchor: SnapshotAnchor,
    blind: Uint8Array | undefined,
  ): StateEntry {
    const { entry } = proof;
    if (entry === undefined) throw proofError('PROOF.ABSENT', 'the proof shows that a key has no entry');
    const leads = entryProofRoot(stateEntries, entry.key, proof, this.#hasher);
    const [expected, got] =
      blind === undefined
        ? [anchor.publicRoot, leads]
        : [anchor.stateRoot, stateRootOf(blind, leads, this.#hasher)];
    if (equalBytes(expected, got)) return entry;
    const details = { expected: formatHex(expected), got: formatHex(got) };
    throw indexError(
      'ENTRY_PROOF.ROOT',
      `the proof leads to root ${details.got}, not ${details.expected}`,
      details,
    );
  }

  /** PRF-FILE-2 */
  #assertEnd(end: number): void {
    const got = this.#file.length;
    if (got === end) return;
    const details = { offset: end, expected: end, got };
    throw proofError('PROOF.TRAILING', `${got - end} octets follow the entry`, details);
  }

  /** PRF-LNK-11 */
  #checkBytes(entry: StateEntry, end: number, hasBytes: boolean): Uint8Array | undefined {
    if (!hasBytes) return undefined;
    const bytes = this.#file.subarray(end);
    const { length = 0n, typeTag } = entry.record ?? {};
    if (BigInt(bytes.length) !== length) {
      const details = { expected: length.toString(), got: bytes.length };
      throw coreError('CORE.DIGEST', `the artifact has ${length} octets, the file ${bytes.length}`, details);
    }
    const artifact = typeTag === undefined ? { bytes } : { bytes, typeTag };
    verifyArtifact(artifact, entry.key, [this.#hasher, hasherFor(entry.key.hashId)]);
    return bytes;
  }
}

/** PRF-LNK-4, PRF-LNK-5 */
function readAnchor(payload: Uint8Array, genesis: GenesisManifest, head: Head): SnapshotAnchor {
  const decoded = decodePayload(RECORD_TYPES['snapshot-anchor'], payload);
  const body = decoded?.body as SnapshotAnchor;
  if (decoded?.public !== 1) {
    throw logError('LOG.PUBLIC', 'the payload of an anchor is public', {
      offset: 0,
      expected: 1,
      got: payload[0] as number,
    });
  }
  const { snapshotLogseq, logseq } = body;
  if (snapshotLogseq === 0n || snapshotLogseq >= logseq) {
    const details = { expected: `1 to ${logseq - 1n}`, got: snapshotLogseq.toString() };
    throw logError(
      'LOG.ANCHOR.POSITION',
      `the anchor at ${logseq} names position ${snapshotLogseq}`,
      details,
    );
  }
  if (genesis.open && !equalBytes(payload.subarray(1, 33), ZERO_DOMAIN)) {
    throw logError('LOG.SALT', 'a record of an open domain has no salt', { offset: 1 });
  }
  if (logseq <= head.size) return body;
  const details = { expected: `at most ${head.size}`, got: logseq.toString() };
  throw proofError(
    'PROOF.ANCHOR',
    `the head is of ${head.size} records, the anchor is the ${logseq}th`,
    details,
  );
}

function verdictOfEntry({ record, publication, tombstones }: StateEntry): Verdict {
  if (tombstones.length > 0) return 'inadmissible';
  if (record === undefined) return 'absent';
  return publication === 'published' ? 'published' : 'internal';
}

/** PRF-LNK-10 */
function assertVerdict(entry: StateEntry, isUnderStateRoot: boolean): void {
  const expected = isUnderStateRoot ? 'internal' : 'published';
  const got = verdictOfEntry(entry);
  if (got === expected) return;
  const message = `the verdict on ${formatReference(entry.key)} is ${got}, this proof is for one that is ${expected}`;
  throw proofError('PROOF.VERDICT', message, { expected, got });
}
