import { type ErrorMaker, errorMaker } from '@amduat/asl-core';

/** The codes of ASL/DOMAIN/1 with their families and clauses. */
export const DOMAIN_ERRORS = {
  'DOM.TRUNCATED': { family: 'malformed', clause: 'DOM-MAN-2' },
  'DOM.VERSION': { family: 'unsupported', clause: 'DOM-MAN-3' },
  'DOM.NAME': { family: 'malformed', clause: 'DOM-MAN-4' },
  'DOM.OPENNESS': { family: 'malformed', clause: 'DOM-MAN-5' },
  'DOM.TRAILING': { family: 'malformed', clause: 'DOM-MAN-6' },
  'DOM.ID': { family: 'mismatch', clause: 'DOM-ID-2' },
  'DOM.SECRET': { family: 'refused', clause: 'DOM-SEC-3' },
} as const;

/** A code of ASL/DOMAIN/1. */
export type DomainErrorCode = keyof typeof DOMAIN_ERRORS;

export const domainError: ErrorMaker<DomainErrorCode> = errorMaker(DOMAIN_ERRORS);

/** The codes of ASL/LOG/1 with their families and clauses. */
export const LOG_ERRORS = {
  'LOG.HEADER.TRUNCATED': { family: 'malformed', clause: 'LOG-HDR-1' },
  'LOG.MAGIC': { family: 'malformed', clause: 'LOG-HDR-2' },
  'LOG.VERSION': { family: 'unsupported', clause: 'LOG-HDR-3' },
  'LOG.HEADER_SIZE': { family: 'malformed', clause: 'LOG-HDR-4' },
  'LOG.FLAGS': { family: 'unsupported', clause: 'LOG-HDR-5' },
  'LOG.HEADER_HASH': { family: 'mismatch', clause: 'LOG-HDR-6' },
  'LOG.DOMAIN': { family: 'mismatch', clause: 'LOG-HDR-7' },
  'LOG.BASE': { family: 'malformed', clause: 'LOG-HDR-8' },
  'LOG.TORN': { family: 'malformed', clause: 'LOG-FRM-3' },
  'LOG.DAMAGED': { family: 'malformed', clause: 'LOG-FRM-4' },
  'LOG.FRAME': { family: 'malformed', clause: 'LOG-FRM-6' },
  'LOG.LIMIT': { family: 'malformed', clause: 'LOG-FRM-8' },
  'LOG.SEQ': { family: 'malformed', clause: 'LOG-REC-1' },
  'LOG.TYPE': { family: 'malformed', clause: 'LOG-REC-2' },
  'LOG.CHAIN': { family: 'mismatch', clause: 'LOG-CHN-1' },
  'LOG.PUBLIC': { family: 'malformed', clause: 'LOG-PFX-1' },
  'LOG.SALT': { family: 'malformed', clause: 'LOG-PFX-2' },
  'LOG.PAYLOAD.LENGTH': { family: 'malformed', clause: 'LOG-PAY-1' },
  'LOG.PAYLOAD.COUNT': { family: 'malformed', clause: 'LOG-PAY-2' },
  'LOG.PAYLOAD.ORDER': { family: 'malformed', clause: 'LOG-PAY-3' },
  'LOG.PAYLOAD.HASH_ID': { family: 'unsupported', clause: 'LOG-PAY-4' },
  'LOG.LIFT': { family: 'malformed', clause: 'LOG-ACT-3' },
  'LOG.ANCHOR.POSITION': { family: 'malformed', clause: 'LOG-ACT-5' },
  'LOG.ANCHOR.SNAPSHOT': { family: 'mismatch', clause: 'LOG-ACT-6' },
  'LOG.ANCHOR.ROOT': { family: 'mismatch', clause: 'LOG-ACT-7' },
  'LOG.POSITION': { family: 'refused', clause: 'LOG-RPL-2' },
  'LOG.TRUNCATED': { family: 'refused', clause: 'LOG-RPL-3' },
  'LOG.PARTIAL': { family: 'refused', clause: 'LOG-RPL-7' },
} as const;

/** A code of ASL/LOG/1. */
export type LogErrorCode = keyof typeof LOG_ERRORS;

export const logError: ErrorMaker<LogErrorCode> = errorMaker(LOG_ERRORS);

/** The codes of ASL/CHECKPOINT/1 with their families and clauses. */
export const HEAD_ERRORS = {
  'HEAD.TEXT': { family: 'malformed', clause: 'HEAD-TXT-2' },
  'HEAD.NOTE': { family: 'malformed', clause: 'HEAD-NOTE-3' },
  'HEAD.ORIGIN': { family: 'mismatch', clause: 'HEAD-NOTE-4' },
  'HEAD.SIGNER': { family: 'mismatch', clause: 'HEAD-NOTE-5' },
  'HEAD.SIGNATURE': { family: 'mismatch', clause: 'HEAD-NOTE-6' },
  'HEAD.KEY': { family: 'malformed', clause: 'HEAD-KEY-1' },
  'HEAD.INCLUSION': { family: 'mismatch', clause: 'HEAD-INC-2' },
  'HEAD.CONSISTENCY': { family: 'mismatch', clause: 'HEAD-CON-1' },
  'HEAD.LARGER': { family: 'refused', clause: 'HEAD-SGN-2' },
  'HEAD.FORKED': { family: 'refused', clause: 'HEAD-SGN-2' },
} as const;

/** A code of ASL/CHECKPOINT/1. */
export type HeadErrorCode = keyof typeof HEAD_ERRORS;

export const headError: ErrorMaker<HeadErrorCode> = errorMaker(HEAD_ERRORS);
