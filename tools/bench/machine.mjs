// @ts-check
import { arch, cpus, platform, totalmem } from 'node:os';

/** What the figures depend on, and nothing that names one machine. */
export function machineFacts() {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} × ${model}, ${gibibytes} GiB, ${platform()} ${arch()}, Node.js ${process.versions.node}`;
}
