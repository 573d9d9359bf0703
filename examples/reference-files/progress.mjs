// @ts-check

/**
 * @typedef {object} Progress
 * @property {(length: number) => void} step one more file is done
 * @property {() => void} finish writes the line that stays
 */

const MIB = 2 ** 20;

/**
 * Writes at most one line a second: how far, how fast, how long still. On a terminal the line is written over.
 *
 * @param {string} label
 * @param {{ files: number, bytes: number }} total
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
export function startProgress(label, total, stream) {
  const started = performance.now();
  let shown = started;
  let files = 0;
  let bytes = 0;
  return {
    step(length) {
      files += 1;
      bytes += length;
      const now = performance.now();
      if (now - shown < 1000) return;
      shown = now;
      const rate = bytes / ((now - started) / 1000);
      const left = Math.ceil((total.bytes - bytes) / rate);
      const line = `${label}: ${files} of ${total.files} files, ${megabytes(rate)}/s, about ${left} s left`;
      stream.write(stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    finish() {
      if (stream.isTTY && shown !== started) stream.write('\r\x1b[K');
      const seconds = (performance.now() - started) / 1000;
      const rate = megabytes(bytes / seconds);
      stream.write(`${label}: ${files} files, ${megabytes(bytes)} in ${seconds.toFixed(1)} s (${rate}/s)\n`);
    },
  };
}

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
