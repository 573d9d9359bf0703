import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1 with their families and clauses. */
export const STORE_INDEX_ERRORS = {
  'IDX.DUPLICATE': { family: 'malformed', clause: 'IDX-REC-2' },
  'STATE.TEXT': { family: 'malformed', clause: 'STX-SNAP-3' },
  'STORE.INADMISSIBLE': { family: 'refused', clause: 'STX-OPEN-2' },
  'STORE.PUBLISHED': { family: 'refused', clause: 'STX-OPEN-4' },
  'STORE.ABSENT': { family: 'refused', clause: 'STX-OPEN-4' },
  'ENTRY.TRUNCATED': { family: 'malformed', clause: 'STX-ENT-3' },
  'ENTRY.TRAILING': { family: 'malformed', clause: 'STX-ENT-3' },
  'ENTRY.FORM': { family: 'malformed', clause: 'STX-ENT-4' },
  'ENTRY_PROOF.TRUNCATED': { family: 'malformed', clause: 'STX-PRF-1' },
  'ENTRY_PROOF.TRAILING': { family: 'malformed', clause: 'STX-PRF-1' },
  'ENTRY_PROOF.FORM': { family: 'malformed', clause: 'STX-PRF-2' },
  'ENTRY_PROOF.KEY': { family: 'mismatch', clause: 'STX-PRF-4' },
  'ENTRY_PROOF.ROOT': { family: 'mismatch', clause: 'STX-PRF-5' },
  'POLICY.DIGEST': { family: 'mismatch', clause: 'STX-PTB-2' },
  'POLICY.TRUNCATED': { family: 'malformed', clause: 'STX-PTB-3' },
  'POLICY.MAGIC': { family: 'malformed', clause: 'STX-PTB-4' },
  'POLICY.VERSION': { family: 'unsupported', clause: 'STX-PTB-5' },
  'POLICY.HEADER': { family: 'malformed', clause: 'STX-PTB-6' },
  'POLICY.LENGTH': { family: 'malformed', clause: 'STX-PTB-7' },
  'POLICY.ORDER': { family: 'malformed', clause: 'STX-PTB-9' },
  'POLICY.ROW': { family: 'malformed', clause: 'STX-PTB-10' },
  'POLICY.TOMBSTONES': { family: 'malformed', clause: 'STX-PTB-11' },
  'POLICY.INDEX': { family: 'malformed', clause: 'STX-PTB-12' },
  'POLICY.POSITION': { family: 'mismatch', clause: 'STX-PTB-13' },
  'MANIFEST.DIGEST': { family: 'mismatch', clause: 'STX-MAN-1' },
  'MANIFEST.TRUNCATED': { family: 'malformed', clause: 'STX-MAN-2' },
  'MANIFEST.MAGIC': { family: 'malformed', clause: 'STX-MAN-3' },
  'MANIFEST.VERSION': { family: 'unsupported', clause: 'STX-MAN-4' },
  'MANIFEST.RESERVED': { family: 'malformed', clause: 'STX-MAN-5' },
  'MANIFEST.LENGTH': { family: 'malformed', clause: 'STX-MAN-6' },
  'MANIFEST.POSITION': { family: 'malformed', clause: 'STX-MAN-7' },
  'MANIFEST.ORDER': { family: 'malformed', clause: 'STX-MAN-8' },
  'MANIFEST.TYPES': { family: 'malformed', clause: 'STX-MAN-9' },
  'MANIFEST.DOMAIN': { family: 'mismatch', clause: 'STX-MAN-10' },
  'MANIFEST.SNAPSHOT': { family: 'mismatch', clause: 'STX-MAN-10' },
  'MANIFEST.BLIND': { family: 'malformed', clause: 'STX-MAN-10' },
  'MANIFEST.STATE': { family: 'mismatch', clause: 'STX-MAN-11' },
} as const;

/** A code of ASL/1-CORE-INDEX or ASL/STORE-INDEX/1. */
export type StoreIndexErrorCode = keyof typeof STORE_INDEX_ERRORS;

export const storeIndexError: ErrorMaker<StoreIndexErrorCode> = errorMaker(STORE_INDEX_ERRORS);
