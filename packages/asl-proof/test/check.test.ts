import { formatHex } from '@amduat/asl-core';
import { checkProof, claimsOf, encodeProof, type ProvenEntry } from '@amduat/asl-proof';
import { describe, expect, it } from 'vitest';
import { bytesOf, keyOf, platformHasher, Sample } from './sample.js';

const hasher = platformHasher;

describe.each([
  ['an open', true],
  ['a closed', false],
])('a proof from %s domain', (_, open) => {
  const sample = new Sample({ open });
  const { bytes: _bytes, ...withoutBytes } = sample.parts('public');

  it.each(['public', 'internal'])('[PRF-FILE-1] [PRF-LNK-8] of an artifact that is %s holds', (text) => {
    const { proven } = checkProof(sample.proof(text));
    expect(proven).toMatchObject({
      reference: keyOf(text),
      verdict: text === 'public' ? 'published' : 'internal',
      isAuthorityKnown: false,
      anchor: { snapshotLogseq: 2n, logseq: 3n },
      head: { size: 6n },
    });
    expect(formatHex(proven?.domainId as Uint8Array)).toBe(formatHex(sample.domainId));
    expect(proven?.bytes).toEqual(bytesOf(text));
    expect(checkProof(sample.proof(text), { key: sample.signer.key }).proven?.isAuthorityKnown).toBe(true);
  });

  it('[PRF-LNK-11] holds without the bytes', () => {
    const { proven } = checkProof(encodeProof(withoutBytes));
    expect(proven?.reference).toEqual(keyOf('public'));
    expect(proven?.bytes).toBeUndefined();
  });

  it.each([
    ['public', sample.proof('public')],
    ['internal', sample.proof('internal')],
    ['public, without bytes', encodeProof(withoutBytes)],
  ])('[PRF-FILE-1] is refused when any octet of it is another: %s', (_name, file) => {
    for (let at = 0; at < file.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const changed = file.slice();
        changed[at] = (changed[at] as number) ^ mask;
        const { proven, link } = checkProof(changed, { hasher });
        expect(proven, `octet ${at}`).toBeUndefined();
        expect(link).toBeDefined();
      }
    }
  });

  it('[PRF-FILE-2] is refused when it is cut anywhere, or longer', () => {
    for (const file of [sample.proof('public'), sample.proof('internal'), encodeProof(withoutBytes)]) {
      for (let end = 0; end < file.length; end++) {
        expect(checkProof(file.subarray(0, end), { hasher }).proven, `${end} octets`).toBeUndefined();
      }
      const longer = new Uint8Array(file.length + 1);
      longer.set(file);
      expect(checkProof(longer, { hasher }).proven).toBeUndefined();
    }
  });
});

describe('[PRF-LNK-1] to [PRF-LNK-11] a forged proof, every hash and signature made right again', () => {
  const sample = new Sample();
  const other = new Sample({ name: 'other' });
  const closed = new Sample({ open: false });
  const parts = sample.parts('public');

  it.each([
    [
      'the key of another authority',
      sample.proof('public'),
      'domain',
      'PROOF.KEY',
      { key: new Uint8Array(32) },
    ],
    [
      'the manifest of another domain',
      sample.proof('public', { genesis: other.genesis }),
      'head',
      'HEAD.ORIGIN',
      {},
    ],
    [
      'the head of another domain',
      sample.proof('public', { head: other.parts('public').head }),
      'head',
      'HEAD.ORIGIN',
      {},
    ],
    [
      'a head that does not reach the anchor',
      sample.proof('public', { head: sample.head(2) }),
      'anchor',
      'PROOF.ANCHOR',
      {},
    ],
    [
      'the anchor of another domain',
      sample.proof('public', { anchor: other.anchor.payload, previous: other.parts('public').previous }),
      'inclusion',
      'HEAD.INCLUSION',
      {},
    ],
    [
      'the path of another record',
      sample.proof('public', { path: [...parts.path].reverse() }),
      'inclusion',
      'HEAD.INCLUSION',
      {},
    ],
    [
      'an entry under StateRoot as one under PublicRoot',
      encodeProof({ ...parts, entry: sample.parts('internal').entry }),
      'entry',
      'ENTRY_PROOF.ROOT',
      {},
    ],
    [
      'an entry under PublicRoot as one under StateRoot',
      sample.proof('public', { blind: sample.blind }),
      'entry',
      'ENTRY_PROOF.ROOT',
      {},
    ],
    ['no entry', sample.proof('public', { entry: { siblings: [] } }), 'entry', 'PROOF.ABSENT', {}],
    [
      'another blind',
      closed.proof('internal', { blind: new Uint8Array(32).fill(1) }),
      'entry',
      'ENTRY_PROOF.ROOT',
      {},
    ],
    [
      'a blind in an open domain',
      sample.proof('internal', { blind: new Uint8Array(32).fill(1) }),
      'entry',
      'PROOF.BLIND',
      {},
    ],
    ['other bytes', sample.proof('public', { bytes: bytesOf('publik') }), 'bytes', 'CORE.DIGEST', {}],
    ['one byte more', sample.proof('public', { bytes: bytesOf('public ') }), 'bytes', 'CORE.DIGEST', {}],
  ])('%s', (_, file, link, code, options) => {
    const report = checkProof(file, options);
    expect([report.link, report.error?.code]).toEqual([link, code]);
  });
});

describe('[PRF-SAY-1] the claims of a proof', () => {
  const sample = new Sample();
  const said = (proven: ProvenEntry | undefined) =>
    Object.fromEntries(claimsOf(proven as ProvenEntry).map(({ id, verified }) => [id, verified]));

  it('are those that were verified and those that were not', () => {
    const always = { entry: true, log: true, signature: true, snapshot: false, only: false, current: false };
    const { bytes: _, ...withoutBytes } = sample.parts('public');
    expect(said(checkProof(sample.proof('public')).proven)).toEqual({
      ...always,
      bytes: true,
      authority: false,
    });
    expect(said(checkProof(encodeProof(withoutBytes), { key: sample.signer.key }).proven)).toEqual({
      ...always,
      bytes: false,
      authority: true,
    });
  });
});
