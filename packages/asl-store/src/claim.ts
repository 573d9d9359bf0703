import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { asciiBytes, type Bytes, formatHex } from '@amduat/asl-core';
import { storeError } from './errors.js';
import { nodeSha256Hasher } from './hasher.js';

/** Who holds an epoch. Texts are compared and never read, but for the numbers. */
export interface Holder {
  /** DomainID of the store, as hexadecimal digits. */
  readonly domain: string;
  readonly host: string;
  /** Of the running system; empty where it gives none. */
  readonly boot: string;
  readonly processNamespace: string;
  readonly process: number;
  /** When the process began, in the system's own count since its boot; empty where it gives none. */
  readonly processStart: string;
  readonly thread: number;
  /** At random, anew for each claim. */
  readonly nonce: string;
}

/** What a `writer/<epoch>` object says. */
export interface Claim {
  readonly holder: Holder;
  /** Whether the holder has said that it is done. */
  readonly done: boolean;
}

/** Nonces of the claims this thread holds: a process may outlive its writer. */
const held = new Set<string>();

const DONE = 'done\n';
const DOMAIN = /^[0-9a-f]{64}$/;

/** Describes this process as the holder of a claim it is about to make. */
export function thisHolder(domainId: Uint8Array): Holder {
  return {
    domain: formatHex(domainId),
    ...thisMachine(),
    process: process.pid,
    processStart: processStartOf(process.pid)?.start ?? '',
    thread: threadId,
    nonce: randomBytes(16).toString('hex'),
  };
}

export function holdClaim(holder: Holder): void {
  held.add(holder.nonce);
}

export function dropClaim(holder: Holder): void {
  held.delete(holder.nonce);
}

/**
 * Tells whether the holder of a claim may still be running. What cannot be known counts as running: a holder on another
 * machine, or one whose processes this one cannot see.
 *
 * @spec STO-CLM-2
 */
export function holderMayRun(holder: Holder): boolean {
  const here = thisMachine();
  if (holder.host !== here.host) return true;
  if (holder.boot !== here.boot) return false;
  if (holder.processNamespace !== here.processNamespace) return true;
  if (holder.process === process.pid && holder.processStart === (processStartOf(process.pid)?.start ?? '')) {
    return holder.thread !== threadId || held.has(holder.nonce);
  }
  return processRuns(holder);
}

/** The content of a claim: one line of JSON, and the SHA-256 of that line (STO-CLM-1). */
export function encodeClaim(holder: Holder): Bytes {
  const line = holderLine(holder);
  return asciiBytes(`${line}\n${formatHex(nodeSha256Hasher.digest([asciiBytes(line)]))}\n`);
}

/** What a holder appends to its claim when it is done. */
export const CLAIM_DONE: Bytes = asciiBytes(DONE);

/**
 * Reads a claim, strictly; one whose holder stopped while it said that it was done counts as not done.
 *
 * @spec STO-CLM-1
 * @throws AslError `STORE.CONFLICT` when the bytes are not those of a claim.
 */
export function decodeClaim(name: string, bytes: Uint8Array): Claim {
  const holder = holderOf(bytes);
  const claim = holder && encodeClaim(holder);
  const text = Buffer.from(bytes).toString('latin1');
  const rest =
    claim && text.startsWith(Buffer.from(claim).toString('latin1')) ? text.slice(claim.length) : undefined;
  if (holder === undefined || rest === undefined || !DONE.startsWith(rest)) {
    throw storeError('STORE.CONFLICT', `${name} is not the claim of an epoch`, { name });
  }
  return { holder, done: rest === DONE };
}

const FIELDS: { readonly [Field in keyof Holder]: 'string' | 'number' } = {
  domain: 'string',
  host: 'string',
  boot: 'string',
  processNamespace: 'string',
  process: 'number',
  processStart: 'string',
  thread: 'number',
  nonce: 'string',
};

function holderLine(holder: Holder): string {
  const fields = Object.keys(FIELDS).map((field) => [field, holder[field as keyof Holder]]);
  return JSON.stringify(Object.fromEntries(fields)).replace(/[^ -~]/g, escapeCharacter);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function holderOf(bytes: Uint8Array): Holder | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  try {
    const value: unknown = JSON.parse(text.slice(0, text.indexOf('\n')));
    if (typeof value !== 'object' || value === null) return undefined;
    const isHolder = Object.entries(FIELDS).every(
      ([field, type]) => typeof (value as Record<string, unknown>)[field] === type,
    );
    return isHolder && DOMAIN.test((value as Holder).domain) ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function thisMachine(): Pick<Holder, 'host' | 'boot' | 'processNamespace'> {
  return {
    host: hostname(),
    boot: textOf(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    processNamespace: textOf(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/** A file that a system does not have says nothing. */
function textOf(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function processRuns(holder: Holder): boolean {
  const running = processStartOf(holder.process);
  if (running !== undefined && holder.processStart !== '') {
    // A process that ended and was not waited for keeps its number.
    return running.start === holder.processStart && running.state !== 'Z' && running.state !== 'X';
  }
  try {
    process.kill(holder.process, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

function processStartOf(id: number): { state: string; start: string } | undefined {
  const line = textOf(() => readFileSync(`/proc/${id}/stat`, 'latin1'));
  // The name in parentheses may hold anything; the state is the first field after it, the start the twentieth.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields[0], fields[19]];
  return state === undefined || start === undefined ? undefined : { state, start };
}
