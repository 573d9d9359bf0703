/** Octets of a page: what is read, hashed and verified as one. */
export const PAGE_LENGTH = 4096;

/** Octets of the header. */
export const HEADER_LENGTH = 128;

/** Octets of an IndexRecord. */
export const RECORD_LENGTH = 64;

/** Octets of an ExtentRecord. */
export const EXTENT_LENGTH = 16;

/** Octets of an entry of the block table or the domain table. */
export const TABLE_ENTRY_LENGTH = 32;

/** Octets of the footer. */
export const FOOTER_LENGTH = 16;

/** The most records of a segment (SEG-HDR-8). */
export const RECORD_COUNT_MAX: number = 2 ** 24 - 1;

/** The most ExtentRecords of a segment (SEG-HDR-8). */
export const EXTENT_COUNT_MAX: number = 2 ** 28;

/** The most entries of a domain table (SEG-HDR-8). */
export const DOMAIN_COUNT_MAX = 65_535;
