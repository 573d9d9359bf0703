import { formatHex } from '@amduat/asl-core';
import {
  appendRecord,
  assertClean,
  decodeHeader,
  encodeFrame,
  encodeHeader,
  encodeRecord,
  genesisState,
  type LogRecord,
  type LogScan,
  scanFrames,
  scanLog,
} from '@amduat/asl-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chained,
  DOMAIN,
  fileOf,
  frameOf,
  HEADER,
  platformHasher as hasher,
  logOf,
  logs,
  seal,
  sha256,
  tombstone,
} from './logs.js';

const { records } = logOf(true, [seal('x'), tombstone(0), seal('y', 'z'), tombstone(1)]);
const FILE = fileOf(records, 2);
const [first, second] = records as [LogRecord, LogRecord];
const FRAMES = scanLog(FILE).frames.map(({ offset }) => offset) as [number, number];

/** For tests that read much, on machines that are slow or busy. */
const LARGE_TIMEOUT_MS = 120_000;

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function plain({ records: read, end }: LogScan): unknown {
  return {
    records: read.map(({ logseq, type, payload, recordHash }) => {
      return `${logseq} ${type} ${formatHex(payload)} ${formatHex(recordHash)}`;
    }),
    end,
  };
}

/** The header with some octets changed, and its header_hash made again. */
function headerWith(edit: (bytes: Buffer) => void): Uint8Array {
  const bytes = Buffer.from(HEADER.subarray(0, 128));
  edit(bytes);
  return join(bytes, sha256(bytes));
}

describe('[LOG-HDR-6] header', () => {
  it('is the worked example', () => {
    const domainId = Buffer.from('fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655', 'hex');
    const segmentIds = [new Uint8Array(32).fill(0x33)];
    const { record } = appendRecord(
      genesisState(domainId, true),
      { type: 'segment-seal', segmentIds },
      undefined,
    );
    const header = encodeHeader({
      domainId,
      baseLogseq: 0n,
      baseRecordHash: domainId,
      baseManifestHash: new Uint8Array(32),
    });
    const file = Buffer.from(join(header, encodeFrame([record]))).toString('hex');
    const at = (offset: number, length: number) => file.slice(2 * offset, 2 * (offset + length));
    expect(file.length).toBe(2 * 325);
    expect(at(0, 24)).toBe('41534c4c4f47303101000000a00000000000000000000000');
    expect(at(128, 4)).toBe('302d2601');
    expect(at(160, 16)).toBe('41534c46750000000100000000000000');
    expect(at(176, 4)).toBe('cf05f75f');
    expect(at(208, 16)).toBe('01000000000000000100000045000000');
    expect(at(224, 37)).toBe(`01${'00'.repeat(32)}01000000`);
    expect(at(293, 4)).toBe('ddd71403');
  });

  it('gives back what it was made from', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const headers = fc.record({
      domainId: hash,
      baseLogseq: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      baseRecordHash: hash,
      baseManifestHash: hash,
    });
    fc.assert(
      fc.property(headers, (header) => {
        const decoded = decodeHeader(encodeHeader(header));
        expect(decoded.baseLogseq).toBe(header.baseLogseq);
        expect(formatHex(decoded.domainId)).toBe(formatHex(header.domainId));
        expect(formatHex(decoded.baseRecordHash)).toBe(formatHex(header.baseRecordHash));
        expect(formatHex(decoded.baseManifestHash)).toBe(formatHex(header.baseManifestHash));
      }),
    );
  });

  it('is refused after any change of a bit', () => {
    for (let bit = 0; bit < 8 * HEADER.length; bit++) {
      const flipped = HEADER.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => decodeHeader(flipped)).toThrow(/^LOG\.(MAGIC|VERSION|HEADER_SIZE|FLAGS|HEADER_HASH):/);
    }
    const noHash = join(HEADER.subarray(0, 128), new Uint8Array(32));
    expect(() => decodeHeader(noHash)).toThrow(/^LOG\.HEADER_HASH/);
  });
});

describe('[LOG-HDR-1] a file without a whole header', () => {
  it('is refused', () => {
    for (let length = 0; length < 160; length++) {
      expect(() => scanLog(FILE.subarray(0, length))).toThrow(/^LOG\.HEADER\.TRUNCATED/);
    }
  });
});

describe('[LOG-HDR-2] magic', () => {
  it('of something else is refused, whatever follows', () => {
    expect(() => scanLog(new Uint8Array(160))).toThrow(/^LOG\.MAGIC/);
    expect(() => decodeHeader(headerWith((bytes) => bytes.write('ASLLOG02', 'latin1')))).toThrow(
      /^LOG\.MAGIC/,
    );
  });
});

describe('[LOG-HDR-3] version', () => {
  it('other than 1 is refused', () => {
    expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt32LE(2, 8)))).toThrow(/^LOG\.VERSION/);
    expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt32LE(0x0100_0001, 8)))).toThrow(
      /^LOG\.VERSION/,
    );
  });
});

describe('[LOG-HDR-4] header_size', () => {
  it('other than 160 is refused', () => {
    expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt32LE(161, 12)))).toThrow(
      /^LOG\.HEADER_SIZE/,
    );
  });
});

describe('[LOG-HDR-5] flags', () => {
  it('other than 0 are refused, to the highest bit', () => {
    for (const offset of [16, 23]) {
      expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt8(0x80, offset)))).toThrow(
        /^LOG\.FLAGS/,
      );
    }
  });
});

describe('[LOG-HDR-7] domain_id', () => {
  it('other than the one that is expected is refused', () => {
    expect(scanLog(FILE, { domainId: DOMAIN }).records).toHaveLength(4);
    expect(() => scanLog(FILE, { domainId: sha256('another') })).toThrow(/^LOG\.DOMAIN/);
  });
});

describe('[LOG-HDR-8] base 0', () => {
  it('has the DomainID as record hash, and no manifest', () => {
    expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt8(1, 64)))).toThrow(/^LOG\.BASE/);
    expect(() => decodeHeader(headerWith((bytes) => bytes.writeUInt8(1, 127)))).toThrow(/^LOG\.BASE/);
    const header = { domainId: DOMAIN, baseLogseq: 0n, baseManifestHash: new Uint8Array(32) };
    expect(() => encodeHeader({ ...header, baseRecordHash: sha256('x') })).toThrow(/^LOG\.BASE/);
    expect(decodeHeader(headerWith((bytes) => bytes.writeUInt8(1, 63))).baseLogseq).toBe(1n << 56n);
  });
});

describe('[LOG-FRM-2] frames', () => {
  it('give back the records they were made from, however these are grouped', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 5 }), (log, frameCount) => {
        const scan = scanLog(fileOf(log.records, frameCount), { domainId: DOMAIN });
        expect(plain(scan)).toEqual(
          plain({
            ...scan,
            records: log.records,
            end: { kind: 'clean', offset: fileOf(log.records, frameCount).length },
          }),
        );
        expect(scan.frames).toHaveLength(Math.ceil(log.records.length / frameCount));
      }),
    );
  });

  it('end cleanly where only zeros follow', () => {
    for (const zeros of [0, 1, 47, 48, 200]) {
      const scan = scanLog(join(FILE, new Uint8Array(zeros)));
      expect(scan.end).toEqual({ kind: 'clean', offset: FILE.length });
      expect(scan.records).toHaveLength(4);
    }
    expect(scanLog(HEADER).end).toEqual({ kind: 'clean', offset: 160 });
  });

  it('are read from any frame on', () => {
    const whole = scanLog(FILE);
    const rest = scanFrames(FILE, FRAMES[1], whole.frames[0]?.firstLogseq as bigint);
    expect(rest.frames).toEqual(whole.frames.slice(1));
    expect(rest.end).toEqual(whole.end);
    const tail = scanFrames(FILE.subarray(FRAMES[1]), 0, 1n);
    expect(tail.records.map(({ logseq }) => logseq)).toEqual([3n, 4n]);
  });

  it('are read from bytes that are a part of others', () => {
    const inside = join(Uint8Array.of(1, 2, 3), FILE, Uint8Array.of(4)).subarray(3, 3 + FILE.length);
    expect(plain(scanLog(inside))).toEqual(plain(scanLog(FILE)));
  });
});

describe('[LOG-FRM-3] a torn file', () => {
  it('is read up to its last whole frame, wherever it ends', () => {
    const whole = scanLog(FILE);
    for (let length = 160; length < FILE.length; length++) {
      const scan = scanLog(FILE.subarray(0, length));
      const frames = length < FRAMES[1] ? 0 : 1;
      const offset = FRAMES[frames] as number;
      expect(scan.end).toEqual({ kind: length === offset ? 'clean' : 'torn', offset });
      expect(scan.records.length).toBe(2 * frames);
      expect(plain({ ...scan, end: whole.end })).toEqual(
        plain({ ...whole, records: whole.records.slice(0, 2 * frames) }),
      );
    }
  });

  it('is reported to who verifies', () => {
    const torn = scanLog(FILE.subarray(0, -1));
    expect(() => assertClean(torn.end)).toThrow(/^LOG\.TORN/);
    expect(() => assertClean(scanLog(FILE).end)).not.toThrow();
  });

  it('may hold an older frame, or one with the same first_logseq, after its end', () => {
    for (const stale of [FILE.subarray(160, FRAMES[1]), FILE.subarray(FRAMES[1])]) {
      const scan = scanLog(join(FILE, Uint8Array.of(7), stale));
      expect(scan.end).toEqual({ kind: 'torn', offset: FILE.length });
      expect(scan.records).toHaveLength(4);
    }
  });
});

describe('[LOG-FRM-4] a damaged file', () => {
  it('is refused with the offset of the gap', () => {
    const gap = join(FILE.subarray(0, FRAMES[1]), Uint8Array.of(7), FILE.subarray(FRAMES[1]));
    expect(() => scanLog(gap)).toThrow(
      expect.objectContaining({ code: 'LOG.DAMAGED', details: { offset: FRAMES[1], later: FRAMES[1] + 1 } }),
    );
    const lost = join(HEADER, new Uint8Array(300), FILE.subarray(FRAMES[1]));
    expect(() => scanLog(lost)).toThrow(expect.objectContaining({ code: 'LOG.DAMAGED' }));
  });

  it('is never taken for a whole one after any change of a bit', { timeout: LARGE_TIMEOUT_MS }, () => {
    const file = join(FILE, new Uint8Array(3));
    const whole = plain(scanLog(FILE)) as { records: string[] };
    for (let bit = 8 * 160; bit < 8 * file.length; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      if (bit >> 3 < FRAMES[1]) {
        expect(() => scanLog(flipped)).toThrow(/^LOG\.DAMAGED/);
        continue;
      }
      const scan = scanLog(flipped);
      const offset = bit >> 3 < FILE.length ? FRAMES[1] : FILE.length;
      expect(scan.end).toEqual({ kind: 'torn', offset });
      expect((plain(scan) as { records: string[] }).records).toEqual(
        whole.records.slice(0, offset === FILE.length ? 4 : 2),
      );
    }
  });
});

describe('[LOG-FRM-9] the search for a later frame', () => {
  /** A gap and overlapping candidates whose `byte_count` add up to `sum`; none of them is a good frame. */
  function candidates(count: number, sum: number): Uint8Array {
    const tail = Buffer.alloc(1 + count * 48, 7);
    let rest = sum;
    for (let index = 0; index < count; index++) {
      const at = 1 + index * 48;
      const byteCount = Math.min(rest, (count - index - 1) * 48);
      tail.write('ASLF', at, 'latin1');
      tail.writeUInt32LE(byteCount, at + 4);
      tail.writeBigUInt64LE(9n, at + 8);
      rest -= byteCount;
    }
    return tail;
  }

  it('ends in a refusal when the candidates are too many to be honest, and not before', {
    timeout: LARGE_TIMEOUT_MS,
  }, () => {
    const count = 2048;
    const bound = 2 ** 26 + 8 * (1 + count * 48);
    const scan = (sum: number) => scanLog(join(FILE, candidates(count, sum)), { hasher });
    expect(scan(bound).end).toEqual({ kind: 'torn', offset: FILE.length });
    expect(() => scan(bound + 1)).toThrow(/^LOG\.DAMAGED/);
  });
});

describe('[LOG-FRM-5] reading', () => {
  it('changes nothing', () => {
    for (const length of [FILE.length, FILE.length - 1]) {
      const bytes = FILE.slice(0, length);
      scanLog(bytes);
      expect(bytes).toEqual(FILE.slice(0, length));
    }
  });
});

describe('[LOG-FRM-6] byte_count', () => {
  it('of 0 is not that of a good frame', () => {
    const scan = scanLog(join(HEADER, frameOf(1n, new Uint8Array(0))));
    expect(scan.end).toEqual({ kind: 'torn', offset: 160 });
  });

  it('of more than 2^26 is not that of a good frame', { timeout: LARGE_TIMEOUT_MS }, () => {
    const records = new Uint8Array(2 ** 26 + 1).fill(0xff);
    const scan = (length: number) =>
      scanLog(join(HEADER, frameOf(1n, records.subarray(0, length))), { hasher });
    expect(scan(2 ** 26 + 1).end).toEqual({ kind: 'torn', offset: 160 });
    // A good frame: what is refused is the first record in it.
    expect(() => scan(2 ** 26)).toThrow(/^LOG\.LIMIT/);
  });

  it('that the records do not fill exactly is refused', () => {
    const encoded = encodeRecord(first);
    for (const records of [
      encoded.subarray(0, -1),
      encoded.subarray(0, 15),
      encoded.subarray(0, 47),
      join(encoded, Uint8Array.of(0)),
      join(encoded, encodeRecord(second).subarray(0, -1)),
    ]) {
      expect(() => scanLog(join(HEADER, frameOf(1n, records)))).toThrow(/^LOG\.FRAME/);
    }
  });

  it('that more octets would be needed for is not that of a good frame, whatever its hash', () => {
    const head = Buffer.from(frameOf(1n, encodeRecord(first)).subarray(0, 16));
    head.writeUInt32LE(head.readUInt32LE(4) + 1, 4);
    const records = encodeRecord(first);
    const cut = join(head, sha256(head, records), records);
    expect(scanLog(join(HEADER, cut)).end).toEqual({ kind: 'torn', offset: 160 });
  });

  it('bounds what is read as a record, also where another frame follows', () => {
    const unfilled = frameOf(1n, join(encodeRecord(first), new Uint8Array(12)));
    const next = frameOf(2n, encodeRecord(second));
    expect(() => scanLog(join(HEADER, unfilled, next))).toThrow(/^LOG\.FRAME/);
  });

  it('is what an encoder of frames keeps to', () => {
    expect(() => encodeFrame([])).toThrow(RangeError);
    const state = genesisState(DOMAIN, true);
    const large = chained(state, 8, new Uint8Array(2 ** 24));
    const five = Array.from({ length: 5 }, (_, index) => ({ ...large, logseq: BigInt(index + 1) }));
    expect(() => encodeFrame(five)).toThrow(RangeError);
  });
});

describe('[LOG-FRM-7] first_logseq', () => {
  it('is the logseq of the first record', () => {
    for (const wrong of [0n, 2n, 2n ** 64n - 1n]) {
      expect(() => scanLog(join(HEADER, frameOf(wrong, encodeRecord(first))))).toThrow(/^LOG\.SEQ/);
    }
    expect(() => encodeFrame([second, first])).toThrow(/^LOG\.SEQ/);
  });

  it('is a u64', () => {
    const logseq = 2n ** 64n - 1n;
    const frame = frameOf(logseq, encodeRecord({ ...first, logseq }));
    expect(scanLog(join(HEADER, frame)).records[0]?.logseq).toBe(logseq);
    const middle = 2n ** 53n + 1n;
    const other = frameOf(middle, encodeRecord({ ...first, logseq: middle }));
    expect(scanLog(join(HEADER, other)).records[0]?.logseq).toBe(middle);
  });
});

describe('[LOG-FRM-8] payload_len', () => {
  it('of more than 2^24 is refused before it is compared with what is there', () => {
    for (const length of [2 ** 24 + 1, 0xffff_ffff]) {
      const encoded = Buffer.from(encodeRecord(first));
      encoded.writeUInt32LE(length, 12);
      expect(() => scanLog(join(HEADER, frameOf(1n, encoded)))).toThrow(/^LOG\.LIMIT/);
    }
  });

  it('of 2^24 is written and read, of one more not written', { timeout: LARGE_TIMEOUT_MS }, () => {
    const state = genesisState(DOMAIN, true);
    const largest = chained(state, 8, new Uint8Array(2 ** 24).fill(1));
    const [read] = scanLog(fileOf([largest], 1, hasher), { hasher }).records;
    expect(read?.payload.length).toBe(2 ** 24);
    const larger = { ...largest, payload: new Uint8Array(2 ** 24 + 1) };
    expect(() => encodeRecord(larger)).toThrow(/^LOG\.LIMIT/);
    expect(() => encodeFrame([larger])).toThrow(/^LOG\.LIMIT/);
  });
});
