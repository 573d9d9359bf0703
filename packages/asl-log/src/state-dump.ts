import { asciiBytes, type Bytes, ByteWriter } from '@amduat/asl-core';
import { encodePolicy } from '@amduat/asl-store-index';
import type { LogState } from './state.js';

const MAGIC = asciiBytes('ASLDMP01');
const FIXED_LENGTH = 117;
const SEAL_LENGTH = 40;
const ANCHOR_LENGTH = 16;
const TYPE_LENGTH = 4;

/**
 * Writes out a state, so that it can be compared with that of another implementation by one hash.
 *
 * @spec LOG-DMP-1
 * @param state - replayed from the base of its log; a state that was replayed from an anchor further up has other bytes.
 * @returns the octets; owned. Equal logs give equal octets.
 * @remarks Costs what the state holds.
 * @example
 * import { encodeState, genesisState } from '@amduat/asl-log';
 * const domainId = new Uint8Array(32).fill(7);
 * if (encodeState(genesisState(domainId, true)).length !== 117 + 64) throw new Error();
 */
export function encodeState(state: LogState): Bytes {
  const { seals, anchors, types } = state;
  const policy = encodePolicy(state.policy);
  const length =
    FIXED_LENGTH +
    SEAL_LENGTH * seals.length +
    ANCHOR_LENGTH * anchors.length +
    TYPE_LENGTH * types.length +
    policy.length;
  const writer = new ByteWriter(length)
    .bytes(MAGIC)
    .bytes(state.domainId)
    .u8(state.open ? 1 : 0)
    .u64(state.position, 'little')
    .bytes(state.recordHash)
    .u64(state.anchored, 'little')
    .u64(BigInt(seals.length), 'little')
    .u64(BigInt(anchors.length), 'little')
    .u32(types.length, 'little')
    .u64(BigInt(policy.length), 'little');
  for (const { logseq, segmentId } of seals) writer.u64(logseq, 'little').bytes(segmentId);
  for (const { logseq, snapshotLogseq } of anchors)
    writer.u64(logseq, 'little').u64(snapshotLogseq, 'little');
  for (const type of types) writer.u32(type, 'little');
  return writer.bytes(policy).finish();
}
