import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ENC/ASL-CORE-INDEX/1 with their families and clauses. */
export const SEG_ERRORS = {
  'SEG.TRUNCATED': { family: 'malformed', clause: 'SEG-HDR-1' },
  'SEG.MAGIC': { family: 'malformed', clause: 'SEG-HDR-2' },
  'SEG.VERSION': { family: 'unsupported', clause: 'SEG-HDR-3' },
  'SEG.HEADER_SIZE': { family: 'malformed', clause: 'SEG-HDR-4' },
  'SEG.FLAGS': { family: 'unsupported', clause: 'SEG-HDR-5' },
  'SEG.HASH_ID': { family: 'unsupported', clause: 'SEG-HDR-6' },
  'SEG.RESERVED': { family: 'malformed', clause: 'SEG-HDR-7' },
  'SEG.COUNT': { family: 'malformed', clause: 'SEG-HDR-8' },
  'SEG.LENGTH': { family: 'malformed', clause: 'SEG-FILE-3' },
  'SEG.FOOTER': { family: 'malformed', clause: 'SEG-FTR-1' },
  'SEG.PADDING': { family: 'malformed', clause: 'SEG-FILE-2' },
  'SEG.RANGE': { family: 'malformed', clause: 'SEG-HDR-9' },
  'SEG.BLOOM': { family: 'malformed', clause: 'SEG-BLM-2' },
  'SEG.FANOUT': { family: 'malformed', clause: 'SEG-FAN-2' },
  'SEG.ORDER': { family: 'malformed', clause: 'SEG-REC-1' },
  'SEG.LOGSEQ': { family: 'malformed', clause: 'SEG-REC-2' },
  'SEG.RECORD.FLAGS': { family: 'malformed', clause: 'SEG-REC-3' },
  'SEG.RECORD.TAG': { family: 'malformed', clause: 'SEG-REC-4' },
  'SEG.RECORD.VISIBILITY': { family: 'malformed', clause: 'SEG-REC-5' },
  'SEG.RECORD.DOMAIN': { family: 'malformed', clause: 'SEG-REC-6' },
  'SEG.RECORD.TOMBSTONE': { family: 'malformed', clause: 'SEG-REC-7' },
  'SEG.RECORD.BLOCK': { family: 'malformed', clause: 'SEG-REC-8' },
  'SEG.RECORD.EXTENTS': { family: 'malformed', clause: 'SEG-REC-10' },
  'SEG.EXTENT.EMPTY': { family: 'malformed', clause: 'SEG-REC-9' },
  'SEG.TABLE.ORDER': { family: 'malformed', clause: 'SEG-TAB-1' },
  'SEG.TABLE.UNUSED': { family: 'malformed', clause: 'SEG-TAB-2' },
  'SEG.TABLE.ZERO': { family: 'malformed', clause: 'SEG-TAB-3' },
  'SEG.DIGEST': { family: 'mismatch', clause: 'SEG-ID-2' },
} as const;

/** A code of ENC/ASL-CORE-INDEX/1. */
export type SegErrorCode = keyof typeof SEG_ERRORS;

export const segError: ErrorMaker<SegErrorCode> = errorMaker(SEG_ERRORS);
