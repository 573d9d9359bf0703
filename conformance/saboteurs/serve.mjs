// @ts-check
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readHonest } from './honest.mjs';

/**
 * One request of a vector.
 * @typedef {object} Asked
 * @property {string} id of the request
 * @property {string} op
 * @property {readonly string[]} vectors the IDs of the vectors that ask this
 * @property {number} count how many requests of vectors the process got, with this one
 * @property {Record<string, unknown>} answer the right one, without the id
 */

/**
 * @typedef {object} Sabotage
 * @property {(ok: Record<string, any>) => Record<string, unknown>} [hello] what it says of itself instead
 * @property {() => boolean} [greets] whether it answers hello
 * @property {() => boolean} [resets] whether it answers a reset
 * @property {(asked: Asked) => void} [onRequest] answers a request instead
 * @property {(line: string) => void} [write] writes a line instead
 */

/** @param {string} text */
export function writeOut(text) {
  for (let rest = Buffer.from(text); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full, or nobody reads it any more.
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
    }
  }
}

/**
 * Serves right answers on standard output, but for the sabotage. The arguments of the process are the folders of vectors
 * that it knows; none for all.
 *
 * @param {Sabotage} [sabotage]
 */
export function serve({ hello, greets, resets, onRequest, write } = {}) {
  const writeLine = write ?? ((line) => writeOut(`${line}\n`));
  const { ops, answerTo } = readHonest(process.argv.slice(2));
  let count = 0;
  const own = {
    acp: 1,
    impl: { name: 'saboteur', version: '1' },
    ops,
    features: ['blake3', 'ed25519'],
  };
  /** @param {{ id: string, op: string, in: unknown }} request */
  const take = ({ id, op, in: given }) => {
    if (op === 'hello') {
      if (greets?.() ?? true) writeLine(JSON.stringify({ id, ok: hello?.(own) ?? own }));
    } else if (op === 'ping' || op === 'reset') {
      if (op === 'ping' || (resets?.() ?? true)) writeLine(JSON.stringify({ id, ok: {} }));
    } else {
      const { ids, answer } = answerTo(op, given);
      const asked = { id, op, vectors: ids, count: ++count, answer };
      if (onRequest === undefined) writeLine(JSON.stringify({ id, ...answer }));
      else onRequest(asked);
    }
  };
  createInterface({ input: process.stdin }).on('line', (line) => {
    const value = JSON.parse(line);
    for (const request of value.batch ?? [value]) take(request);
  });
}

/**
 * Answers as it should.
 *
 * @param {Asked} asked
 */
export function answerHonestly({ id, answer }) {
  writeOut(`${JSON.stringify({ id, ...answer })}\n`);
}

/**
 * Serves right answers but for one vector.
 *
 * @param {string} vector
 * @param {(asked: Asked) => void} instead
 */
export function serveAllBut(vector, instead) {
  serve({ onRequest: (asked) => (asked.vectors.includes(vector) ? instead(asked) : answerHonestly(asked)) });
}
