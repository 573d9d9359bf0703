import { createHash } from 'node:crypto';
import { HASH_SHA256, type Hasher } from '@amduat/asl-core';

/** The platform's SHA-256: many times faster than the plain one, and another implementation of it. */
export const platformHasher: Hasher = {
  hashId: HASH_SHA256,
  digest: (parts) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  start() {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), finish: () => new Uint8Array(hash.digest()) };
  },
};
