import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ASL/PROOF/1 with their families and clauses. */
export const PROOF_ERRORS = {
  'PROOF.TRUNCATED': { family: 'malformed', clause: 'PRF-FILE-2' },
  'PROOF.TRAILING': { family: 'malformed', clause: 'PRF-FILE-2' },
  'PROOF.MAGIC': { family: 'malformed', clause: 'PRF-FILE-3' },
  'PROOF.VERSION': { family: 'unsupported', clause: 'PRF-FILE-4' },
  'PROOF.FLAGS': { family: 'unsupported', clause: 'PRF-FILE-5' },
  'PROOF.LIMIT': { family: 'malformed', clause: 'PRF-FILE-6' },
  'PROOF.KEY': { family: 'mismatch', clause: 'PRF-LNK-1' },
  'PROOF.HEAD': { family: 'malformed', clause: 'PRF-LNK-3' },
  'PROOF.ANCHOR': { family: 'mismatch', clause: 'PRF-LNK-5' },
  'PROOF.BLIND': { family: 'malformed', clause: 'PRF-LNK-7' },
  'PROOF.ABSENT': { family: 'mismatch', clause: 'PRF-LNK-9' },
  'PROOF.VERDICT': { family: 'mismatch', clause: 'PRF-LNK-10' },
  'PROOF.INTERNAL': { family: 'refused', clause: 'PRF-SAY-3' },
} as const;

/** A code of ASL/PROOF/1. */
export type ProofErrorCode = keyof typeof PROOF_ERRORS;

export const proofError: ErrorMaker<ProofErrorCode> = errorMaker(PROOF_ERRORS);
