import { formatHex, formatReference } from '@amduat/asl-core';
import { formatIndexState } from '@amduat/asl-store-index';
import type { ProvenEntry } from './check.js';

/** Something that a proof says, or does not. */
export interface Claim {
  readonly id: 'bytes' | 'entry' | 'log' | 'signature' | 'authority' | 'snapshot' | 'only' | 'current';
  readonly verified: boolean;
  /** For people. */
  readonly text: string;
}

/**
 * Says what a proof that holds shows, and what it does not.
 *
 * @spec PRF-SAY-1
 * @param proven - as checkProof gives it.
 * @returns every claim, those that are verified first.
 */
export function claimsOf(proven: ProvenEntry): Claim[] {
  const { anchor, head, genesis, verdict } = proven;
  const reference = formatReference(proven.reference);
  const domain = formatHex(proven.domainId);
  const key = formatHex(genesis.authorityKey);
  const { snapshotId, snapshotLogseq: position } = anchor;
  const hasBytes = proven.bytes !== undefined;
  const claims: Claim[] = [
    {
      id: 'bytes',
      verified: hasBytes,
      text: hasBytes
        ? `the bytes are ${reference}`
        : `that some bytes are ${reference}: they are not in the file`,
    },
    {
      id: 'entry',
      verified: true,
      text: `domain ${domain} says at position ${position} that it is ${verdict}`,
    },
    {
      id: 'log',
      verified: true,
      text: `the anchor ${anchor.logseq} that says so is in the log of ${head.size} records`,
    },
    { id: 'signature', verified: true, text: `key ${key} signed the head of this log` },
    {
      id: 'authority',
      verified: proven.isAuthorityKnown,
      text: proven.isAuthorityKnown
        ? `this key is the one that was asked for`
        : `that this key, and the domain it made, "${genesis.name}", are those you think of: compare the key, or give it`,
    },
    {
      id: 'snapshot',
      verified: false,
      text: `that the root is that of ${formatIndexState({ snapshotId, position })}: it is the domain's word`,
    },
    { id: 'only', verified: false, text: 'that nobody was shown another log of this domain' },
    { id: 'current', verified: false, text: `that nothing was changed after position ${position}` },
  ];
  return [...claims.filter(({ verified }) => verified), ...claims.filter(({ verified }) => !verified)];
}
