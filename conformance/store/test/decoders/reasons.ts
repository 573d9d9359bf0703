import type { Fault } from './row.js';

const NO_LENGTH = 'no field says how long something is';
const NO_LIST = 'there is no list';
const NO_VERSION = 'no version of its own: that of what holds it counts';
const ONE_FORM = 'every field has one width and one form';
const LIST_IS_FIXED = { 'wrong order': NO_LIST, duplicate: NO_LIST } as const;

/** Octets that say nothing but what they are: others are another value. */
const other = (what: string) => `the others are ${what}`;

/** Why a cell is not a plain count: there is no such input, or some of them are right inputs of another meaning. */
export const REASONS: Readonly<Record<string, Readonly<Partial<Record<Fault, string>>>>> = {
  artifact: {
    'bit flipped': other('artifacts with another tag or other bytes, and another reference'),
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'reference, binary': {
    'bit flipped': other('references with another digest'),
    'huge length': NO_LENGTH,
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'reference, text': {
    'bit flipped': other('references with another digit in the digest'),
    'unknown version': NO_VERSION,
  },
  'index state, text': {
    'bit flipped': other('states with another digit'),
    'unknown version': NO_VERSION,
    'unknown flag': 'there is no flag',
  },
  location: {
    'bit flipped': 'a location is a value; its bytes are those of a segment',
    'unknown version': 'a value has none',
    'unknown flag': 'a value has none',
    'wrong order': 'the order is what it says (CORE-LOC-8); a wrong one is found by the digest',
    duplicate: 'extents may repeat (CORE-LOC-8)',
  },
  'genesis manifest': {
    'bit flipped': other('manifests of another key, name, openness or nonce, and another DomainID'),
    ...LIST_IS_FIXED,
  },
  'log header': { trailing: 'frames follow a header', ...LIST_IS_FIXED },
  'log file': { truncated: other('the logs that end where a frame does') },
  'payload of segment-seal': {
    'bit flipped': other('seals of other segments'),
    'unknown version': NO_VERSION,
  },
  'payload of tombstone': {
    'bit flipped': other('tombstones of another key, or with another reason'),
    'huge length': NO_LENGTH,
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'payload of tombstone-lift': {
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'payload of snapshot-anchor': {
    'bit flipped': other('anchors with other roots or another manifest hash, which replay cannot know'),
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'payload of artifact-publish': {
    'bit flipped': other('publications of other keys'),
    'unknown version': NO_VERSION,
  },
  'payload of artifact-unpublish': {
    'bit flipped': other('publications of other keys'),
    'unknown version': NO_VERSION,
  },
  'payload of authority-rotate': {
    truncated: other('the payload without a recovery key, which the longer one begins like'),
    'bit flipped': other('other keys or signatures, which replay does not check (LOG-PAY-6)'),
    'huge length': NO_LENGTH,
    'not canonical': ONE_FORM,
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'segment header': {
    'bit flipped': other(
      'headers with another first or last digest, in order; the whole file is refused by them',
    ),
    trailing: 'the rest of the file follows a header',
    'not canonical': ONE_FORM,
  },
  'segment, without its name': {
    'bit flipped': other('segments of other records, and another SegmentID'),
  },
  'state entry': {
    'bit flipped': other('entries of another key, or that say something else of it, and another root'),
    'unknown version': NO_VERSION,
  },
  'content entry': {
    'bit flipped': other('entries of another key, or with another tag or length, and another root'),
    'huge length': 'every u64 is the length of an artifact',
    'unknown version': NO_VERSION,
    ...LIST_IS_FIXED,
  },
  'entry proof, against its root': { 'unknown version': NO_VERSION },
  'policy table, without its hash': {
    'bit flipped': other('tables of other keys or logseqs, and another hash'),
  },
  'manifest, without its hash': {
    'bit flipped': other('manifests of another position, domain or segments, and another hash'),
  },
  'claim of a writer': {
    truncated: other('claims whose holder stopped while it said that it was done'),
    'unknown version': 'a claim is read by those who work on the store at that time, and has none',
  },
  'name of an object': {
    'bit flipped': other('names with another digit'),
    'unknown version': NO_VERSION,
  },
};
