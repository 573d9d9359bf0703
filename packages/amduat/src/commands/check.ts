import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { formatHex, formatReference, parseHex } from '@amduat/asl-core';
import { parseKey } from '@amduat/asl-log';
import { type Claim, checkProof, claimsOf, type ProofReport } from '@amduat/asl-proof';
import { nodeSha256Hasher } from '@amduat/asl-store';
import type { Register } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { checkResult } from '../schemas.js';

/** `amduat check`: checks a proof file, with no store and no network. */
export const registerCheck: Register = (program, action) => {
  program
    .command('check')
    .description('check a proof file; needs no store and no network')
    .argument('<file>', 'as amduat prove writes it')
    .option(
      '--key <key>',
      'the authority, known from elsewhere: 64 hexadecimal digits, or name+id+base64',
      readKey,
    )
    .action(
      action(async (run, file: string, options: { key?: Uint8Array }) => {
        const bytes = await readFile(resolve(run.surroundings.cwd, file));
        const report = checkProof(bytes, {
          hasher: nodeSha256Hasher,
          ...(options.key && { key: options.key }),
        });
        const claims = report.proven === undefined ? [] : claimsOf(report.proven);
        run.output.result(checkResult, resultOf(report, claims), textOf(claims));
        if (report.error === undefined) return EXIT.done;
        return run.output.failure(report.error, { 'broken link': report.link });
      }),
    );
};

function readKey(text: string): Uint8Array {
  const hex = /^[0-9a-f]{64}$/.test(text) ? parseHex(text) : undefined;
  return hex ?? parseKey(text).key;
}

function resultOf({ proven, link, error }: ProofReport, claims: readonly Claim[]) {
  return {
    valid: proven !== undefined,
    ...(link !== undefined && { link, code: error.code, message: error.message }),
    ...(proven !== undefined && {
      ref: formatReference(proven.reference),
      verdict: proven.verdict,
      domainId: formatHex(proven.domainId),
      key: formatHex(proven.genesis.authorityKey),
      position: proven.anchor.snapshotLogseq.toString(),
      anchor: proven.anchor.logseq.toString(),
      size: proven.head.size.toString(),
    }),
    claims: claims.map(({ id, verified, text }) => ({ id, verified, text })),
  };
}

function textOf(claims: readonly Claim[]): string {
  if (claims.length === 0) return '';
  const list = (verified: boolean) =>
    claims.filter((claim) => claim.verified === verified).map(({ text }) => `  ${text}`);
  return ['verified:', ...list(true), 'not verified:', ...list(false)].join('\n');
}
