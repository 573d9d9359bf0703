import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { asciiBytes, type Bytes, copyBytes, formatHex, isAslError, parseHex } from '@amduat/asl-core';
import { ed25519Signer, type NoteSigner } from '@amduat/asl-log';
import { storeError } from './errors.js';
import { KEYS_FOLDER } from './file-system.js';
import { nodeSha256Hasher } from './hasher.js';

/** The keys of a domain: what signs for it, and what the salts of its log are made with. */
export interface DomainKeys {
  /** Ed25519 private key that signs heads. */
  readonly authority: KeyObject;
  /** Ed25519 private key that can replace the authority; best kept elsewhere. */
  readonly recovery: KeyObject;
  /** 32 octets; a closed domain has them, an open one does not (DOM-SEC-1, DOM-SEC-2). */
  readonly secret: Bytes | undefined;
}

const AUTHORITY_FILE = 'authority.pem';
const RECOVERY_FILE = 'recovery.pem';
const SECRET_FILE = 'log-secret';

/**
 * Makes the keys of a new domain, at random.
 *
 * @spec DOM-SEC-1, DOM-SEC-2
 */
export function makeKeys({ open = false }: { readonly open?: boolean } = {}): DomainKeys {
  return {
    authority: generateKeyPairSync('ed25519').privateKey,
    recovery: generateKeyPairSync('ed25519').privateKey,
    secret: open ? undefined : copyBytes(randomBytes(32)),
  };
}

/** The public key of an Ed25519 key: 32 octets, owned. */
export function publicKeyOf(key: KeyObject): Bytes {
  const { x } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || x === undefined)
    throw new TypeError('key: expected an Ed25519 key');
  return copyBytes(Buffer.from(x, 'base64url'));
}

/**
 * A signer of heads with an Ed25519 private key.
 *
 * @spec HEAD-NOTE-2
 */
export function signerOf(key: KeyObject): NoteSigner {
  const { d } = key.export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || d === undefined)
    throw new TypeError('key: expected an Ed25519 private key');
  return ed25519Signer(copyBytes(Buffer.from(d, 'base64url')));
}

/** What a genesis manifest says of a recovery key (ASL/DOMAIN/1 §3). */
export function recoveryKeyHashOf(recoveryPublicKey: Uint8Array): Bytes {
  return nodeSha256Hasher.digest([asciiBytes('ASL/RECOVERY/1'), recoveryPublicKey]);
}

/**
 * Writes keys into `keys/` of a store's folder, each a file that its owner alone can read.
 *
 * @spec DOM-SEC-4
 * @param folder - of the store.
 * @throws AslError `STORE.EXISTS` when there are keys already, `STORE.IO` when they cannot be written.
 */
export async function writeKeys(folder: string, { authority, recovery, secret }: DomainKeys): Promise<void> {
  await refusing('write', folder, async () => {
    await fs.mkdir(join(folder, KEYS_FOLDER), { recursive: true, mode: 0o700 });
    await writeKey(folder, AUTHORITY_FILE, pemOf(authority));
    await writeKey(folder, RECOVERY_FILE, pemOf(recovery));
    if (secret !== undefined) await writeKey(folder, SECRET_FILE, `${formatHex(secret)}\n`);
  });
}

/** Reads the log secret from `keys/` of a store's folder; undefined if there is none. */
export async function readSecret(folder: string): Promise<Bytes | undefined> {
  return await refusing('read', folder, async () => {
    const text = await readKey(folder, SECRET_FILE);
    const secret = text && parseHex(text.trimEnd());
    if (text !== undefined && (!secret || secret.length !== 32)) {
      throw storeError('STORE.IO', `${SECRET_FILE} does not hold 64 hexadecimal digits`, {
        name: SECRET_FILE,
      });
    }
    return secret || undefined;
  });
}

/** Reads the authority's private key from `keys/` of a store's folder; undefined if there is none. */
export async function readAuthorityKey(folder: string): Promise<KeyObject | undefined> {
  return await refusing('read', folder, async () => {
    const text = await readKey(folder, AUTHORITY_FILE);
    return text === undefined ? undefined : createPrivateKey(text);
  });
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function writeKey(folder: string, name: string, text: string): Promise<void> {
  const handle = await fs.open(join(folder, KEYS_FOLDER, name), 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readKey(folder: string, name: string): Promise<string | undefined> {
  try {
    return await fs.readFile(join(folder, KEYS_FOLDER, name), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function refusing<T>(operation: string, folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isAslError(error) || !(error instanceof Error) || !('code' in error)) throw error;
    const systemCode = String(error.code);
    const name = join(folder, KEYS_FOLDER);
    const [code, text] =
      systemCode === 'EEXIST'
        ? (['STORE.EXISTS', 'there are keys'] as const)
        : (['STORE.IO', systemCode] as const);
    throw storeError(code, `cannot ${operation} ${name}: ${text}`, { name, operation, systemCode }, error);
  }
}
