import { createHash } from 'node:crypto';
import {
  type Artifact,
  compareReferences,
  decodeArtifact,
  decodeReference,
  encodeArtifact,
  encodeReference,
  equalReferences,
  formatReference,
  hasherFor,
  isAslError,
  parseReference,
  readLocation,
  referenceOf,
  startReference,
  verifyArtifact,
} from '@amduat/asl-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const artifacts: fc.Arbitrary<Artifact> = fc
  .record({
    bytes: fc.uint8Array({ maxLength: 300 }),
    typeTag: fc.option(fc.integer({ min: 0, max: 0xffff_ffff }), { nil: undefined }),
  })
  .map(({ bytes, typeTag }) => (typeTag === undefined ? { bytes } : { bytes, typeTag }));

describe('[CORE-ENC-1] canonical encoding', () => {
  it('decodes to the artifact it was made from', () => {
    fc.assert(
      fc.property(artifacts, (artifact) => {
        const decoded = decodeArtifact(encodeArtifact(artifact));
        expect(decoded.typeTag).toBe(artifact.typeTag);
        expect(Buffer.from(decoded.bytes)).toEqual(Buffer.from(artifact.bytes));
      }),
    );
  });

  it('is the only encoding: what decodes, encodes to the same bytes', () => {
    const mutated = fc
      .tuple(artifacts, fc.nat(), fc.integer({ min: 1, max: 255 }))
      .map(([artifact, at, xor]) => {
        const encoded = encodeArtifact(artifact);
        encoded[at % encoded.length] = (encoded[at % encoded.length] as number) ^ xor;
        return encoded;
      });
    let accepted = 0;
    fc.assert(
      fc.property(mutated, (encoded) => {
        try {
          const again = encodeArtifact(decodeArtifact(encoded));
          accepted++;
          expect(Buffer.from(again)).toEqual(Buffer.from(encoded));
        } catch (error) {
          if (!isAslError(error)) throw error;
          expect(error.family).toBe('malformed');
        }
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(0);
  });

  it('refuses every proper prefix and every extension', () => {
    fc.assert(
      fc.property(artifacts, fc.nat(), (artifact, cut) => {
        const encoded = encodeArtifact(artifact);
        const prefix = encoded.subarray(0, cut % encoded.length);
        expect(() => decodeArtifact(prefix)).toThrow(/^CORE\.TRUNCATED/);
        expect(() => decodeArtifact(Buffer.concat([encoded, Buffer.of(0)]))).toThrow(/^CORE\.TRAILING/);
      }),
    );
  });
});

describe('[CORE-REF-1] references', () => {
  it('agree with the platform hash over the encoding', () => {
    fc.assert(
      fc.property(artifacts, (artifact) => {
        const digest = createHash('sha256').update(encodeArtifact(artifact)).digest();
        expect(Buffer.from(referenceOf(artifact).digest)).toEqual(digest);
      }),
    );
  });

  it('round-trip through both forms and verify their artifact only', () => {
    fc.assert(
      fc.property(artifacts, artifacts, fc.constantFrom(1, 2), (artifact, other, hashId) => {
        const reference = referenceOf(artifact, hasherFor(hashId));
        expect(equalReferences(parseReference(formatReference(reference)), reference)).toBe(true);
        expect(equalReferences(decodeReference(encodeReference(reference)), reference)).toBe(true);
        verifyArtifact(artifact, reference);
        const same = Buffer.from(encodeArtifact(artifact)).equals(Buffer.from(encodeArtifact(other)));
        if (!same) expect(() => verifyArtifact(other, reference)).toThrow(/^CORE\.DIGEST/);
      }),
    );
  });

  it('are ordered as their 34 bytes are', () => {
    const references = fc
      .tuple(fc.constantFrom(1 as const, 2 as const), fc.uint8Array({ minLength: 32, maxLength: 32 }))
      .map(([hashId, digest]) => ({ hashId, digest }));
    fc.assert(
      fc.property(references, references, (left, right) => {
        const bytes = Buffer.compare(encodeReference(left), encodeReference(right));
        expect(compareReferences(left, right)).toBe(bytes);
      }),
    );
  });
});

describe('[CORE-ENC-8] streams', () => {
  it('give the same reference however they are cut', () => {
    fc.assert(
      fc.property(artifacts, fc.array(fc.nat(), { maxLength: 8 }), (artifact, cuts) => {
        const stream = startReference(BigInt(artifact.bytes.length), artifact.typeTag);
        const ends = [...cuts.map((cut) => cut % (artifact.bytes.length + 1)), artifact.bytes.length].sort(
          (left, right) => left - right,
        );
        let start = 0;
        for (const end of ends) {
          stream.update(artifact.bytes.subarray(start, end));
          start = end;
        }
        expect(equalReferences(stream.finish(), referenceOf(artifact))).toBe(true);
      }),
    );
  });
});

describe('[CORE-LOC-6] locations', () => {
  it('give back the bytes however they are divided among blocks', () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.nat({ max: 20 }), (parts, lead) => {
        const blocks = parts.map((part) => Buffer.concat([Buffer.alloc(lead), part, Buffer.alloc(3)]));
        const location = parts.map((part, index) => ({
          blockId: Uint8Array.of(index),
          offset: lead,
          length: part.length,
        }));
        const whole = Buffer.concat(parts);
        const read = readLocation(location, BigInt(whole.length), (id) => blocks[id[0] as number]);
        expect(Buffer.from(read)).toEqual(whole);
      }),
    );
  });
});
