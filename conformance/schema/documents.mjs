// @ts-check
import { z } from 'zod';
import { operations } from './operations.mjs';
import { profileFile } from './profiles.mjs';
import {
  clauseId,
  dottedId,
  errorCode,
  fieldPath,
  hex,
  namedTest,
  sentence,
  text,
  version,
} from './values.mjs';

/** @import { Operation } from './operations.mjs' */

// The order of keys below is the order in which the documents are written.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hexadecimal');
const documentName = z
  .string()
  .regex(/^[A-Z0-9-]+(?:\/[A-Z0-9-]+)+$/, 'expected a document name such as ASL/1-CORE');

const named = {
  id: dottedId,
  level: z.enum(['MUST', 'SHOULD', 'MAY']),
  clauses: z.array(clauseId).min(1),
};

const explained = {
  flags: z.array(z.string().regex(/^[A-Z][A-Za-z0-9]*$/, 'expected a flag such as LastByte')).optional(),
  why: sentence,
  kills: z.array(dottedId),
  source: z.enum(['hand', 'python']),
  since: version,
};

const place = { field: fieldPath, at: z.int().positive().optional() };
const edit = z.union(
  [
    z.strictObject({ ...place, set: hex }),
    z.strictObject({ ...place, remove: z.int().positive(), insert: hex.optional() }),
    z.strictObject({ ...place, insert: hex }),
    z.strictObject({ member: text, value: z.unknown().optional() }),
  ],
  'expected { field, at?, set }, { field, at?, remove?, insert? } or { member, value? }',
);

/** How an input that is refused is made from that of a vector that is accepted. */
const derivation = z.strictObject({
  base: dottedId,
  edits: z.array(edit).max(4),
  reseal: z.array(fieldPath).min(1).optional(),
});

/** @param {Operation} operation */
function vectorOf(operation) {
  const kinds = operation.inverse ? ['output', 'accept', 'roundtrip'] : ['output', 'accept'];
  const accepting = z.strictObject({
    ...named,
    kind: z.enum(kinds),
    in: operation.in,
    expect: z.strictObject({ ok: operation.ok }),
    ...explained,
  });
  const refusing = z.strictObject({
    ...named,
    kind: z.literal('reject'),
    in: operation.in,
    from: derivation.optional(),
    expect: z.strictObject({ err: z.strictObject({ code: errorCode }) }),
    ...explained,
  });
  return z.discriminatedUnion('kind', [accepting, refusing]);
}

const [firstGroup, ...otherGroups] = Object.entries(operations).map(([op, operation]) =>
  z.strictObject({ id: dottedId, op: z.literal(op), vectors: z.array(vectorOf(operation)).min(1) }),
);
if (!firstGroup) throw new Error('no operation is declared');

const group = z.discriminatedUnion(
  'op',
  [firstGroup, ...otherGroups],
  'no operation of conformance/schema/operations.mjs',
);

/** conformance/vectors/<spec>/<topic>.json */
export const vectorFile = z.strictObject({
  format: z.literal('asl-vectors/1'),
  spec: documentName,
  groups: z.array(group).min(1),
});

/** conformance/mutants/<spec>.json */
export const mutantFile = z.array(
  z.strictObject({
    id: dottedId,
    clause: clauseId,
    file: text,
    find: text,
    replace: z.string(),
    why: sentence,
    killedBy: z.array(z.strictObject({ package: text, test: text })),
  }),
);

/** conformance/misreadings/<spec>.json */
export const misreadingFile = z.array(z.strictObject({ id: dottedId, clause: clauseId, why: sentence }));

/** specs/errors.json */
export const errorFile = z.array(
  z.strictObject({
    code: errorCode,
    family: z.enum(['malformed', 'mismatch', 'unsupported', 'refused', 'storage']),
    clause: clauseId,
    since: version,
    text,
  }),
);

/** specs/exceptions.json */
export const exceptionFile = z.array(
  z.union(
    [
      z.strictObject({
        clause: clauseId,
        polarity: z.enum(['negative', 'positive', 'both']),
        reason: sentence,
        shownBy: namedTest.optional(),
      }),
      z.strictObject({ code: errorCode, reason: sentence, shownBy: namedTest.optional() }),
      z.strictObject({ format: text, field: text, value: hex.optional(), reason: sentence }),
    ],
    'expected { clause, polarity, reason, shownBy? }, { code, reason, shownBy? } or { format, field, value?, reason }, the reason a sentence',
  ),
);

/** conformance/limits.json: for each row of a table of limits the vectors at it and beyond it. */
export const limitFile = z.array(
  z
    .strictObject({
      spec: documentName,
      what: text,
      at: z.array(dottedId).min(1).optional(),
      beyond: z.array(dottedId).min(1).optional(),
      reason: sentence.optional(),
    })
    .refine(
      ({ at, beyond, reason }) => (at && beyond) || reason,
      'expected vectors at and beyond, or a reason',
    ),
);

/** conformance/acknowledged.json: clause → the hash of its sentence when its vectors were last read. */
export const acknowledgedFile = z.record(clauseId, sha256);

/** specs/<spec>/clauses.json */
const clauseFile = z.array(
  z.strictObject({
    id: clauseId,
    keyword: z.enum(['MUST', 'MUST NOT', 'SHALL', 'SHALL NOT', 'REQUIRED', 'SHOULD', 'SHOULD NOT', 'MAY']),
    text,
    sha256,
  }),
);

const counts = { vectors: z.int(), MUST: z.int(), SHOULD: z.int(), MAY: z.int() };

/** conformance/vectors/manifest.json */
export const suiteManifest = z.strictObject({
  format: z.literal('asl-suite/1'),
  version,
  protocol: z.literal(1),
  specs: z.array(z.strictObject({ spec: documentName, clauses: sha256 })),
  files: z.record(z.string(), z.strictObject({ sha256, ...counts })),
  totals: z.strictObject({ files: z.int(), ...counts }),
});

const documents = {
  acknowledged: acknowledgedFile,
  clauses: clauseFile,
  errors: errorFile,
  exceptions: exceptionFile,
  limits: limitFile,
  manifest: suiteManifest,
  misreadings: misreadingFile,
  mutants: mutantFile,
  profiles: profileFile,
  vectors: vectorFile,
};

/**
 * The documents as JSON Schema. It says all but what needs another file or arithmetic: see conformance/README.md.
 * @returns {{ path: string, schema: object }[]}
 */
export const publishedSchemas = () =>
  Object.entries(documents).map(([document, schema]) => ({
    path: `conformance/schema/${document}.schema.json`,
    schema: z.toJSONSchema(schema),
  }));
