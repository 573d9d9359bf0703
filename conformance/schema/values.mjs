// @ts-check
import { z } from 'zod';

// The names given by meta() are those of the definitions in the published JSON Schemas.

const HEX_BYTES_MAX = 4096;
const RECIPE_BYTES_MAX = 1n << 30n;
const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** @param {bigint} maximum */
const decimal = (maximum) =>
  z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,19})$/, 'expected a decimal string without leading zeros')
    .refine((text) => !/^[0-9]{1,20}$/.test(text) || BigInt(text) <= maximum, `expected at most ${maximum}`);

export const u8 = z.int().min(0).max(0xff).meta({ id: 'u8' });
export const u16 = z.int().min(0).max(0xffff).meta({ id: 'u16' });
export const u32 = z.int().min(0).max(0xffff_ffff).meta({ id: 'u32' });
export const u64 = decimal(U64_MAX).meta({ id: 'u64' });

const recipe = z
  .strictObject({
    gen: z.literal('splitmix64'),
    seed: u64,
    length: decimal(RECIPE_BYTES_MAX).refine((text) => text !== '0', 'a recipe stands for at least one byte'),
  })
  .meta({ id: 'recipe' });

export const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/, 'expected lower-case hexadecimal digits, two a byte')
  .max(2 * HEX_BYTES_MAX, `more than ${HEX_BYTES_MAX} bytes are written as a recipe`)
  .meta({ id: 'hex' });

const sparse = z
  .strictObject({
    sparse: z.strictObject({
      length: decimal(RECIPE_BYTES_MAX).refine(
        (text) => Number(text) > HEX_BYTES_MAX,
        `a sparse recipe stands for more than ${HEX_BYTES_MAX} bytes`,
      ),
      parts: z.array(z.strictObject({ offset: u64, hex })),
    }),
  })
  .refine(({ sparse: { length, parts } }) => {
    const ends = parts.map(({ offset, hex: digits }) => BigInt(offset) + BigInt(digits.length / 2));
    return [...parts.slice(1).map(({ offset }) => offset), length].every(
      (offset, index) => (ends[index] ?? 0n) <= BigInt(offset),
    );
  }, 'expected parts in order, within the length')
  .meta({ id: 'sparse' });

/** One test of a package: its full name, or the beginning of some names and `*`. */
export const namedTest = z.strictObject({
  package: z.string().min(1),
  test: z.string().regex(/^[^*]+\*?$/, 'expected a full test name, or the beginning of one and `*`'),
});

export const bytes = z
  .union([hex, recipe, sparse], 'expected hexadecimal digits or a recipe')
  .meta({ id: 'bytes' });

export const hex32 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in lower-case hexadecimal')
  .meta({ id: 'hex32' });

export const referenceBytes = z
  .string()
  .regex(/^[0-9a-f]{68}$/, 'expected 34 bytes in lower-case hexadecimal')
  .meta({ id: 'referenceBytes' });

export const clauseId = z
  .string()
  .regex(/^[A-Z]+(?:-[A-Z0-9]+)+-[0-9]+$/, 'expected a clause ID')
  .meta({ id: 'clauseId' });

export const errorCode = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)+$/, 'expected an error code')
  .meta({ id: 'errorCode' });

export const dottedId = z
  .string()
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/, 'expected lower-case words joined by `-` and `.`')
  .meta({ id: 'dottedId' });

export const fieldPath = z
  .string()
  .regex(/^\w+(?:\[\d+\])?(?:\.\w+(?:\[\d+\])?)*$/, 'expected the path of a field such as frame[0].magic')
  .meta({ id: 'fieldPath' });

export const version = z
  .string()
  .regex(/^(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}$/, 'expected a version such as 0.1.0')
  .meta({ id: 'version' });

export const sentence = z
  .string()
  .regex(/^.{11,}[.]$/, 'expected a sentence that ends with a full stop')
  .meta({ id: 'sentence' });

export const text = z.string().min(1).meta({ id: 'text' });
