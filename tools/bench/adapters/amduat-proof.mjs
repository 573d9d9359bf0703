// @ts-check
import { nodeSha256Hasher as hasher } from '@amduat/asl-store';

/** @import { ProofPeer } from '../peers.mjs' */

/** @type {ProofPeer} */
export const proofInNode = {
  async check(file, times) {
    // Loaded only here: no other workload is to bear its memory.
    const { checkProof } = await import('../../../packages/asl-proof/dist/index.js');
    const milliseconds = [];
    let holds = true;
    for (let time = 0; time < times; time++) {
      const start = performance.now();
      const { proven } = checkProof(file, { hasher });
      milliseconds.push(performance.now() - start);
      holds &&= proven !== undefined;
    }
    return { milliseconds, holds };
  },
};
