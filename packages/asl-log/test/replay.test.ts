import { encodeReference, formatHex } from '@amduat/asl-core';
import {
  applyRecord,
  assertChain,
  assertComplete,
  decodePayload,
  equalStates,
  genesisState,
  indexStateAt,
  type LogRecord,
  type LogState,
  RECORD_TYPES,
  type RecordBody,
  type ReplayStep,
  recordHashOf,
  replay,
  replaySteps,
  scanLog,
  stateAtBase,
  stateFrom,
} from '@amduat/asl-log';
import { PolicyModel, snapshotIdOf, verdictOf } from '@amduat/asl-store-index';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchor,
  chained,
  DOMAIN,
  fileOf,
  KEYS,
  key,
  keysOf,
  type Log,
  lift,
  liveTombstones,
  logOf,
  logs,
  NO_SALT,
  policySummary,
  publication,
  record,
  rotate,
  SECRET,
  seal,
  sha256,
  summary,
  tombstone,
} from './logs.js';

const PUBLISH = 'artifact-publish';
const UNPUBLISH = 'artifact-unpublish';
const OPEN = genesisState(DOMAIN, true);
const CLOSED = genesisState(DOMAIN, false);
const HEADER_BASE = { baseLogseq: 0n, baseRecordHash: DOMAIN };

function last(log: Log): LogState {
  return log.states.at(-1) as LogState;
}

/** A record with another payload and a right chain: what is refused is what the payload says. */
function withPayload(state: LogState, made: LogRecord, edit: (payload: Uint8Array) => void): LogRecord {
  const payload = made.payload.slice();
  edit(payload);
  return chained(state, made.type, payload);
}

describe('[LOG-REC-1] logseq', () => {
  it('is one more than that of the record before', () => {
    const { records, states } = logOf(true, [seal('x'), seal('y')]);
    const [, second] = records as [LogRecord, LogRecord];
    for (const logseq of [0n, 1n, 3n, 2n ** 64n - 1n]) {
      expect(() => applyRecord(states[1] as LogState, { ...second, logseq })).toThrow(/^LOG\.SEQ/);
    }
    expect(() => replay(OPEN, [second], 2n)).toThrow(/^LOG\.SEQ/);
  });
});

describe('[LOG-REC-2] record_type 0', () => {
  it('is refused, with the right chain and without', () => {
    const made = chained(OPEN, 0, new Uint8Array(33));
    expect(() => applyRecord(OPEN, made)).toThrow(/^LOG\.TYPE/);
    expect(() => applyRecord(OPEN, { ...made, recordHash: new Uint8Array(32) })).toThrow(/^LOG\.TYPE/);
  });
});

describe('[LOG-REC-3] unknown records', () => {
  it('change the position and the record_hash, make the state partial, and nothing else', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }), (log, numbers) => {
        const known = log.records.filter(({ type }) => type !== RECORD_TYPES['snapshot-anchor']);
        const places = numbers.map((number) => number % (known.length + 1));
        const plain = interspersed(log, known, []);
        const mixed = interspersed(log, known, places);
        expect(said(mixed, (logseq) => logseq)).toEqual(said(plain, (logseq) => moved(logseq, places)));
        expect(mixed.position).toBe(plain.position + BigInt(places.length));
        expect(mixed.unknownTypes).toEqual([8, 11, 0xffff_ffff].slice(0, places.length));
        expect(plain.unknownTypes).toEqual([]);
      }),
    );
  });

  it('are applied whatever their payload is', () => {
    for (const payload of [new Uint8Array(0), Uint8Array.of(2), new Uint8Array(100).fill(255)]) {
      expect(applyRecord(OPEN, chained(OPEN, 8, payload)).unknownTypes).toEqual([8]);
    }
  });
});

const UNKNOWN_TYPES = [8, 11, 0xffff_ffff, 8];

/** Where a record goes when an unknown one is put after each of the positions `places`. */
function moved(logseq: bigint, places: readonly number[]): bigint {
  return logseq + BigInt(places.filter((place) => BigInt(place) < logseq).length);
}

/** The known records in their order, and an unknown one after each of the positions `places`. */
function interspersed(log: Log, known: readonly LogRecord[], places: readonly number[]): LogState {
  const numbers = new Map(known.map(({ logseq }, index) => [logseq, BigInt(index + 1)]));
  const unknown = [...UNKNOWN_TYPES];
  let state = genesisState(DOMAIN, (log.states[0] as LogState).open);
  const skip = (position: number) => {
    for (const place of places) {
      if (place !== position) continue;
      state = applyRecord(state, chained(state, unknown.shift() as number, sha256('unknown')));
    }
  };
  skip(0);
  for (const [index, { type, payload }] of known.entries()) {
    const bytes = Buffer.from(payload);
    if (type === RECORD_TYPES['tombstone-lift']) {
      bytes.writeBigUInt64LE(moved(numbers.get(bytes.readBigUInt64LE(33)) as bigint, places), 33);
    }
    state = applyRecord(state, chained(state, type, bytes));
    skip(index + 1);
  }
  return state;
}

/** What a state says of segments and keys, with each logseq as `at` has it. */
function said(state: LogState, at: (logseq: bigint) => bigint): unknown {
  return {
    seals: state.seals.map(({ logseq, segmentId }) => [at(logseq), formatHex(segmentId)]),
    rows: [...state.policy.rows()].map((row) => [
      formatHex(encodeReference(row.key)),
      row.tombstones.map(at),
      row.publication && [row.publication.published, at(row.publication.logseq)],
    ]),
  };
}

describe('[LOG-REC-5] records', () => {
  it('name segments, keys, roots and signers, and nothing of where bytes are', () => {
    expect(Object.keys(RECORD_TYPES)).toEqual([
      'segment-seal',
      'tombstone',
      'tombstone-lift',
      'snapshot-anchor',
      'artifact-publish',
      'artifact-unpublish',
      'authority-rotate',
    ]);
  });
});

describe('[LOG-CHN-1] chain', () => {
  it('is the formula', () => {
    const type = Buffer.from('01000000', 'hex');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => {
        expect(recordHashOf(DOMAIN, 1, payload)).toEqual(sha256(DOMAIN, type, payload));
      }),
    );
    const high = Buffer.from('04030201', 'hex');
    expect(recordHashOf(DOMAIN, 0x0102_0304, new Uint8Array(3))).toEqual(
      sha256(DOMAIN, high, Buffer.alloc(3)),
    );
  });

  it('shows a change of any bit of a record, from its position on and not below', () => {
    const log = logOf(true, [seal('x'), tombstone(0), publication(PUBLISH, 3), lift(2n), seal('y')]);
    for (const [index, { type, payload, recordHash, logseq }] of log.records.entries()) {
      for (let bit = 0; bit < 8 * (4 + payload.length + 32); bit++) {
        const bytes = Buffer.concat([Buffer.alloc(4), payload, recordHash]);
        bytes.writeUInt32LE(type, 0);
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        const changed = {
          logseq,
          type: bytes.readUInt32LE(0),
          payload: bytes.subarray(4, -32),
          recordHash: bytes.subarray(-32),
        };
        expect(() => applyRecord(log.states[index] as LogState, changed)).toThrow(/^LOG\.(CHAIN|TYPE)/);
        const base = {
          baseLogseq: BigInt(index),
          baseRecordHash: log.states[index]?.recordHash as Uint8Array,
        };
        expect(() => assertChain([changed], base)).toThrow(/^LOG\.(CHAIN|TYPE)/);
      }
    }
  });

  it('makes undefined what is above a change, and nothing below', () => {
    const log = logOf(true, [seal('x'), tombstone(0), publication(PUBLISH, 3), lift(2n), seal('y')]);
    for (const [index, { payload, ...entry }] of log.records.entries()) {
      const changed = { ...entry, payload: payload.with(33, (payload[33] as number) ^ 1) };
      const records = log.records.with(index, changed);
      for (let position = 0; position <= 5; position++) {
        const run = () => replay(OPEN, records, BigInt(position));
        if (position > index) expect(run).toThrow(/^LOG\.CHAIN/);
        else expect(summary(run())).toEqual(summary(log.states[position] as LogState));
      }
    }
  });

  it('shows records that were exchanged, left out or put in', () => {
    const { records } = logOf(true, [seal('x'), seal('y'), seal('z')]);
    const [x, y, z] = records as [LogRecord, LogRecord, LogRecord];
    const renumbered = (list: readonly LogRecord[]) =>
      list.map((entry, index) => ({ ...entry, logseq: BigInt(index + 1) }));
    for (const list of [
      [y, x, z],
      [x, z],
      [x, x, y, z],
    ]) {
      expect(() => replay(OPEN, renumbered(list), BigInt(list.length))).toThrow(/^LOG\.CHAIN/);
      expect(() => assertChain(renumbered(list), HEADER_BASE)).toThrow(/^LOG\.CHAIN/);
      expect(() => assertChain(list, HEADER_BASE)).toThrow(/^LOG\.SEQ/);
    }
  });
});

describe('[LOG-CHN-1] chain without its meaning', () => {
  it('is right in every log, and says nothing of what a record may do', () => {
    fc.assert(fc.property(logs, ({ records }) => assertChain(records, HEADER_BASE)));
    const lone = record(OPEN, 3, lift(1n));
    expect(() => assertChain([lone], HEADER_BASE)).not.toThrow();
    expect(() => applyRecord(OPEN, lone)).toThrow(/^LOG\.LIFT/);
  });
});

describe('[LOG-CHN-2] the chain of another domain', () => {
  it('is refused at its first record', () => {
    const { records } = logOf(true, [seal('x')]);
    expect(OPEN.recordHash).toEqual(DOMAIN);
    expect(() => replay(genesisState(sha256('another'), true), records, 1n)).toThrow(/^LOG\.CHAIN/);
  });
});

describe('[LOG-PFX-1] public', () => {
  it('is 1 in every record of an open domain', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        if (states[0]?.open) for (const { payload } of records) expect(payload[0]).toBe(1);
      }),
    );
    for (const body of [seal('x'), tombstone(0), publication(PUBLISH, 1), rotate()]) {
      const made = record(OPEN, RECORD_TYPES[body.type], body, 0);
      expect(() => applyRecord(OPEN, made)).toThrow(/^LOG\.PUBLIC/);
    }
  });

  it('is what the last publication says in a closed domain, as the model has it', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        for (const [index, { type, payload }] of records.entries()) {
          const before = states[index] as LogState;
          if (before.open) continue;
          expect(payload[0]).toBe(expectedPublic(before, type, payload));
          const other = withPayload(before, records[index] as LogRecord, (bytes) => {
            bytes[0] = 1 - (bytes[0] as number);
          });
          expect(() => applyRecord(before, other)).toThrow(/^LOG\.PUBLIC/);
        }
      }),
    );
  });

  it('is nothing but 0 or 1', () => {
    for (const state of [OPEN, CLOSED]) {
      for (const value of [2, 0x80, 0xff]) {
        for (const body of [seal('x'), tombstone(0), lift(1n), rotate()]) {
          const right = record(state, RECORD_TYPES[body.type], body);
          const made = withPayload(state, right, (bytes) => {
            bytes[0] = value;
          });
          expect(() => applyRecord(state, made)).toThrow(/^LOG\.PUBLIC/);
        }
      }
    }
  });

  it('is that of the publication below the record, not at it or above', () => {
    const log = logOf(false, [
      tombstone(0),
      publication(PUBLISH, 1),
      tombstone(0),
      lift(1n),
      publication(UNPUBLISH, 1),
      lift(3n),
      tombstone(0),
    ]);
    expect(log.records.map(({ payload }) => payload[0])).toEqual([0, 1, 1, 1, 1, 0, 0]);
  });
});

/** What the clause says, read from the bytes and from the rows. */
function expectedPublic(state: LogState, type: number, payload: Uint8Array): number {
  if (type === 1) return 0;
  if (type >= 4) return 1;
  const rows = [...state.policy.rows()];
  const bytes = Buffer.from(payload);
  const row =
    type === 2
      ? rows.find((candidate) => Buffer.from(encodeReference(candidate.key)).equals(bytes.subarray(33, 67)))
      : rows.find((candidate) => candidate.tombstones.includes(bytes.readBigUInt64LE(33)));
  return row?.publication?.published ? 1 : 0;
}

describe('[LOG-PFX-2] salt of an open domain', () => {
  it('is zero', () => {
    const log = logOf(true, [seal('x')]);
    for (const offset of [1, 16, 32]) {
      const salted = withPayload(OPEN, log.records[0] as LogRecord, (bytes) => {
        bytes[offset] = 1;
      });
      expect(() => applyRecord(OPEN, salted)).toThrow(/^LOG\.SALT/);
    }
  });
});

describe('[LOG-PFX-4] salt of a closed domain', () => {
  it('is not checked', () => {
    const log = logOf(false, [seal('x')]);
    for (const salt of [NO_SALT, sha256('any')]) {
      const salted = withPayload(CLOSED, log.records[0] as LogRecord, (bytes) => bytes.set(salt, 1));
      expect(applyRecord(CLOSED, salted).seals).toHaveLength(1);
    }
  });
});

describe('[LOG-PAY-1] the checks of a payload', () => {
  const keys = [KEYS[1], KEYS[0]] as const;
  const descending = { type: PUBLISH, keys } as unknown as RecordBody;

  it('come after those of the chain', () => {
    const made = chained(OPEN, 1, new Uint8Array(5));
    expect(() => applyRecord(OPEN, made)).toThrow(/^LOG\.PAYLOAD\.LENGTH/);
    expect(() => applyRecord(OPEN, { ...made, recordHash: NO_SALT })).toThrow(/^LOG\.CHAIN/);
  });

  it('are of the form, of what public may be, of what the record does, of public and salt, in this order', () => {
    const octet = (made: LogRecord, at: number, value: number) =>
      withPayload(OPEN, made, (bytes) => {
        bytes[at] = value;
      });
    const unordered = record(OPEN, 5, descending);
    expect(() => applyRecord(OPEN, octet(unordered, 0, 2))).toThrow(/^LOG\.PAYLOAD\.ORDER/);
    const idle = record(OPEN, 3, lift(9n));
    expect(() => applyRecord(OPEN, octet(idle, 0, 2))).toThrow(/^LOG\.PUBLIC/);
    expect(() => applyRecord(OPEN, octet(idle, 0, 0))).toThrow(/^LOG\.LIFT/);
    expect(() => applyRecord(OPEN, octet(idle, 1, 1))).toThrow(/^LOG\.LIFT/);
    const hidden = octet(record(OPEN, 2, tombstone(0)), 1, 1);
    expect(() => applyRecord(OPEN, octet(hidden, 0, 0))).toThrow(/^LOG\.PUBLIC/);
    expect(() => applyRecord(OPEN, hidden)).toThrow(/^LOG\.SALT/);
  });
});

describe('[LOG-PAY-6] the signature of a rotation', () => {
  it('is not checked, and the state is as it was', () => {
    const log = logOf(false, [seal('x'), rotate()]);
    const [, before, after] = log.states as [LogState, LogState, LogState];
    expect(summary(after)).toEqual({
      ...summary(before),
      position: 2n,
      types: [1, 7],
      recordHash: formatHex(after.recordHash),
      snapshotId: formatHex(after.indexState.snapshotId),
    });
  });
});

describe('[LOG-ACT-1] seals', () => {
  it('are listed in the order of the log, and a segment as often as it is sealed', () => {
    const log = logOf(true, [seal('x', 'y'), tombstone(0), seal('x'), seal('x', 'z')]);
    const pairs = last(log).seals.map(({ logseq, segmentId }) => `${logseq} ${formatHex(segmentId)}`);
    const ids = (...names: string[]) => names.map((name) => formatHex(sha256(name))).sort();
    expect(pairs).toEqual([
      ...ids('x', 'y').map((id) => `1 ${id}`),
      `3 ${ids('x')[0]}`,
      ...ids('x', 'z').map((id) => `4 ${id}`),
    ]);
  });
});

describe('[LOG-ACT-2] policy', () => {
  it('is that of the model at every position of random histories', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(fc.nat({ max: 999 }), { maxLength: 30 }), (open, numbers) => {
        const model = new PolicyModel();
        const log = logOf(
          open,
          numbers.map((number) => (state: LogState) => modelled(model, state, number)),
        );
        for (const [index, state] of log.states.entries()) {
          for (const subject of KEYS) {
            const row = state.policy.get(subject);
            const position = BigInt(index);
            expect(row?.tombstones ?? []).toEqual(model.tombstonesAt(position, subject));
            expect(row?.publication).toEqual(model.publicationAt(position, subject));
            for (const hasRecord of [false, true]) {
              expect(verdictOf(row, hasRecord)).toBe(model.verdictAt(position, subject, hasRecord));
            }
          }
        }
      }),
    );
  });

  it('of many keys in one record changes each of them', () => {
    const log = logOf(true, [publication(PUBLISH, 0b1011), publication(UNPUBLISH, 0b0110)]);
    const published = KEYS.map((subject) => last(log).policy.get(subject)?.publication?.published);
    expect(published).toEqual([true, false, false, true]);
  });

  it('of a position stays as it was when records follow', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        const before = states.map(summary);
        replay(states[0] as LogState, records, BigInt(records.length));
        expect(states.map(summary)).toEqual(before);
      }),
    );
  });
});

function modelled(model: PolicyModel, state: LogState, number: number): RecordBody {
  const subject = key(number);
  const live = liveTombstones(state);
  switch (number % 5) {
    case 0:
      model.other();
      return seal(`segment ${number}`);
    case 1:
      model.publish(keysOf(number));
      return publication(PUBLISH, number);
    case 2:
      model.unpublish(keysOf(number));
      return publication(UNPUBLISH, number);
    case 3: {
      const named = live[number % Math.max(1, live.length)];
      if (named === undefined) break;
      model.lift(named);
      return lift(named);
    }
  }
  model.tombstone(subject);
  return { type: 'tombstone', key: subject, reason: number };
}

describe('[LOG-ACT-3] lift', () => {
  it('restores what was before the tombstone', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, number) => {
        const before = last(log);
        const { states } = logOf(before.open, [tombstone(number), (state) => lift(state.position)], before);
        expect(policySummary(states[2] as LogState)).toEqual(policySummary(before));
        expect(states[1]?.policy.get(key(number))?.tombstones).toContain(before.position + 1n);
      }),
    );
  });

  it('that names no live tombstone is refused, in open and closed domains', () => {
    for (const open of [true, false]) {
      const log = logOf(open, [seal('x'), publication(PUBLISH, 1), tombstone(0), lift(3n)]);
      for (const named of [0n, 1n, 2n, 3n, 4n, 5n, 6n, 2n ** 64n - 1n]) {
        for (const isPublic of open ? [1] : [0, 1]) {
          const made = record(last(log), 3, lift(named), isPublic);
          expect(() => applyRecord(last(log), made)).toThrow(/^LOG\.LIFT/);
        }
      }
    }
  });

  it('leaves the other tombstones of its key', () => {
    const log = logOf(true, [tombstone(0), tombstone(0), lift(1n)]);
    expect(last(log).policy.get(key(0))?.tombstones).toEqual([2n]);
  });
});

describe('[LOG-ACT-4] anchors and rotations', () => {
  it('change neither what is visible nor the policy', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        for (const [index, { type }] of records.entries()) {
          if (type !== 4 && type !== 7) continue;
          const [before, after] = states.slice(index, index + 2) as [LogState, LogState];
          expect(after.seals).toEqual(before.seals);
          expect(policySummary(after)).toEqual(policySummary(before));
        }
      }),
    );
  });
});

describe('[LOG-ACT-5] positions of an anchor', () => {
  const log = logOf(true, [
    seal('x'),
    seal('y'),
    seal('z'),
    (state) => anchor(state, 2n),
    (state) => anchor(state, 3n),
  ]);

  function edited(change: { snapshotLogseq?: bigint; logseq?: bigint }): () => LogState {
    const body = { ...(anchor(last(log), 4n) as object), ...change } as RecordBody;
    return () => applyRecord(last(log), record(last(log), 4, body));
  }

  it('are its own and one above those of the anchors before', () => {
    expect(last(log).anchors.map(({ logseq, snapshotLogseq }) => [logseq, snapshotLogseq])).toEqual([
      [4n, 2n],
      [5n, 3n],
    ]);
    for (const snapshotLogseq of [0n, 1n, 2n, 3n, 6n, 7n, 2n ** 64n - 1n]) {
      expect(edited({ snapshotLogseq })).toThrow(/^LOG\.ANCHOR\.POSITION/);
    }
    for (const logseq of [0n, 5n, 7n]) expect(edited({ logseq })).toThrow(/^LOG\.ANCHOR\.POSITION/);
    expect(edited({})().anchors).toHaveLength(3);
  });

  it('are never 0', () => {
    const one = logOf(true, [seal('x')]);
    const body = anchor(last(one), 0n);
    expect(() => applyRecord(last(one), record(last(one), 4, body))).toThrow(/^LOG\.ANCHOR\.POSITION/);
  });
});

describe('[LOG-ACT-6] SnapshotID of an anchor', () => {
  it('is that of its snapshot logseq and of no other position', () => {
    const log = logOf(true, [seal('x'), seal('y'), seal('z')]);
    for (let named = 1n; named <= 3n; named++) {
      for (let taken = 0n; taken <= 3n; taken++) {
        const { snapshotId } = indexStateAt(last(log), taken);
        const body = { ...(anchor(last(log), named) as object), snapshotId } as RecordBody;
        const apply = () => applyRecord(last(log), record(last(log), 4, body));
        if (taken === named) expect(apply().anchors).toHaveLength(1);
        else expect(apply).toThrow(/^LOG\.ANCHOR\.SNAPSHOT/);
      }
    }
  });

  it('is checked from the base of a cut log on', () => {
    const log = logOf(true, [seal('x'), seal('y'), seal('z'), (state) => anchor(state, 2n)]);
    const base = stateFrom(log.states[2] as LogState);
    expect(replay(base, log.records.slice(2), 4n).anchors).toHaveLength(1);
    const wrong = { ...(anchor(log.states[3] as LogState, 2n) as object), snapshotId: NO_SALT } as RecordBody;
    const third = replay(base, log.records.slice(2), 3n);
    expect(() => applyRecord(third, record(third, 4, wrong))).toThrow(/^LOG\.ANCHOR\.SNAPSHOT/);
  });
});

describe('[LOG-RPL-1] replay', () => {
  it('of all records is replay of a prefix and then of the rest, at every position', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        const genesis = states[0] as LogState;
        for (let position = 0; position <= records.length; position++) {
          const prefix = replay(genesis, records, BigInt(position));
          expect(summary(prefix)).toEqual(summary(states[position] as LogState));
          const whole = replay(prefix, records.slice(position), BigInt(records.length));
          expect(summary(whole)).toEqual(summary(states.at(-1) as LogState));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('from a base is replay from the start', () => {
    fc.assert(
      fc.property(logs, fc.nat(), ({ records, states }, number) => {
        const position = number % (records.length + 1);
        const base = stateFrom(states[position] as LogState);
        const whole = replay(base, records.slice(position), BigInt(records.length));
        const expected = summary(states.at(-1) as LogState);
        // The anchors up to the base are known by the greatest position they name alone.
        const anchors = expected.anchors.slice((states[position] as LogState).anchors.length);
        expect(summary(whole)).toEqual({ ...expected, anchors });
      }),
    );
  });

  it('of a file is replay of its records', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        const scan = scanLog(fileOf(records, 3));
        const state = replay(states[0] as LogState, scan.records, BigInt(records.length));
        expect(equalStates(state, states.at(-1) as LogState)).toBe(true);
      }),
    );
  });

  it('goes on from one state in several ways', () => {
    const { states } = logOf(true, [seal('x')]);
    const common = states[1] as LogState;
    const twigs = ['a', 'b', 'c'].map((name) => last(logOf(true, [seal(name), tombstone(0)], common)));
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const twig = twigs[index] as LogState;
      expect(twig.seals.map(({ segmentId }) => formatHex(segmentId))).toEqual(
        ['x', name].map((id) => formatHex(sha256(id))),
      );
      const alone = logOf(true, [seal('x'), seal(name), tombstone(0)]);
      for (const [position, { recordHash }] of alone.states.entries()) {
        const expected = snapshotIdOf(DOMAIN, BigInt(position), recordHash);
        expect(indexStateAt(twig, BigInt(position)).snapshotId).toEqual(expected);
      }
    }
  });

  it('names every position that was passed', () => {
    const count = 2100;
    const log = logOf(true, Array.from({ length: count }, rotate));
    for (const position of [0, 1, 1022, 1023, 1024, 1025, 2047, 2048, count]) {
      const { recordHash } = log.states[position] as LogState;
      const named = indexStateAt(last(log), BigInt(position));
      expect(named.snapshotId).toEqual(snapshotIdOf(DOMAIN, BigInt(position), recordHash));
    }
    expect(() => indexStateAt(last(log), BigInt(count + 1))).toThrow(/^LOG\.POSITION/);
    expect(() => indexStateAt(stateFrom(last(log)), 1n)).toThrow(/^LOG\.TRUNCATED/);
  });
});

describe('[LOG-RPL-2] replay after the end', () => {
  it('is refused', () => {
    const { records } = logOf(true, [seal('x')]);
    expect(() => replay(OPEN, records, 2n)).toThrow(/^LOG\.POSITION/);
    expect(() => replay(OPEN, [], 1n)).toThrow(/^LOG\.POSITION/);
  });
});

describe('[LOG-RPL-3] replay below the base', () => {
  it('is refused', () => {
    const log = logOf(true, [seal('x'), seal('y')]);
    const base = stateFrom(last(log));
    expect(() => replay(base, [], 1n)).toThrow(/^LOG\.TRUNCATED/);
    expect(replay(base, [], 2n).position).toBe(2n);
  });
});

describe('[LOG-RPL-4] an invalid record', () => {
  it('makes undefined what is from it on, and nothing below', () => {
    const log = logOf(true, [seal('x'), seal('y'), seal('z')]);
    const bad = record(log.states[2] as LogState, 3, lift(1n));
    const records = log.records.with(2, bad);
    expect(summary(replay(OPEN, records, 2n))).toEqual(summary(log.states[2] as LogState));
    expect(() => replay(OPEN, records, 3n)).toThrow(/^LOG\.LIFT/);
    expect(() => replay(OPEN, records, 9n)).toThrow(/^LOG\.LIFT/);
  });
});

describe('[LOG-RPL-5] segments', () => {
  it('are not asked for: those that nobody has are listed too', () => {
    expect(last(logOf(true, [seal('nobody has this')])).seals).toHaveLength(1);
  });
});

describe('[LOG-RPL-6] the same records', () => {
  it('give the same state each time', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        const run = () => replay(states[0] as LogState, records, BigInt(records.length));
        expect(summary(run())).toEqual(summary(run()));
      }),
    );
  });
});

describe('[LOG-RPL-7] a partial state', () => {
  const skipped = [9, 8, 9].reduce(
    (state, type) => applyRecord(state, chained(state, type, new Uint8Array(0))),
    OPEN,
  );

  it('names the types in ascending order, each once', () => {
    expect(skipped.unknownTypes).toEqual([8, 9]);
    expect(last(logOf(true, [])).unknownTypes).toEqual([]);
  });

  it('is not compared', () => {
    expect(() => equalStates(skipped, skipped)).toThrow(/^LOG\.PARTIAL/);
    expect(() => equalStates(OPEN, skipped)).toThrow(/^LOG\.PARTIAL/);
    expect(() => assertComplete(skipped)).toThrow(
      expect.objectContaining({ code: 'LOG.PARTIAL', details: { unknownTypes: [8, 9] } }),
    );
    expect(equalStates(OPEN, genesisState(DOMAIN, true))).toBe(true);
    expect(equalStates(OPEN, last(logOf(true, [seal('x')])))).toBe(false);
  });

  it('stays partial over a base', () => {
    expect(() => equalStates(stateFrom(skipped), OPEN)).toThrow(/^LOG\.PARTIAL/);
  });
});

describe('[LOG-RPL-8] a file with a base above 0', () => {
  const log = logOf(true, [seal('x'), tombstone(0), (state) => anchor(state, 1n), seal('y')]);
  const [, , below, above] = log.states as [LogState, LogState, LogState, LogState, LogState];

  it('is replayed by itself from nothing', () => {
    const base = stateAtBase({ domainId: DOMAIN, baseLogseq: 2n, baseRecordHash: below.recordHash }, true);
    const state = replay(base, log.records.slice(2), 4n);
    expect(state.seals.map(({ logseq }) => logseq)).toEqual([4n]);
    expect(state.policy.size).toBe(0);
    expect(state.anchors.map(({ logseq }) => logseq)).toEqual([3n]);
    expect(state.indexState).toEqual(last(log).indexState);
    expect(base.anchors).toEqual([]);
  });

  it('may hold an anchor for a position below, whose SnapshotID is not checked', () => {
    const base = stateFrom(below);
    for (const snapshotId of [NO_SALT, sha256('any')]) {
      const body = { ...(anchor(below, 1n) as object), snapshotId } as RecordBody;
      expect(applyRecord(base, record(base, 4, body)).anchors).toHaveLength(1);
      expect(() => applyRecord(below, record(below, 4, body))).toThrow(/^LOG\.ANCHOR\.SNAPSHOT/);
    }
    expect(above.anchors).toHaveLength(1);
  });
});

describe('[LOG-HDR-8] the state at base 0', () => {
  it('has the DomainID as its record hash', () => {
    expect(() => stateFrom({ ...baseOf(OPEN), recordHash: SECRET })).toThrow(/^LOG\.BASE/);
    expect(() =>
      applyRecord({ ...OPEN, ...baseOf(OPEN), indexState: OPEN.indexState }, record(OPEN, 1, seal('x'))),
    ).toThrow(TypeError);
  });
});

function baseOf(state: LogState) {
  const { domainId, open, position, recordHash, seals, policy, anchored, types } = state;
  return { domainId, open, position, recordHash, seals, policy, anchored, types };
}

describe('[LOG-RPL-14] the steps of a replay', () => {
  it('give each record, what it says and what holds after it, up to the position and no further', () => {
    fc.assert(
      fc.property(logs, fc.nat(), (log, number) => {
        const to = number % log.states.length;
        const rest = log.records.values();
        const steps = replaySteps(log.states[0] as LogState, rest, BigInt(to));
        const taken = Array.from({ length: to }, () => steps.next().value as ReplayStep);
        for (const [index, { record, body, state }] of taken.entries()) {
          expect(record).toBe(log.records[index]);
          expect(body).toEqual(decodePayload(record.type, record.payload)?.body);
          expect(summary(state)).toEqual(summary(log.states[index + 1] as LogState));
        }
        const { done, value } = steps.next();
        expect(done).toBe(true);
        expect(summary(value as LogState)).toEqual(summary(log.states[to] as LogState));
        expect([...rest]).toEqual(log.records.slice(to));
      }),
    );
  });

  it('end where replay is refused', () => {
    const log = logOf(true, [seal('x'), tombstone(0)]);
    const { records } = log;
    const steps = replaySteps(OPEN, [...records, chained(last(log), 0, NO_SALT)], 3n);
    expect(steps.next().value).toMatchObject({ body: { type: 'segment-seal' } });
    expect(steps.next().value).toMatchObject({ body: { type: 'tombstone' } });
    expect(() => steps.next()).toThrow(/^LOG\.TYPE/);
    expect(() => replaySteps(OPEN, records, 3n).next()).not.toThrow();
    expect(() => [...replaySteps(OPEN, records, 3n)]).toThrow(/^LOG\.POSITION/);
    expect([...replaySteps(OPEN, [chained(OPEN, 9, NO_SALT)], 1n)]).toMatchObject([{ body: undefined }]);
  });
});
