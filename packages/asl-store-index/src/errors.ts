import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1 with their families and clauses. */
export const STORE_INDEX_ERRORS = {
  'IDX.DUPLICATE': { family: 'malformed', clause: 'IDX-REC-2' },
  'STATE.TEXT': { family: 'malformed', clause: 'STX-SNAP-3' },
  'STORE.INADMISSIBLE': { family: 'refused', clause: 'STX-OPEN-2' },
  'STORE.PUBLISHED': { family: 'refused', clause: 'STX-OPEN-4' },
  'STORE.ABSENT': { family: 'refused', clause: 'STX-OPEN-4' },
} as const;

/** A code of ASL/1-CORE-INDEX or ASL/STORE-INDEX/1. */
export type StoreIndexErrorCode = keyof typeof STORE_INDEX_ERRORS;

export const storeIndexError: ErrorMaker<StoreIndexErrorCode> = errorMaker(STORE_INDEX_ERRORS);
