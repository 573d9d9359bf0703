import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { type Operation, operations } from '../schema/operations.mjs';
import type { profileFile } from '../schema/profiles.mjs';
import type { Vector } from './run-vectors.js';

/** How much a vector weighs. */
export type Level = 'MUST' | 'SHOULD' | 'MAY';

/** A vector with what is said of it. */
export interface SuiteVector extends Vector {
  readonly level: Level;
  readonly clauses: readonly string[];
  readonly flags?: readonly string[];
  readonly why: string;
  readonly kills: readonly string[];
}

/** Vectors of one operation, in the order in which they are asked. */
export interface SuiteGroup {
  readonly id: string;
  readonly op: string;
  /** The document, such as `ASL/1-CORE`. */
  readonly spec: string;
  readonly vectors: readonly SuiteVector[];
}

/** A capability that may be declined, and a set of documents. */
export type Feature = z.infer<typeof profileFile>['features'][number];
export type Profile = z.infer<typeof profileFile>['profiles'][number];

/** All that implementations are held to. */
export interface Suite {
  readonly version: string;
  /** `sha256:` and the digest of vectors and profiles: two suites with the same one ask the same. */
  readonly identity: string;
  readonly groups: readonly SuiteGroup[];
  readonly operations: Readonly<Record<string, Operation>>;
  /** Clause ID → its sentence. */
  readonly clauses: ReadonlyMap<string, string>;
  /** Error code → what it says. */
  readonly errors: ReadonlyMap<string, string>;
  /** Misreading → what it makes of its clause. */
  readonly misreadings: ReadonlyMap<string, string>;
  readonly features: readonly Feature[];
  readonly profiles: readonly Profile[];
}

/** Where the parts of a suite are. */
export interface SuiteFolders {
  /** Holds `vectors`, `misreadings`, `profiles.json` and `package.json`. */
  readonly conformance: string;
  /** Holds `errors.json` and a folder with `clauses.json` for each document. */
  readonly specs: string;
}

/** The folders of this repository. */
const REPOSITORY: SuiteFolders = {
  conformance: fileURLToPath(new URL('..', import.meta.url)),
  specs: fileURLToPath(new URL('../../specs', import.meta.url)),
};

interface VectorFile {
  readonly format: string;
  readonly spec: string;
  readonly groups: readonly Omit<SuiteGroup, 'spec'>[];
}

/** Reads a suite. Cost: all of its files, some megabytes. */
export function loadSuite({ conformance, specs }: SuiteFolders = REPOSITORY): Suite {
  // The manifest stands beside the folders of the documents.
  const files = jsonFiles(join(conformance, 'vectors')).filter(({ path }) => path.includes('/'));
  const profiles = { path: 'profiles.json', text: readFileSync(join(conformance, 'profiles.json'), 'utf8') };
  const { features, profiles: sets } = JSON.parse(profiles.text) as z.infer<typeof profileFile>;
  const { version } = JSON.parse(readFileSync(join(conformance, 'package.json'), 'utf8')) as Suite;
  const rows = JSON.parse(readFileSync(join(specs, 'errors.json'), 'utf8')) as {
    code: string;
    text: string;
  }[];
  return {
    version,
    identity: identityOf([...files, profiles]),
    groups: files.flatMap(groupsOf),
    operations,
    clauses: byId(
      jsonFiles(specs).filter(({ path }) => path.endsWith('/clauses.json')),
      'text',
    ),
    errors: new Map(rows.map(({ code, text }) => [code, text])),
    misreadings: byId(jsonFiles(join(conformance, 'misreadings')), 'why'),
    features,
    profiles: sets,
  };
}

interface TextFile {
  /** Below its folder, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The JSON files below a folder, in the order of their paths. */
function jsonFiles(folder: string): TextFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

function groupsOf({ path, text }: TextFile): SuiteGroup[] {
  const { format, spec, groups } = JSON.parse(text) as VectorFile;
  if (format !== 'asl-vectors/1') throw new Error(`${path}: unknown format ${format}`);
  return groups.map((group) => ({ ...group, spec }));
}

function identityOf(files: readonly TextFile[]): string {
  const hash = createHash('sha256');
  for (const { path, text } of files) {
    hash.update(`${path} ${createHash('sha256').update(text).digest('hex')}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function byId(files: readonly TextFile[], key: 'text' | 'why'): Map<string, string> {
  const rows = files.flatMap(({ text }) => JSON.parse(text) as ({ id: string } & Record<string, string>)[]);
  return new Map(rows.map((row) => [row.id, row[key] as string]));
}

/** Every vector with its group, in the order of the suite. */
export function allVectors(suite: Suite): { group: SuiteGroup; vector: SuiteVector }[] {
  return suite.groups.flatMap((group) => group.vectors.map((vector) => ({ group, vector })));
}

/** The features that a vector needs. */
export function featuresOf({ features }: Suite, { id, flags = [] }: SuiteVector): Feature[] {
  return features.filter(
    ({ flag, vectors = [] }) => (flag !== undefined && flags.includes(flag)) || vectors.includes(id),
  );
}

/** The profiles that a document belongs to. */
export function profilesOf({ profiles }: Suite, spec: string): string[] {
  return profiles.filter(({ documents }) => documents.includes(spec)).map(({ id }) => id);
}
