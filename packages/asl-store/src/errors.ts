import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ASL/STORAGE/1 with their families and clauses. */
export const STORE_ERRORS = {
  'STORE.NOT_A_STORE': { family: 'refused', clause: 'STO-OBJ-4' },
  'STORE.EXISTS': { family: 'refused', clause: 'STO-ERR-1' },
  'STORE.CONFLICT': { family: 'mismatch', clause: 'STO-PRT-2' },
  'STORE.WRITER_BUSY': { family: 'refused', clause: 'STO-EPO-2' },
  'STORE.WRITER_STOPPED': { family: 'storage', clause: 'STO-DUR-5' },
  'STORE.FENCED': { family: 'refused', clause: 'STO-EPO-7' },
  'STORE.MISSING': { family: 'storage', clause: 'STO-ERR-2' },
  'STORE.STRAY': { family: 'malformed', clause: 'STO-ERR-3' },
  'STORE.IO': { family: 'storage', clause: 'STO-ERR-4' },
  'STORE.CHANGED': { family: 'mismatch', clause: 'STO-ERR-5' },
  'STORE.RANGE': { family: 'refused', clause: 'STO-ERR-6' },
  'STORE.NOT_ANCHORED': { family: 'refused', clause: 'STO-CUT-3' },
} as const;

/** A code of ASL/STORAGE/1. */
export type StoreErrorCode = keyof typeof STORE_ERRORS;

export const storeError: ErrorMaker<StoreErrorCode> = errorMaker(STORE_ERRORS);
