import { encodeReference, formatHex } from '@amduat/asl-core';
import { hex, type Operations } from '@amduat/asl-core/conformance';
import { decodeEntryProof, stateEntries } from '@amduat/asl-store-index';
import { checkProof, encodeProof } from './index.js';

interface PartsInput {
  genesis: string;
  head: string;
  previous: string;
  anchor: string;
  path: string[];
  blind?: string;
  entry: string;
  bytes?: string;
}

const answers = {
  'proof.check': ({ bytes, key }: { bytes: string; key?: string }) => {
    const { proven, error } = checkProof(hex(bytes), key === undefined ? {} : { key: hex(key) });
    if (proven === undefined) throw error;
    return {
      domainId: formatHex(proven.domainId),
      position: String(proven.anchor.snapshotLogseq),
      anchor: String(proven.anchor.logseq),
      size: String(proven.head.size),
      reference: formatHex(encodeReference(proven.reference)),
      verdict: proven.verdict,
      bytes: proven.bytes !== undefined,
      authority: proven.isAuthorityKnown,
    };
  },
  'proof.encode': ({ blind, bytes, ...parts }: PartsInput) => ({
    bytes: formatHex(
      encodeProof({
        genesis: hex(parts.genesis),
        head: hex(parts.head),
        previous: hex(parts.previous),
        anchor: hex(parts.anchor),
        path: parts.path.map(hex),
        ...(blind !== undefined && { blind: hex(blind) }),
        entry: decodeEntryProof(stateEntries, hex(parts.entry)),
        ...(bytes !== undefined && { bytes: hex(bytes) }),
      }),
    ),
  }),
};

/** The operations of ASL/PROOF/1 over this package, as the vectors name them. */
export const operations: Operations = answers;
