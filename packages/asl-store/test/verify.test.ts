import { formatHex, referenceOf } from '@amduat/asl-core';
import { appendRecord, encodeFrame, encodeHeader, genesisState } from '@amduat/asl-log';
import {
  type Finding,
  memoryStorage,
  nodeSha256Hasher,
  openStore,
  type Storage,
  type VerifySummary,
  verifyStore,
} from '@amduat/asl-store';
import { ZERO_DOMAIN } from '@amduat/asl-store-index';
import { type EncodedSegment, encodeSegment } from '@amduat/enc-asl-core-index';
import { beforeAll, describe, expect, it } from 'vitest';
import { BACKENDS, bytesOf, closing, codeOf, copyOf, initDemo, wrapStorage } from './backends.js';

const LOG = 'log/00000000000000000001';
const WRITER = 'writer/00000000000000000001';

async function verify(storage: Storage): Promise<{ findings: Finding[]; summary: VerifySummary }> {
  const findings: Finding[] = [];
  const verification = verifyStore(storage);
  for (;;) {
    const next = await verification.next();
    if (next.done) return { findings, summary: next.value };
    findings.push(next.value);
  }
}

async function faultsOf(storage: Storage): Promise<string[]> {
  return (await verify(storage)).findings.map(({ object, error }) => `${object} ${error.code}`);
}

/** Reads a stream to its end. */
async function readAll(opened: Promise<AsyncIterable<Uint8Array> | undefined>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await opened) ?? []) pieces.push(piece);
  return pieces;
}

/** One segment, two blocks, three frames: every kind of object there is. */
async function fill(storage: Storage): Promise<void> {
  const writer = await (await initDemo(storage)).openWriter({ limits: { blockLength: 8, smallLength: 8 } });
  const { reference } = await writer.put(bytesOf('hello'));
  await writer.put(bytesOf('of two blocks'), { typeTag: 7 });
  await writer.seal();
  await writer.publish([reference]);
  await writer.tombstone(reference);
  await writer.close();
}

let small: Storage;
let names: string[];

beforeAll(async () => {
  // As it lies on a disk, with zeros ahead of the log.
  const [, backend] = BACKENDS;
  const { storage } = (backend as (typeof BACKENDS)[0]).make();
  await fill(storage);
  small = await copyOf(storage);
  names = await small.list('');
});

describe('[STO-VFY-1] [STO-VFY-2] a verification', () => {
  it('finds nothing in a store that is whole, and says what it read', async () => {
    const { findings, summary } = await verify(small);
    expect(findings).toEqual([]);
    let byteCount = 0n;
    for (const name of names) byteCount += BigInt((await small.size(name)) ?? 0);
    expect(summary).toMatchObject({
      objectCount: names.length,
      byteCount,
      artifactCount: 2,
      findingCount: 0,
    });
    expect(summary.state?.position).toBe(3n);
    expect((await small.size(LOG)) ?? 0).toBeGreaterThan(900);
  });

  it('names the object in which any one bit is another', async () => {
    let flips = 0;
    for (const name of names) {
      const bytes = (await small.read(name, 0, (await small.size(name)) ?? 0)) ?? new Uint8Array();
      // The zeros between the fan-out and the records of a segment are many: a few of them stand for all.
      const isSparse = (at: number) => name.startsWith('segments/') && at > 160 && at < 4096 && at % 64 !== 0;
      for (let at = 0; at < bytes.length; at++) {
        if (isSparse(at)) continue;
        const flipped = await copyOf(small, (other, content) => {
          if (other === name) content[at] = (content[at] as number) ^ (1 << (at % 8));
          return content;
        });
        const objects = (await verify(flipped)).findings.map(({ object }) => object);
        if (!objects.includes(name)) expect({ name, at, objects }).toBe('found');
        flips++;
      }
    }
    expect(flips).toBeGreaterThan(1900);
  }, 60_000);

  it('names an object that is cut short, or goes on', async () => {
    for (const name of names) {
      for (const change of [
        (bytes: Uint8Array) =>
          bytes.subarray(0, name === LOG ? 400 : name === WRITER ? 100 : bytes.length - 1),
        (bytes: Uint8Array) => Buffer.concat([bytes, Uint8Array.of(1)]),
        () => new Uint8Array(),
      ]) {
        const changed = await copyOf(small, (other, bytes) => (other === name ? change(bytes) : bytes));
        expect((await verify(changed)).findings.map(({ object }) => object)).toContain(name);
      }
    }
  });

  it('[STO-ERR-2] names every object that is named and not there', async () => {
    for (const name of names) {
      const rest = await copyOf(small, (other, bytes) => (other === name ? undefined : bytes));
      if (name === 'snapshots/genesis') expect(await codeOf(verify(rest))).toBe('STORE.NOT_A_STORE');
      else if (/^(blocks|segments)/.test(name))
        expect(await faultsOf(rest)).toEqual([`${name} STORE.MISSING`]);
    }
  });

  it('[STO-ERR-3] [STO-OBJ-1] names every object with another name', async () => {
    const id = '5f'.repeat(32);
    const strays = [
      'README',
      'blocks/5f/0',
      `blocks/${id}`,
      `blocks/${id}/00`,
      `blocks/${id}/18446744073709551616`,
      `blocks/${id.toUpperCase().toLowerCase()}/0x`,
      'log/1',
      'log/00000000000000000000',
      'log/99999999999999999999',
      'snapshots/genesis2',
      'writer/0000000000000000001',
    ];
    const copy = await copyOf(small);
    for (const name of strays) await copy.createOnce(name, [bytesOf('stray')]);
    expect((await faultsOf(copy)).sort()).toEqual(strays.map((name) => `${name} STORE.STRAY`).sort());
  });

  it('goes on after a fault, and names several', async () => {
    const blocks = names.filter((name) => name.startsWith('blocks/'));
    const changed = await copyOf(small, (name, bytes) => {
      if (name === WRITER || name === blocks[0]) bytes[0] = 0x58;
      return name === blocks[1] ? undefined : bytes;
    });
    await changed.createOnce('stray', []);
    expect((await faultsOf(changed)).sort()).toEqual(
      [
        `${blocks[0]} CORE.BLOCK.DIGEST`,
        `${blocks[1]} STORE.MISSING`,
        'stray STORE.STRAY',
        `${WRITER} STORE.CONFLICT`,
      ].sort(),
    );
  });

  it('[IDX-REC-3] finds a record that locates other bytes than its key names', async () => {
    const block = bytesOf('hello there');
    const blockId = nodeSha256Hasher.digest([block]);
    const key = referenceOf({ bytes: bytesOf('hello') });
    const record = {
      key,
      tombstone: false,
      visibility: 'internal',
      domain: ZERO_DOMAIN,
      source: ZERO_DOMAIN,
      logseq: 0n,
    } as const;
    for (const [offset, length, code] of [
      [1, 5, 'CORE.DIGEST'],
      [0, 6, 'CORE.DIGEST'],
      [0, 12, 'CORE.EXTENT.BOUNDS'],
    ] as const) {
      const segment = encodeSegment([{ ...record, location: [{ blockId, offset, length }] }]);
      const sealed = await storeSealing([segment], block);
      expect(await faultsOf(sealed)).toEqual([`segments/${formatHex(segment.segmentId)}/0 ${code}`]);
      const view = await closing(await openStore(sealed)).at();
      expect(await codeOf(view.get(key))).toBe(code);
      // STO-RDR-6: each block is right, what is read of it is not the artifact.
      expect(await codeOf(readAll(view.stream(key)))).toBe(code);
    }
  });

  it('hashes blocks and segments that nothing names', async () => {
    const id = '5f'.repeat(32);
    const copy = await copyOf(small);
    for (const kind of ['blocks', 'segments']) {
      const name = names.find((other) => other.startsWith(kind)) ?? '';
      await copy.createOnce(`${kind}/${id}/0`, [(await small.read(name, 0, 2 ** 20)) ?? new Uint8Array()]);
    }
    expect(await faultsOf(copy)).toEqual([`blocks/${id}/0 CORE.BLOCK.DIGEST`, `segments/${id}/0 SEG.DIGEST`]);
  });

  it('[IDX-GET-3] finds two segments of one seal that have a key in common', async () => {
    const block = bytesOf('hello');
    const location = [{ blockId: nodeSha256Hasher.digest([block]), offset: 0, length: block.length }];
    const record = {
      key: referenceOf({ bytes: block }),
      tombstone: false,
      location,
      domain: ZERO_DOMAIN,
      source: ZERO_DOMAIN,
      logseq: 0n,
    } as const;
    const segments = (['internal', 'published'] as const)
      .map((visibility) => encodeSegment([{ ...record, visibility }]))
      .sort((left, right) => Buffer.compare(left.segmentId, right.segmentId));
    const [, later] = segments as [EncodedSegment, EncodedSegment];
    expect(await faultsOf(await storeSealing(segments, block))).toEqual([
      `segments/${formatHex(later.segmentId)}/0 IDX.DUPLICATE`,
    ]);
  });

  it('[STO-VFY-3] changes nothing', async () => {
    const refuse = async () => {
      throw new Error('a verification changes nothing');
    };
    const readOnly = wrapStorage(small, {
      createOnce: refuse,
      delete: refuse,
      append: refuse,
      keep: refuse,
      tidy: refuse,
    });
    expect(await faultsOf(readOnly)).toEqual([]);
  });

  it('tells how far it has come', async () => {
    const told: number[] = [];
    for await (const _ of verifyStore(small, { progress: ({ objectCount }) => told.push(objectCount) }));
    expect(told).toEqual(names.map((_, index) => index + 1));
  });

  it('[STO-OBJ-4] refuses a storage without a store', async () => {
    expect(await codeOf(verify(memoryStorage()))).toBe('STORE.NOT_A_STORE');
  });
});

/** A store whose log seals segments that no writer would make. */
async function storeSealing(segments: readonly EncodedSegment[], block: Uint8Array): Promise<Storage> {
  const storage = memoryStorage();
  const { domainId } = await initDemo(storage);
  const segmentIds = segments.map(({ segmentId }) => segmentId);
  const body = { type: 'segment-seal', segmentIds } as const;
  const { record } = appendRecord(genesisState(domainId, true), body, undefined);
  const base = { domainId, baseLogseq: 0n, baseRecordHash: domainId, baseManifestHash: new Uint8Array(32) };
  await storage.createOnce(LOG, [encodeHeader(base), encodeFrame([record])]);
  for (const { segmentId, bytes } of segments)
    await storage.createOnce(`segments/${formatHex(segmentId)}/0`, [bytes]);
  await storage.createOnce(`blocks/${formatHex(nodeSha256Hasher.digest([block]))}/0`, [block]);
  return storage;
}
