import {
  type Bytes,
  CORE_ERRORS,
  equalBytes,
  errorMaker,
  formatReference,
  merkleLeafHash,
  merkleRoot,
  type Reference,
} from '@amduat/asl-core';
import { encodeGenesis, inclusionRanges, type NoteSigner, type SnapshotAnchor } from '@amduat/asl-log';
import { encodeProof, PROOF_ERRORS } from '@amduat/asl-proof';
import {
  type HeadMemory,
  nodeSha256Hasher as hasher,
  type SignedHead,
  STORE_ERRORS,
  type Store,
  signStoreHead,
  type View,
} from '@amduat/asl-store';
import { blindOf, STORE_INDEX_ERRORS, type Verdict } from '@amduat/asl-store-index';

/** How a proof is made. */
export interface ProveOptions {
  /** Of the authority of the domain. */
  readonly signer: NoteSigner;
  /** Of what the authority has signed before. */
  readonly memory: HeadMemory;
  /** The log secret of a closed domain. */
  readonly secret?: Uint8Array;
  /** Leaves the bytes out. */
  readonly referenceOnly?: boolean;
  /** Proves an internal artifact too, and with it the blind of its state. */
  readonly disclose?: boolean;
}

/** A proof file, and what it stands on. */
export interface Proof {
  readonly file: Bytes;
  readonly anchor: SnapshotAnchor;
  readonly signed: SignedHead;
  /** Whether it carries the blind of a state (PRF-SAY-2). */
  readonly discloses: boolean;
}

const storeError = errorMaker({ ...STORE_ERRORS, ...STORE_INDEX_ERRORS });
const proofError = errorMaker(PROOF_ERRORS);
const coreError = errorMaker(CORE_ERRORS);

/**
 * Makes a proof file of an artifact, as the last anchor has it.
 *
 * @spec PRF-FILE-1, PRF-SAY-3, HEAD-SGN-1
 * @param store - whose log is signed on the way.
 * @throws AslError `STORE.NOT_ANCHORED` when no anchor has the artifact as it is now, `PROOF.INTERNAL` when it is internal
 * and `disclose` was not said, `STORE.ABSENT`, `STORE.INADMISSIBLE`; `HEAD.*` as signStoreHead.
 */
export async function proveArtifact(
  store: Store,
  reference: Reference,
  options: ProveOptions,
): Promise<Proof> {
  const { signer, memory, secret } = options;
  const anchor = (await store.anchors()).at(-1);
  const verdict = await provableVerdict(store, reference, anchor);
  if (anchor === undefined) throw notAnchored(reference);
  const discloses = verdict === 'internal';
  if (discloses && options.disclose !== true) {
    const message = `${formatReference(reference)} is internal: its proof would show what its domain does not show`;
    throw proofError('PROOF.INTERNAL', message, { reference: formatReference(reference) });
  }
  const position = anchor.snapshotLogseq;
  const bytes =
    options.referenceOnly === true ? undefined : await bytesOf(await store.at(position), reference);
  const entry = await store.prove(reference, position, discloses ? 'state' : 'public');
  const signed = await signStoreHead(store, signer, memory);
  const { previous, payload, path } = await logPart(store, anchor, signed.head.size);
  const file = encodeProof({
    genesis: encodeGenesis(store.genesis),
    head: signed.note,
    previous,
    anchor: payload,
    path,
    ...(discloses && { blind: blindOf(store.genesis.open ? undefined : secret, position) }),
    entry,
    ...(bytes && { bytes }),
  });
  return { file, anchor, signed, discloses };
}

/** The verdict at the last anchor, if it is one that can be proved and is the one of now. */
async function provableVerdict(
  store: Store,
  reference: Reference,
  anchor: SnapshotAnchor | undefined,
): Promise<Verdict> {
  const { verdict: now } = await (await store.at()).stat(reference);
  if (now === 'absent') throw storeError('STORE.ABSENT', `there is no ${formatReference(reference)}`);
  if (now === 'inadmissible') {
    throw storeError('STORE.INADMISSIBLE', `${formatReference(reference)} is inadmissible`);
  }
  if (anchor === undefined) throw notAnchored(reference);
  const { verdict } = await (await store.at(anchor.snapshotLogseq)).stat(reference);
  if (verdict !== now) throw notAnchored(reference);
  return verdict;
}

async function bytesOf(view: View, reference: Reference): Promise<Bytes> {
  const bytes = await view.get(reference);
  if (bytes === undefined)
    throw coreError('CORE.BLOCK.ABSENT', `the bytes of ${formatReference(reference)} are gone`);
  return bytes;
}

/** What of the log shows that the anchor is in it. */
async function logPart(store: Store, { logseq }: SnapshotAnchor, size: bigint) {
  const leaves = await store.leaves(size);
  const hashes = leaves.map((data) => merkleLeafHash(data, hasher));
  const path = inclusionRanges({ index: logseq - 1n, size }).map(({ from, to }) =>
    merkleRoot(hashes.slice(Number(from), Number(to)), hasher),
  );
  // A leaf is `public` and the record_hash; an anchor is never the first record.
  const previous = (leaves[Number(logseq) - 2] as Uint8Array).subarray(1);
  for await (const { payload, recordHash } of store.log(logseq - 1n)) {
    if (equalBytes(recordHash, (leaves[Number(logseq) - 1] as Uint8Array).subarray(1)))
      return { previous, payload, path };
  }
  throw storeError('STORE.CONFLICT', `record ${logseq} is not the one that its leaf is of`, {
    logseq: logseq.toString(),
  });
}

function notAnchored(reference: Reference): ReturnType<typeof storeError> {
  const text = formatReference(reference);
  return storeError('STORE.NOT_ANCHORED', `no anchor has ${text} as it is now`, { reference: text });
}
