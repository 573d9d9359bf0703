/** The most octets of a payload (LOG-FRM-8). */
export const PAYLOAD_LENGTH_MAX: number = 2 ** 24;

/** The most octets of the records of one frame (LOG-FRM-6). */
export const FRAME_RECORDS_LENGTH_MAX: number = 2 ** 26;

/** The greatest logseq (LOG-APP-4). */
export const LOGSEQ_MAX: bigint = 2n ** 64n - 1n;

/** Octets of the header of a log file. */
export const HEADER_LENGTH = 160;

/** Octets of a frame before its records. */
export const FRAME_HEAD_LENGTH = 48;

/** Octets of a record in a frame beside its payload: 16 before it, 32 of record_hash after it. */
export const RECORD_OVERHEAD = 48;

/** Octets that every payload of a known type begins with: `public` and salt. */
export const PREFIX_LENGTH = 33;

/** Octets of a salt. */
export const SALT_LENGTH = 32;

/** Octets of a log secret (DOM-SEC-1). */
export const SECRET_LENGTH = 32;

/** Octets of every hash of this document, and of a DomainID. */
export const HASH_LENGTH = 32;

/** The most characters of a domain's name (DOM-MAN-4). */
export const NAME_LENGTH_MAX = 64;
