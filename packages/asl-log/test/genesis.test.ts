import { formatHex } from '@amduat/asl-core';
import {
  appendRecord,
  assertDomain,
  decodeGenesis,
  domainIdOf,
  encodeGenesis,
  type GenesisManifest,
  genesisState,
} from '@amduat/asl-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DOMAIN, seal, sha256 } from './logs.js';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const manifests: fc.Arbitrary<GenesisManifest> = fc.record({
  authorityKey: hash,
  recoveryKeyHash: hash,
  name: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  open: fc.boolean(),
  nonce: hash,
});

const demo: GenesisManifest = {
  authorityKey: new Uint8Array(32).fill(0x11),
  recoveryKeyHash: new Uint8Array(32),
  name: 'demo',
  open: true,
  nonce: new Uint8Array(32).fill(0x22),
};

function edited(edit: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = encodeGenesis(demo);
  edit(bytes);
  return bytes;
}

describe('[DOM-MAN-1] genesis manifest', () => {
  it('is the worked example', () => {
    const bytes = Buffer.concat([
      Buffer.from('01000000', 'hex'),
      Buffer.alloc(32, 0x11),
      Buffer.alloc(32),
      Buffer.from('0464656d6f01', 'hex'),
      Buffer.alloc(32, 0x22),
    ]);
    expect(formatHex(encodeGenesis(demo))).toBe(bytes.toString('hex'));
  });

  it('decodes to what it was made from, and encodes to what it was decoded from', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const encoded = encodeGenesis(manifest);
        const decoded = decodeGenesis(encoded);
        expect({ ...decoded, nonce: formatHex(decoded.nonce) }).toEqual({
          ...manifest,
          nonce: formatHex(manifest.nonce),
        });
        expect(encodeGenesis(decoded)).toEqual(encoded);
      }),
    );
  });

  it('is refused or is another manifest after any change of a bit', () => {
    const encoded = encodeGenesis(demo);
    for (let bit = 0; bit < 8 * encoded.length; bit++) {
      const flipped = edited((bytes) => {
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      });
      let decoded: GenesisManifest | undefined;
      try {
        decoded = decodeGenesis(flipped);
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^DOM\./);
      }
      if (decoded !== undefined) expect(encodeGenesis(decoded)).toEqual(flipped);
    }
  });
});

describe('[DOM-MAN-2] truncation', () => {
  it('is refused at every octet', () => {
    const encoded = encodeGenesis(demo);
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeGenesis(encoded.subarray(0, length))).toThrow(/^DOM\.TRUNCATED/);
    }
  });
});

describe('[DOM-MAN-3] version', () => {
  it('is refused before anything after it is looked at', () => {
    expect(() => decodeGenesis(Uint8Array.of(2, 0, 0, 0))).toThrow(/^DOM\.VERSION/);
    expect(() => decodeGenesis(Uint8Array.of(1, 0, 0, 1, 99))).toThrow(/^DOM\.VERSION/);
  });
});

describe('[DOM-MAN-4] name', () => {
  const bad = ['', 'a'.repeat(65), 'Demo', '.demo', '-demo', '_demo', 'de mo', 'demo\n', 'dém', 'a/b'];

  it('of another form is not written', () => {
    for (const name of bad) expect(() => encodeGenesis({ ...demo, name })).toThrow(/^DOM\.NAME/);
  });

  it('of another form is not read', () => {
    for (const octet of [0x44, 0x2e, 0x2d, 0x5f, 0x20, 0x0a, 0xe9, 0x2f]) {
      const bytes = edited((whole) => {
        whole[69] = octet;
      });
      expect(() => decodeGenesis(bytes)).toThrow(/^DOM\.NAME/);
    }
    for (const length of [0, 65, 255]) {
      const bytes = edited((whole) => {
        whole[68] = length;
      });
      expect(() => decodeGenesis(bytes)).toThrow(/^DOM\.NAME/);
    }
  });

  it('may be 1 to 64 characters long', () => {
    for (const name of ['a', '0', 'a.-_9', 'a'.repeat(64)]) {
      expect(decodeGenesis(encodeGenesis({ ...demo, name })).name).toBe(name);
    }
  });
});

describe('[DOM-MAN-5] openness', () => {
  it('is 0 or 1', () => {
    for (const octet of [2, 0x81, 255]) {
      const bytes = edited((whole) => {
        whole[73] = octet;
      });
      expect(() => decodeGenesis(bytes)).toThrow(/^DOM\.OPENNESS/);
    }
    expect(decodeGenesis(encodeGenesis({ ...demo, open: false })).open).toBe(false);
  });
});

describe('[DOM-MAN-6] trailing octets', () => {
  it('are refused', () => {
    const longer = Buffer.concat([encodeGenesis(demo), Buffer.of(0)]);
    expect(() => decodeGenesis(longer)).toThrow(/^DOM\.TRAILING/);
  });
});

describe('[DOM-MAN-7] keys', () => {
  it('are any 32 octets', () => {
    const authorityKey = new Uint8Array(32).fill(0xff);
    const decoded = decodeGenesis(encodeGenesis({ ...demo, authorityKey }));
    expect(formatHex(decoded.authorityKey)).toBe('ff'.repeat(32));
  });
});

describe('[DOM-ID-1] DomainID', () => {
  it('is the SHA-256 of the manifest', () => {
    const encoded = encodeGenesis(demo);
    expect(formatHex(domainIdOf(encoded))).toBe(
      'fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655',
    );
    fc.assert(fc.property(hash, (bytes) => void expect(domainIdOf(bytes)).toEqual(sha256(bytes))));
  });
});

describe('[DOM-ID-2] identity', () => {
  it('is that of one manifest only', () => {
    const encoded = encodeGenesis(demo);
    expect(assertDomain(encoded, domainIdOf(encoded)).name).toBe('demo');
    const cut = encoded.subarray(0, -1);
    expect(() => assertDomain(cut, domainIdOf(cut))).toThrow(/^DOM\.TRUNCATED/);
    const other = encodeGenesis({ ...demo, nonce: new Uint8Array(32) });
    expect(() => assertDomain(other, domainIdOf(encoded))).toThrow(/^DOM\.ID/);
  });
});

describe('[DOM-ID-3] name', () => {
  it('is no identity: two domains may have one', () => {
    const other = encodeGenesis({ ...demo, nonce: new Uint8Array(32) });
    expect(domainIdOf(other)).not.toEqual(domainIdOf(encodeGenesis(demo)));
  });
});

describe('[DOM-ID-4] the zero DomainID', () => {
  it('is the identity of no manifest and of no log', () => {
    expect(() => assertDomain(encodeGenesis(demo), new Uint8Array(32))).toThrow(/^DOM\.ID/);
    expect(() => genesisState(new Uint8Array(32), true)).toThrow(/^DOM\.ID/);
  });
});

describe('[DOM-SEC-1] log secret', () => {
  it('has 32 octets', () => {
    const closed = genesisState(DOMAIN, false);
    expect(() => appendRecord(closed, seal('x'), new Uint8Array(31))).toThrow(RangeError);
    expect(() => appendRecord(closed, seal('x'), new Uint8Array(0))).toThrow(RangeError);
  });
});

describe('[DOM-SEC-2] open domain', () => {
  it('ignores a log secret: its salts are zero', () => {
    const open = genesisState(DOMAIN, true);
    const { record } = appendRecord(open, seal('x'), sha256('secret'));
    expect(record).toEqual(appendRecord(open, seal('x'), undefined).record);
    expect(record.payload.subarray(1, 33)).toEqual(new Uint8Array(32));
  });
});

describe('[DOM-SEC-3] closed domain', () => {
  it('is not written without its secret', () => {
    expect(() => appendRecord(genesisState(DOMAIN, false), seal('x'), undefined)).toThrow(/^DOM\.SECRET/);
  });
});
