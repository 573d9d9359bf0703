import { describe, expect, it } from 'vitest';
import { type Document, documentOf, rightBytes, subjectOf } from '../src/derivation/index.js';
import type { Field } from '../src/formats/fields.js';
import { FORMATS, type FormatName } from '../src/formats/index.js';
import { everyExample } from './examples.js';

const examples = everyExample();
const accepted = examples.filter((example) => example.ok !== undefined && subjectOf(example) !== undefined);

function documentAt(id: string): Document {
  const example = examples.find((candidate) => candidate.id === id);
  const document = example && documentOf(example, new Set(Object.keys(example.in)));
  if (document === undefined) throw new Error(`no document of ${id}`);
  return document;
}

function offsets(document: Document, ...paths: string[]): (number | undefined)[] {
  return paths.map((path) => document.fields.find((field) => field.path === path)?.offset);
}

/** Whether fields stand one after the other from the first byte to the last. */
function tile(fields: readonly Field[], length: number): boolean {
  let offset = 0;
  for (const field of fields) {
    if (field.offset !== offset || field.length < 0) return false;
    offset += field.length;
  }
  return offset === length;
}

/** The longest document of each format that is accepted, of those of up to 4,500 bytes. */
function longestOnes(): [FormatName, Uint8Array][] {
  const longest = new Map<FormatName, Uint8Array>();
  for (const { format, bytes } of accepted.flatMap((example) => documentOf(example, new Set()) ?? [])) {
    if (bytes.length <= 4500 && bytes.length > (longest.get(format)?.length ?? 0)) longest.set(format, bytes);
  }
  expect(longest.size).toBe(Object.keys(FORMATS).length);
  return [...longest];
}

/** Numbers that look as if by chance, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('field maps', () => {
  it('find the fields of the worked examples where these have them', () => {
    expect(
      offsets(
        documentAt('log.encode.worked-example'),
        'header.header_hash',
        'frame[0].magic',
        'frame[0].frame_hash',
        'frame[0].record[0].record_type',
        'frame[0].record[0].salt',
        'frame[0].record[0].segment_id[0]',
        'frame[0].record[0].record_hash',
      ),
    ).toEqual([128, 160, 176, 216, 225, 261, 293]);
    expect(
      offsets(
        documentAt('segment.encode.worked-example'),
        'header.first_digest',
        'fan_out[1]',
        'padding',
        'record[0].digest',
        'record[0].cross_domain_source',
        'block[0]',
        'footer.file_length',
        'footer.magic',
      ),
    ).toEqual([48, 132, 136, 4096, 4158, 4160, 4192, 4200]);
    expect(offsets(documentAt('core.encode.hello-tagged'), 'type_tag', 'length', 'bytes')).toEqual([
      1, 5, 13,
    ]);
  });

  it('give fields from the first byte to the last of everything that is accepted', () => {
    for (const example of accepted) {
      const document = documentOf(example, new Set());
      if (document !== undefined && !tile(document.fields, document.bytes.length)) {
        expect(document.fields, example.id).toEqual('fields without gaps');
      }
    }
  });

  // Files with a torn end, and lines of which only the first counts.
  const damaged =
    /^log\.scan-tail\.|^log\.limits\.search-|^log\.replay-positions\.below-a-broken-chain$|^head\.open\.invalid-after-valid$/;

  // Valid signatures that nobody who follows RFC 8032 makes.
  const unlikely = /^head\.open-points\.r-/;

  it('find every sealed field right in what is accepted, but where a damaged end or an unlikely signature is', () => {
    let sealed = 0;
    const wrong = accepted.flatMap((example) => {
      const document = documentOf(example, new Set(Object.keys(example.in)));
      sealed += document?.fields.filter(({ seal }) => seal?.value() !== undefined).length ?? 0;
      const paths = document?.fields.flatMap((field) => (rightBytes(document, field) ? [field.path] : []));
      return paths === undefined || paths.length === 0 ? [] : [example.id];
    });
    expect(wrong.filter((id) => !damaged.test(id) && !unlikely.test(id))).toEqual([]);
    expect(wrong).toHaveLength(12 + 9);
    expect(sealed).toBeGreaterThan(accepted.length);
  });

  it.each(longestOnes())(
    'take whatever is left of a %s, and go on where bytes are changed',
    (format, bytes) => {
      const next = numbers(bytes.length);
      for (let length = 0; length <= bytes.length; length += 1) {
        expect(tile(FORMATS[format](bytes.subarray(0, length)), length)).toBe(true);
      }
      for (let turn = 0; turn < 200; turn += 1) {
        const changed = bytes.slice();
        for (let count = 0; count < 3; count += 1) {
          changed[Math.floor(next() * Math.min(changed.length, 300))] =
            next() < 0.5 ? 255 : Math.floor(next() * 256);
        }
        const fields = FORMATS[format](changed);
        expect(tile(fields, changed.length)).toBe(true);
        for (const { seal } of fields) seal?.value();
      }
    },
  );

  it('find no path in a proof whose anchor the head does not reach', () => {
    const { bytes, fields } = documentAt('proof.check.open-public');
    const own = fields.find(({ path }) => path === 'anchor.own_logseq');
    const above = bytes.slice().fill(255, own?.offset, (own?.offset ?? 0) + 8);
    const paths = (given: readonly Field[]) => given.filter(({ path }) => path.startsWith('path[')).length;
    expect(paths(fields)).toBe(3);
    expect(paths(FORMATS.proof(above))).toBe(0);
  });

  it('take no time or room by a count that the bytes do not have', () => {
    const greatest = new Uint8Array(400).fill(255);
    const frames = new TextEncoder().encode('ASLF'.repeat(1 << 14));
    for (const format of Object.keys(FORMATS) as FormatName[]) {
      expect(FORMATS[format](greatest).length, format).toBeLessThan(60);
    }
    expect(FORMATS.log(frames).length).toBeLessThan(frames.length);
  });
});
