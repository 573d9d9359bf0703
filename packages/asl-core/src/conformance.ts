import {
  type BlockId,
  blockIdOf,
  compareReferences,
  decodeArtifact,
  decodeReference,
  encodeArtifact,
  encodeReference,
  formatHex,
  formatReference,
  hasherFor,
  parseHex,
  parseReference,
  readLocation,
  referenceOf,
  startReference,
  verifyArtifact,
  verifyBlock,
} from './index.js';

/** Answers one operation of the conformance suite: from the `in` of a vector to its `ok`, or throws an AslError. */
export type Operation = (input: never) => unknown;

/** Operations by the names that vectors use. */
export type Operations = Readonly<Record<string, Operation>>;

interface ArtifactInput {
  bytes: string;
  typeTag?: number;
}

/** The bytes that a vector writes as hexadecimal digits; owned. Throws TypeError for anything else. */
export function hex(digits: string): Uint8Array<ArrayBuffer> {
  const bytes = parseHex(digits);
  if (bytes === undefined) throw new TypeError(`not hexadecimal: ${digits}`);
  return bytes;
}

function artifact({ bytes, typeTag }: ArtifactInput) {
  return typeTag === undefined ? { bytes: hex(bytes) } : { bytes: hex(bytes), typeTag };
}

const answers = {
  'core.encodeArtifact': (input: ArtifactInput) => ({ bytes: formatHex(encodeArtifact(artifact(input))) }),
  'core.decodeArtifact': (input: { bytes: string }) => {
    const { bytes, ...tag } = decodeArtifact(hex(input.bytes));
    return { bytes: formatHex(bytes), ...tag };
  },
  'core.reference': (input: ArtifactInput & { hashId?: number }) => {
    const hasher = input.hashId === undefined ? undefined : hasherFor(input.hashId);
    const reference = referenceOf(artifact(input), hasher);
    return { reference: formatHex(encodeReference(reference)), text: formatReference(reference) };
  },
  'core.decodeReference': (input: { bytes: string }) => ({
    text: formatReference(decodeReference(hex(input.bytes))),
  }),
  'core.parseReference': (input: { text: string }) => ({
    reference: formatHex(encodeReference(parseReference(input.text))),
  }),
  'core.verify': (input: ArtifactInput & { reference: string }) => {
    verifyArtifact(artifact(input), decodeReference(hex(input.reference)));
    return {};
  },
  'core.compareReferences': (input: { a: string; b: string }) => ({
    order: compareReferences(decodeReference(hex(input.a)), decodeReference(hex(input.b))),
  }),
  'core.streamReference': (input: { chunks: string[]; length: string; typeTag?: number; hashId: number }) => {
    const stream = startReference(BigInt(input.length), input.typeTag, hasherFor(input.hashId));
    for (const chunk of input.chunks) stream.update(hex(chunk));
    return { reference: formatHex(encodeReference(stream.finish())) };
  },
  'core.sealBlock': (input: { bytes: string }) => ({ id: formatHex(blockIdOf(hex(input.bytes))) }),
  'core.verifyBlock': (input: { id: string; bytes: string }) => {
    verifyBlock(hex(input.bytes), hex(input.id));
    return {};
  },
  'core.readLocation': (input: {
    blocks: { id: string; bytes: string }[];
    extents: { block: string; offset: number; length: number }[];
    length: string;
  }) => {
    const blocks = new Map(input.blocks.map(({ id, bytes }) => [id, hex(bytes)]));
    const location = input.extents.map(({ block, ...slice }) => ({ blockId: hex(block), ...slice }));
    const bytes = readLocation(location, BigInt(input.length), (id: BlockId) => blocks.get(formatHex(id)));
    return { bytes: formatHex(bytes) };
  },
};

/** The operations of ASL/1-CORE over this package, as the vectors name them. */
export const operations: Operations = answers;

/** From the `ok` of an operation back to its `in`. */
export const inverses: Operations = {
  'core.encodeArtifact': answers['core.decodeArtifact'],
  'core.decodeArtifact': answers['core.encodeArtifact'],
  'core.decodeReference': (ok: { text: string }) => ({
    bytes: answers['core.parseReference'](ok).reference,
  }),
  'core.parseReference': (ok: { reference: string }) =>
    answers['core.decodeReference']({ bytes: ok.reference }),
};
