// @ts-check
// Writes, as the process ends, the most memory it ever had resident into the file that PEAK_FILE names.
import { readFileSync, writeFileSync } from 'node:fs';

process.on('exit', () => {
  const [, kibibytes = ''] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  writeFileSync(process.env['PEAK_FILE'] ?? '', kibibytes);
});
