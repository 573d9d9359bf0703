import type { Reference } from '@amduat/asl-core';

/** A reference as a key of a `Map`: all of it, in the shortest text there is. */
export function mapKeyOf({ hashId, digest }: Reference): string {
  const text = Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString('latin1');
  return hashId === 0x0001 ? text : `${text}${hashId}`;
}
