// @ts-check

/** @import { Outcome } from '../spawn.mjs' */

/**
 * What a program printed; an error when it failed.
 *
 * @param {string} what
 * @param {Promise<Outcome>} outcome
 */
export async function step(what, outcome) {
  const { status, output } = await outcome;
  if (status !== 0) throw new Error(`${what} failed: ${output.trim()}`);
  return output;
}
