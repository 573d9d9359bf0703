import { createHmac } from 'node:crypto';
import { formatHex } from '@amduat/asl-core';
import {
  anchorOf,
  applyRecord,
  assertComplete,
  genesisState,
  indexStateAt,
  type LogRecord,
  type LogState,
  manifestOf,
  replay,
  stateAtManifest,
} from '@amduat/asl-log';
import {
  decodeManifest,
  decodePolicy,
  encodeManifest,
  encodePolicy,
  type Manifest,
  manifestHashOf,
  policyHashOf,
} from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchor,
  chained,
  DOMAIN,
  type Log,
  logOf,
  logs,
  platformHasher,
  publication,
  record,
  SECRET,
  seal,
  secretOf,
  sha256,
  summary,
  tombstone,
} from './logs.js';

const ROOTS = { stateRoot: sha256('state root'), publicRoot: sha256('public root') };
const ZERO = new Uint8Array(32);

/** What stands in a store for a position: the manifest and the policy table it names, as octets. */
interface Stored {
  readonly manifest: Uint8Array;
  readonly policy: Uint8Array;
}

function stored(state: LogState): Stored {
  const policy = encodePolicy(state.policy);
  const manifest = manifestOf(state, policyHashOf(policy, platformHasher), secretOf(state));
  return { manifest: encodeManifest(manifest), policy };
}

/** The state that octets give to whoever has the anchor of the snapshot. */
function opened({ manifest, policy }: Stored, of: LogState): LogState {
  const { domainId, position, recordHash, open } = of;
  const snapshot = { domainId, position, recordHash, open };
  const read = decodeManifest(manifest, { hash: manifestHashOf(manifest), snapshot });
  const table = decodePolicy(policy, { hash: read.policyHash, position: read.position });
  return stateAtManifest(read, table, open);
}

function last({ states }: Log): LogState {
  return states.at(-1) as LogState;
}

/** Without the anchors up to a base, which are known by the greatest position they name alone. */
function summaryAbove(state: LogState, base: LogState): ReturnType<typeof summary> {
  const said = summary(state);
  return { ...said, anchors: said.anchors.slice(base.anchors.length) };
}

describe('[STX-MAN-11] the state that a manifest gives', () => {
  it('is that of replay from the start, at its position and after every later record', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        for (const [position, state] of states.entries()) {
          if (position === 0) continue;
          let reached = opened(stored(state), state);
          expect(reached.base).toBe(state.position);
          expect(reached.open).toBe(state.open);
          expect(formatHex(reached.domainId)).toBe(formatHex(state.domainId));
          for (const [index, whole] of states.entries()) {
            if (index < position) continue;
            if (index > position) reached = applyRecord(reached, records[index - 1] as LogRecord);
            expect(summary(reached)).toEqual(summaryAbove(whole, state));
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('names every position from its own on as replay from the start does, and none below', () => {
    fc.assert(
      fc.property(logs, fc.nat(), ({ records, states }, number) => {
        const position = 1 + (number % records.length);
        const state = states[position] as LogState;
        const from = opened(stored(state), state);
        const reached = replay(from, records.slice(position), BigInt(records.length));
        for (let at = position; at <= records.length; at++) {
          const whole = indexStateAt(states.at(-1) as LogState, BigInt(at));
          expect(indexStateAt(reached, BigInt(at))).toEqual(whole);
        }
        expect(() => indexStateAt(reached, BigInt(position - 1))).toThrow(/^LOG\.TRUNCATED/);
      }),
    );
  });

  it('gives the same manifest again', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const state = last(log);
        const octets = stored(state);
        expect(stored(opened(octets, state))).toEqual(octets);
      }),
    );
  });

  it('knows up to where its domain is anchored', () => {
    const log = logOf(true, [seal('x'), seal('y'), (state) => anchor(state, 2n), tombstone(0)]);
    const state = opened(stored(last(log)), last(log));
    expect(state.anchored).toBe(2n);
    expect(state.anchors).toEqual([]);
    // As the anchor of any position below, for which nothing is at hand to check the SnapshotID.
    const early = anchor(last(log), 2n);
    expect(() => applyRecord(state, record(state, 4, early))).toThrow(/^LOG\.ANCHOR\.POSITION/);
    expect(applyRecord(state, record(state, 4, anchor(last(log), 3n))).anchored).toBe(3n);
  });

  it('is partial if one of the types is not known', () => {
    const { policy, ...rest } = readable(last(logOf(true, [seal('x')])));
    const partial = stateAtManifest({ ...rest.manifest, types: [1, 8, 11] }, policy, true);
    expect(partial.types).toEqual([1, 8, 11]);
    expect(partial.unknownTypes).toEqual([8, 11]);
    expect(() => assertComplete(partial)).toThrow(/^LOG\.PARTIAL/);
  });
});

/** The manifest and the policy of a state. */
function readable(state: LogState) {
  return { manifest: manifestOf(state, sha256('policy'), secretOf(state)), policy: state.policy };
}

describe('[STX-MAN-11] the manifest of a state', () => {
  it('says what the state says', () => {
    const log = logOf(false, [
      seal('x', 'y'),
      tombstone(0),
      (state) => anchor(state, 1n),
      publication('artifact-publish', 3),
      seal('x'),
    ]);
    const state = last(log);
    const ids = ['x', 'y'].map((name) => sha256(name)).sort(Buffer.compare);
    expect(manifestOf(state, sha256('policy'), SECRET)).toEqual({
      position: 5n,
      blind: blindByHand(SECRET, 5n),
      domainId: DOMAIN,
      recordHash: state.recordHash,
      policyHash: sha256('policy'),
      anchored: 1n,
      segments: [
        ...ids.map((segmentId) => ({ logseq: 1n, segmentId })),
        { logseq: 5n, segmentId: sha256('x') },
      ],
      types: [1, 2, 4, 5],
    } satisfies Manifest);
  });

  it('has other segments that stand for the visible ones, in ascending order', () => {
    const state = last(logOf(true, [seal('x'), seal('y')]));
    const segments = [
      { logseq: 2n, segmentId: sha256('y') },
      { logseq: 0n, segmentId: ZERO.with(0, 0x80) },
      { logseq: 0n, segmentId: ZERO.with(0, 0x10) },
    ];
    const given = [...segments];
    const manifest = manifestOf(state, sha256('policy'), undefined, given);
    expect(manifest.segments).toEqual([segments[2], segments[1], segments[0]]);
    expect(given).toEqual(segments);
    expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  });

  it('is not made of position 0: a decoder refuses it', () => {
    const manifest = encodeManifest(manifestOf(genesisState(DOMAIN, true), sha256('policy'), undefined));
    expect(() => decodeManifest(manifest)).toThrow(/^MANIFEST\.POSITION/);
  });
});

function blindByHand(secret: Uint8Array, position: bigint): Uint8Array {
  const said = Buffer.alloc(19);
  said.write('ASL/STATE/1', 'latin1');
  said.writeBigUInt64LE(position, 11);
  return new Uint8Array(createHmac('sha256', secret).update(said).digest());
}

describe('[STX-ROOT-4] the blind of a manifest', () => {
  it('is that of its position in a closed domain, and zero in an open one, whatever secret is given', () => {
    fc.assert(
      fc.property(logs, fc.uint8Array({ minLength: 32, maxLength: 32 }), ({ states }, secret) => {
        for (const state of states.slice(1)) {
          const { blind } = manifestOf(state, sha256('policy'), secret);
          expect(blind).toEqual(state.open ? ZERO : blindByHand(secret, state.position));
        }
      }),
    );
  });
});

describe('[STX-ROOT-5] the manifest of a partial state', () => {
  it('is not made', () => {
    for (const open of [true, false]) {
      const state = last(logOf(open, [seal('x')]));
      const partial = applyRecord(state, chained(state, 8, ZERO));
      expect(() => manifestOf(partial, ZERO, secretOf(partial))).toThrow(/^LOG\.PARTIAL/);
      const later = applyRecord(partial, record(partial, 1, seal('y'), open ? 1 : 0));
      expect(() => manifestOf(later, ZERO, secretOf(later))).toThrow(/^LOG\.PARTIAL/);
    }
  });
});

describe('[LOG-ACT-5] the anchor of a snapshot', () => {
  it('is accepted at every position from that of the snapshot on, over replay from the start and from the snapshot', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, number) => {
        const { records, states } = log;
        const position = 1 + (number % records.length);
        const state = states[position] as LogState;
        const octets = stored(state);
        const { manifest: hashed } = octets;
        const hashes = { manifestHash: manifestHashOf(hashed), roots: ROOTS };
        let above = opened(octets, state);
        for (const [index, after] of states.entries()) {
          if (index < position) continue;
          if (index > position) above = applyRecord(above, records[index - 1] as LogRecord);
          const body = anchorOf(after, decodeManifest(hashed), hashes);
          expect(body.logseq).toBe(after.position + 1n);
          expect(anchorOf(above, decodeManifest(hashed), hashes)).toEqual(body);
          const made = record(after, 4, body);
          if (state.position <= after.anchored) {
            expect(() => applyRecord(after, made)).toThrow(/^LOG\.ANCHOR\.POSITION/);
            expect(() => applyRecord(above, made)).toThrow(/^LOG\.ANCHOR\.POSITION/);
          } else {
            expect(applyRecord(after, made).anchored).toBe(state.position);
            expect(summary(applyRecord(above, made)).anchors.at(-1)).toBe(
              `${after.position + 1n} ${state.position}`,
            );
          }
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('[LOG-ACT-6] the anchor of a snapshot', () => {
  it('has its SnapshotID, its roots and the hash of its manifest', () => {
    const log = logOf(true, [seal('x'), seal('y'), tombstone(0)]);
    const { manifest } = readable(log.states[2] as LogState);
    const manifestHash = sha256('manifest');
    expect(anchorOf(last(log), manifest, { manifestHash, roots: ROOTS })).toEqual({
      type: 'snapshot-anchor',
      snapshotId: indexStateAt(last(log), 2n).snapshotId,
      snapshotLogseq: 2n,
      ...ROOTS,
      manifestHash,
      logseq: 4n,
    });
  });
});

it('[DOM-SEC-3] a manifest of a closed domain is not made without its log secret', () => {
  const state = last(logOf(false, [seal('x')]));
  expect(() => manifestOf(state, ZERO, undefined)).toThrow(/^DOM\.SECRET/);
});
