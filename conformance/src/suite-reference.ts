import { hexOf } from './formats/bytes.js';
import { referenceOf } from './formats/values.js';

const SHA256 = 1;

/**
 * The identity of a suite: the text form of the reference of its manifest's bytes, as an artifact without a type tag.
 *
 * @param manifest - the bytes of `vectors/manifest.json`.
 */
export function suiteReference(manifest: Uint8Array): string {
  const reference = referenceOf(manifest, undefined, SHA256) as Uint8Array;
  return `asl:sha256:${hexOf(reference.subarray(2))}`;
}
