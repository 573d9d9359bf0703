/**
 * The shapes of what the commands print with `--json`, one zod schema for each.
 *
 * @module
 */

import { z } from 'zod';

/** u64 in JSON: decimal digits. */
export const u64: z.ZodType<string> = z.string().regex(/^(0|[1-9][0-9]{0,19})$/);
const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const reference = z.string().regex(/^asl:(sha256|blake3):[0-9a-f]{64}$/);

/** `init --json`. */
export const initResult = z.strictObject({
  store: z.string(),
  domainId: hex32,
  name: z.string(),
  open: z.boolean(),
});

/** `put --json`: one line for each input, once it is durable. */
export const putResult = z.strictObject({ path: z.string(), ref: reference, logseq: u64 });

/** `get --json -o FILE`. */
export const getResult = z.strictObject({ ref: reference, path: z.string(), length: u64 });

/** `rm`, `tombstone`, `publish`, `unpublish --json`: one line for each reference. */
export const changeResult = z.strictObject({ ref: reference, logseq: u64 });

/** `lift --json`. */
export const liftResult = z.strictObject({ lifted: u64, logseq: u64 });

/** `snapshot --json`. */
export const snapshotResult = z.strictObject({
  snapshotId: hex32,
  position: u64,
  anchor: u64,
  added: z.boolean(),
  stateRoot: hex32,
  publicRoot: hex32,
  contentRoot: hex32,
  manifest: hex32,
});

/** `truncate --json`. */
export const truncateResult = z.strictObject({ base: u64 });

/** `install --json`. */
export const installResult = z.strictObject({
  store: z.string(),
  domainId: hex32,
  position: u64,
  objects: z.number().int(),
  bytes: u64,
});

const diffSide = z.strictObject({ position: u64, snapshotId: hex32 });

/** `diff --json`: one line for each key that differs, then what is to be said of the states. */
export const diffKeyResult = z.strictObject({
  ref: reference,
  causes: z.array(z.enum(['missing', 'extra', 'content', 'policy'])),
});
export const diffResult = z.strictObject({
  left: diffSide,
  right: diffSide,
  sameDomain: z.boolean(),
  /** The first logseq at which the logs are not the same. */
  divergence: u64.nullable(),
  skipped: z.strictObject({ left: z.array(z.number().int()), right: z.array(z.number().int()) }),
  keys: z.number().int(),
});

/** `head --json`. */
export const headResult = z.strictObject({ size: u64, root: hex32, key: z.string(), note: z.string() });

/** `prove --json`. */
export const proveResult = z.strictObject({
  path: z.string(),
  ref: reference,
  position: u64,
  anchor: u64,
  size: u64,
  bytes: z.number().int(),
  discloses: z.boolean(),
});

/** `check --json`: what the proof shows, or the link that does not hold. */
export const checkResult = z.strictObject({
  valid: z.boolean(),
  link: z.enum(['form', 'domain', 'head', 'anchor', 'inclusion', 'entry', 'bytes']).optional(),
  code: z.string().optional(),
  message: z.string().optional(),
  ref: reference.optional(),
  verdict: z.enum(['inadmissible', 'absent', 'internal', 'published']).optional(),
  domainId: hex32.optional(),
  key: hex32.optional(),
  position: u64.optional(),
  anchor: u64.optional(),
  size: u64.optional(),
  claims: z.array(z.strictObject({ id: z.string(), verified: z.boolean(), text: z.string() })),
});

/** `log --json`: one line for each record. */
export const logResult = z.strictObject({
  logseq: u64,
  type: z.string(),
  public: z.boolean(),
  recordHash: hex32,
  body: z.record(z.string(), z.json()),
});

const segment = z.strictObject({ logseq: u64, segmentId: hex32 });

/** `log --steps --json`: one line for each step of a replay. */
export const stepResult = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('passed-over'),
    anchor: u64,
    position: u64,
    manifest: hex32,
    /** Why the anchor is false; null if its manifest or policy table is lost. */
    code: z.string().nullable(),
  }),
  z.strictObject({
    step: z.literal('start'),
    position: u64,
    snapshotId: hex32,
    /** What names the position; null at position 0, and where replay starts from nothing that is anchored. */
    anchor: z.strictObject({ logseq: u64, manifest: hex32 }).nullable(),
    /** Logseq 0 is that of a merged segment. */
    segments: z.array(segment),
    policyRows: z.number().int(),
  }),
  z.strictObject({ step: z.literal('record'), logseq: u64, type: z.string(), effect: z.string() }),
  z.strictObject({
    step: z.literal('end'),
    position: u64,
    snapshotId: hex32,
    segments: z.number().int(),
    policyRows: z.number().int(),
  }),
]);

/** `status --json`. */
export const statusResult = z.strictObject({
  store: z.string(),
  domainId: hex32,
  name: z.string(),
  open: z.boolean(),
  position: u64,
  snapshotId: hex32,
  /** The last anchor at or below the position. */
  anchored: z.strictObject({ position: u64, logseq: u64, stateRoot: hex32, publicRoot: hex32 }).nullable(),
  keys: z.strictObject({
    internal: z.number().int(),
    published: z.number().int(),
    inadmissible: z.number().int(),
  }),
});

/** `verify --json`: one line for each fault, then the summary. */
export const verifyFinding = z.strictObject({ object: z.string(), code: z.string(), message: z.string() });
export const verifyResult = z.strictObject({
  position: u64.nullable(),
  objects: z.number().int(),
  bytes: u64,
  artifacts: z.number().int(),
  faults: z.number().int(),
});
