import { createHmac } from 'node:crypto';
import { formatHex, type Reference } from '@amduat/asl-core';
import {
  appendRecord,
  applyRecord,
  genesisState,
  type LogRecord,
  type LogState,
  type RecordBody,
} from '@amduat/asl-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anchor,
  chained,
  DOMAIN,
  key,
  lift,
  logOf,
  logs,
  SECRET,
  seal,
  secretOf,
  sha256,
  summary,
} from './logs.js';

const OPEN = genesisState(DOMAIN, true);

describe('[LOG-APP-1] an append', () => {
  it('is refused with the code with which replay would refuse it', () => {
    const log = logOf(true, [seal('x')]);
    const state = log.states[1] as LogState;
    const alien = { hashId: 3, digest: sha256('x') } as unknown as Reference;
    const anchored = anchor(state, 1n);
    const refused: [RecordBody, RegExp][] = [
      [{ type: 'segment-seal', segmentIds: [] }, /^LOG\.PAYLOAD\.COUNT/],
      [{ type: 'segment-seal', segmentIds: [sha256('x'), sha256('x')] }, /^LOG\.PAYLOAD\.ORDER/],
      [{ type: 'artifact-publish', keys: [] }, /^LOG\.PAYLOAD\.COUNT/],
      [{ type: 'artifact-unpublish', keys: [key(1), key(0)] }, /^LOG\.PAYLOAD\.ORDER/],
      [{ type: 'tombstone', key: alien, reason: 0 }, /^LOG\.PAYLOAD\.HASH_ID/],
      [lift(1n), /^LOG\.LIFT/],
      [{ ...(anchored as object), logseq: 1n } as RecordBody, /^LOG\.ANCHOR\.POSITION/],
      [{ ...(anchored as object), snapshotLogseq: 2n } as RecordBody, /^LOG\.ANCHOR\.POSITION/],
      [{ ...(anchored as object), snapshotId: sha256('x') } as RecordBody, /^LOG\.ANCHOR\.SNAPSHOT/],
    ];
    for (const [body, code] of refused) expect(() => appendRecord(state, body, undefined)).toThrow(code);
    for (const open of [true, false]) {
      const genesis = genesisState(DOMAIN, open);
      expect(() => appendRecord(genesis, lift(1n), secretOf(genesis))).toThrow(/^LOG\.LIFT/);
    }
  });

  it('gives the state that replay gives', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        for (const [index, record] of records.entries()) {
          const applied = applyRecord(states[index] as LogState, record);
          expect(summary(applied)).toEqual(summary(states[index + 1] as LogState));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('leaves the state it was made from', () => {
    const before = summary(OPEN);
    appendRecord(OPEN, seal('x'), undefined);
    const again = appendRecord(OPEN, seal('y'), undefined);
    expect(summary(OPEN)).toEqual(before);
    expect(again.state.seals).toHaveLength(1);
  });
});

describe('[LOG-APP-2] a record that is appended', () => {
  it('has the logseq after the last', () => {
    const { records } = logOf(true, [seal('x'), seal('y'), seal('z')]);
    expect(records.map(({ logseq }) => logseq)).toEqual([1n, 2n, 3n]);
  });
});

describe('[LOG-APP-3] what was appended', () => {
  it('is the same record, whatever is appended to the state it followed', () => {
    const one = appendRecord(OPEN, seal('x'), undefined).record;
    appendRecord(OPEN, seal('y'), undefined);
    expect(appendRecord(OPEN, seal('x'), undefined).record).toEqual(one);
  });
});

describe('[LOG-PFX-3] salt of a closed domain', () => {
  it('is the HMAC of the chain, the type, the publicity and the rest', () => {
    fc.assert(
      fc.property(logs, ({ records, states }) => {
        for (const [index, { type, payload }] of records.entries()) {
          const before = states[index] as LogState;
          const salt = formatHex(payload.subarray(1, 33));
          if (before.open) expect(salt).toBe('00'.repeat(32));
          else expect(salt).toBe(hmacOf(before, type, payload));
        }
      }),
    );
  });

  it('is another under another secret', () => {
    const closed = genesisState(DOMAIN, false);
    const [left, right] = [SECRET, sha256('other')].map(
      (secret) => appendRecord(closed, seal('x'), secret).record,
    ) as [LogRecord, LogRecord];
    expect(left.payload.subarray(33)).toEqual(right.payload.subarray(33));
    expect(left.payload).not.toEqual(right.payload);
  });
});

function hmacOf(state: LogState, type: number, payload: Uint8Array): string {
  const head = Buffer.alloc(5);
  head.writeUInt32LE(type, 0);
  head.writeUInt8(payload[0] as number, 4);
  return createHmac('sha256', SECRET)
    .update(state.recordHash)
    .update(head)
    .update(payload.subarray(33))
    .digest('hex');
}

describe('[LOG-REC-4] a type that is not known', () => {
  it('is not written', () => {
    const body = { type: 'something-else' } as unknown as RecordBody;
    expect(() => appendRecord(OPEN, body, undefined)).toThrow(TypeError);
  });
});

describe('[LOG-RPL-7] a partial state', () => {
  it('is not appended to', () => {
    for (const open of [true, false]) {
      const genesis = genesisState(DOMAIN, open);
      const partial = applyRecord(genesis, chained(genesis, 8, new Uint8Array(0)));
      expect(() => appendRecord(partial, seal('x'), secretOf(genesis))).toThrow(/^LOG\.PARTIAL/);
    }
  });
});

describe('[LOG-FRM-8] a payload of more than 2^24 octets', () => {
  it('is not appended', { timeout: 120_000 }, () => {
    const segmentIds = Array.from({ length: 2 ** 19 }, (_, index) => {
      const id = Buffer.alloc(32);
      id.writeUInt32BE(index);
      return id;
    });
    expect(() => appendRecord(OPEN, { type: 'segment-seal', segmentIds }, undefined)).toThrow(/^LOG\.LIMIT/);
  });
});

describe('[LOG-PAY-1] fields of another width', () => {
  it('are not written', () => {
    const narrow = new Uint8Array(31);
    const bodies: [label: string, body: RecordBody][] = [
      ['segmentId', { type: 'segment-seal', segmentIds: [narrow] }],
      ['key', { type: 'tombstone', key: { hashId: 1, digest: narrow }, reason: 0 }],
      ['reason', { type: 'tombstone', key: key(0), reason: 2 ** 32 }],
      ['tombstone', { type: 'tombstone-lift', tombstone: 2n ** 64n }],
      ['signature', { type: 'authority-rotate', newKey: sha256('x'), signature: narrow }],
      ['newKey', { type: 'authority-rotate', newKey: narrow, signature: new Uint8Array(64) }],
    ];
    for (const [label, body] of bodies) {
      expect(() => appendRecord(OPEN, body, undefined)).toThrow(new RegExp(`^${label}: expected`));
    }
  });
});
