import { fileSystemStorage, type VerifySummary, verifyStore } from '@amduat/asl-store';
import type { Register, Run } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { locateStore } from '../locate.js';
import { formatBytes, startProgress } from '../progress.js';
import { verifyFinding, verifyResult } from '../schemas.js';

/** `amduat verify`: reads everything and names every fault. */
export const registerVerify: Register = (program, action) => {
  program
    .command('verify')
    .description('read every object, check it, and name every fault; changes nothing')
    .action(
      action(async (run) => {
        const summary = await verifyAll(run);
        const result = {
          position: summary.state?.position.toString() ?? null,
          objects: summary.objectCount,
          bytes: summary.byteCount.toString(),
          artifacts: summary.artifactCount,
          faults: summary.findingCount,
        };
        run.output.result(
          verifyResult,
          result,
          `${result.artifacts} artifacts in ${result.objects} objects, ${formatBytes(Number(summary.byteCount))}: ` +
            (result.faults === 0 ? 'clean' : `${result.faults} faults`),
        );
        return result.faults === 0 ? EXIT.done : EXIT.negative;
      }),
    );
};

async function verifyAll(run: Run): Promise<VerifySummary> {
  const storage = fileSystemStorage(locateStore(run.store, run.surroundings));
  const progress = startProgress(run, 'verify', 0);
  const findings = verifyStore(storage, { progress: ({ byteCount }) => progress.update(Number(byteCount)) });
  try {
    for (;;) {
      run.surroundings.signal.throwIfAborted();
      const next = await findings.next();
      if (next.done) return next.value;
      const { object, error } = next.value;
      const finding = { object, code: error.code, message: error.message };
      run.output.result(verifyFinding, finding, `${object}: ${error.message}`);
    }
  } finally {
    progress.stop();
    storage.close();
  }
}
