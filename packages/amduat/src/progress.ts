import cliProgress, { type SingleBar } from 'cli-progress';
import type { Run } from './command.js';
import type { Surroundings } from './output.js';

/** How far a long task is: shown on standard error once it has taken a second, with rate and time left. */
export interface Progress {
  /** `done` units of the total are done. */
  update(done: number): void;
  stop(): void;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Writes a number of octets for people: `1.5 MiB`. */
export function formatBytes(length: number): string {
  let value = length;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/**
 * Shows progress towards `total` octets.
 *
 * @param label - what is being done, such as `put`.
 * @param total - octets; 0 if that is not known.
 */
export function startProgress({ surroundings, output }: Run, label: string, total: number): Progress {
  // A program that reads JSON from standard error is not shown bars.
  if (output.json && surroundings.stderr.isTTY !== true) return { update() {}, stop() {} };
  const begun = performance.now();
  let bar: SingleBar | undefined;
  return {
    update(done) {
      if (performance.now() - begun < 1000) return;
      bar ??= startBar(surroundings, label, total);
      const seconds = (performance.now() - begun) / 1000;
      const left = Math.ceil(((total - done) * seconds) / Math.max(1, done));
      bar.update(done, { rate: formatBytes(done / seconds), done: formatBytes(done), left });
    },
    stop: () => bar?.stop(),
  };
}

function startBar(surroundings: Surroundings, label: string, total: number): SingleBar {
  const bar = new cliProgress.SingleBar({
    stream: surroundings.stderr as NodeJS.WriteStream,
    noTTYOutput: surroundings.stderr.isTTY !== true,
    notTTYSchedule: 1000,
    fps: 4,
    clearOnComplete: true,
    format: (options, params, payload) => {
      const drawn = cliProgress.Format.BarFormat(params.progress, options);
      const rate = `${payload.done} · ${payload.rate}/s`;
      if (total === 0) return `${label} ${rate}`;
      return `${label} ${drawn} ${Math.floor(params.progress * 100)} % · ${rate} · ${payload.left} s left`;
    },
  });
  bar.start(total, 0, { rate: formatBytes(0), done: formatBytes(0), left: '?' });
  return bar;
}
