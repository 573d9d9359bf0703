// @ts-check
import { createHash } from 'node:crypto';
import { listDirectories, readText } from './files.mjs';
import { inlineCode, readMarkdown, withoutInlineCode } from './markdown.mjs';

/**
 * @typedef {'MUST' | 'MUST NOT' | 'SHALL' | 'SHALL NOT' | 'REQUIRED' | 'SHOULD' | 'SHOULD NOT' | 'MAY'} Keyword
 * @typedef {{ id: string, keyword: Keyword, text: string, sha256: string, line: number }} Clause
 * @typedef {{ name: string, line: number }} Mention
 * @typedef {{
 *   dir: string, path: string, name: string, clauses: Clause[], retired: Mention[], references: Mention[], codes: Mention[],
 *   limits: Mention[], problems: string[],
 * }} Spec
 */

export const CLAUSE_ID = '[A-Z]+(?:-[A-Z0-9]+)+-\\d+';
export const ERROR_CODE = '[A-Z][A-Z0-9_]*(?:\\.[A-Z0-9_]+)+';

const KEYWORD = /\b(?:MUST NOT|MUST|SHALL NOT|SHALL|REQUIRED|SHOULD NOT|SHOULD|MAY)\b/g;
const FOREIGN_KEYWORD = /\b(?:NOT RECOMMENDED|RECOMMENDED|OPTIONAL)\b/;
const LOWER_CASE = /\b(?:[Mm]ust|[Ss]hall)\b/;
const TRAILING_ID = new RegExp(`\\s*\\|?\\s*\\[(${CLAUSE_ID})\\]$`);
const BRACKETED_ID = new RegExp(`\\[(${CLAUSE_ID})\\]`, 'g');
const LEADING_ID = new RegExp(`\\b${CLAUSE_ID}\\b`);
const WHOLE_CODE = new RegExp(`^${ERROR_CODE}$`);
const KEYWORD_NOTICE = /^The key words\b.*\bBCP 14\b/;
const LIMITS_HEADING = /^(?:[\d.]+\s+)?Limits$/i;
const RETIRED_HEADING = /^(?:[\d.]+\s+)?Retired clauses$/i;

/**
 * Tells how strongly a keyword binds.
 * @param {Keyword} keyword
 * @returns {'MUST' | 'SHOULD' | 'MAY'}
 */
export function levelOf(keyword) {
  if (keyword === 'MAY') return 'MAY';
  return keyword.startsWith('SHOULD') ? 'SHOULD' : 'MUST';
}

/**
 * Reads every specs/<dir>/SPEC.md.
 * @param {string} root
 * @returns {Promise<Spec[]>}
 */
export async function readSpecs(root) {
  const specs = [];
  for (const dir of await listDirectories(root, 'specs')) {
    const path = `${dir}/SPEC.md`;
    const source = await readText(root, path);
    if (source !== undefined) specs.push(readSpec(dir, path, source));
  }
  return specs;
}

/**
 * @param {readonly Spec[]} specs
 * @returns {Map<string, Clause>}
 */
export const clausesById = (specs) =>
  new Map(specs.flatMap((spec) => spec.clauses.map((clause) => [clause.id, clause])));

/**
 * @param {string} dir
 * @param {string} path
 * @param {string} source
 * @returns {Spec}
 */
function readSpec(dir, path, source) {
  const { blocks, fences } = readMarkdown(source);
  /** @type {Spec} */
  const spec = {
    dir,
    path,
    name: nameOf(blocks),
    clauses: [],
    retired: [],
    references: [],
    codes: [],
    limits: limitsOf(blocks),
    problems: [],
  };
  for (const fence of fences) {
    if (!fence.closed) spec.problems.push(`${path}:${fence.line}: code fence is never closed`);
  }
  let retiredLevel = 0;
  for (const block of blocks) {
    if (block.kind === 'heading' && retiredLevel > 0 && block.level <= retiredLevel) retiredLevel = 0;
    if (block.kind === 'heading' && RETIRED_HEADING.test(block.text)) retiredLevel = block.level;
    if (retiredLevel > 0) readRetired(spec, block);
    else readBlock(spec, block);
  }
  return spec;
}

/**
 * The name of a document is the first word of its first heading.
 * @param {readonly import('./markdown.mjs').Block[]} blocks
 */
const nameOf = (blocks) => blocks.find(({ kind }) => kind === 'heading')?.text.split(' ')[0] ?? '';

/**
 * The rows of the table under the heading "Limits", but for its own heading.
 * @param {readonly import('./markdown.mjs').Block[]} blocks
 * @returns {Mention[]}
 */
function limitsOf(blocks) {
  const start = blocks.findIndex(({ kind, text }) => kind === 'heading' && LIMITS_HEADING.test(text));
  const end = blocks.findIndex(({ kind }, index) => index > start && kind === 'heading');
  const rows = start < 0 ? [] : blocks.slice(start, end < 0 ? undefined : end);
  return rows
    .filter(({ kind }) => kind === 'row')
    .slice(1)
    .map(({ text, line }) => ({ name: text.split(' | ')[0] ?? '', line }));
}

/**
 * @param {Spec} spec
 * @param {import('./markdown.mjs').Block} block
 */
function readRetired(spec, block) {
  const id = LEADING_ID.exec(block.text)?.[0];
  if (id && (block.kind === 'item' || block.kind === 'row'))
    spec.retired.push({ name: id, line: block.line });
}

/**
 * @param {Spec} spec
 * @param {import('./markdown.mjs').Block} block
 */
function readBlock(spec, block) {
  for (const code of inlineCode(block.text)) {
    if (WHOLE_CODE.test(code)) spec.codes.push({ name: code, line: block.line });
  }
  const plain = withoutInlineCode(block.text);
  if (KEYWORD_NOTICE.test(plain)) return;

  const id = TRAILING_ID.exec(block.text)?.[1];
  const text = block.text.replace(TRAILING_ID, '');
  for (const [, name = ''] of withoutInlineCode(text).matchAll(BRACKETED_ID)) {
    spec.references.push({ name, line: block.line });
  }
  const keywords = /** @type {Keyword[]} */ (plain.match(KEYWORD) ?? []);
  const [keyword] = keywords;
  if (id && keyword && keywords.length === 1 && block.kind !== 'heading') {
    const sha256 = createHash('sha256').update(text).digest('hex');
    spec.clauses.push({ id, keyword, text, sha256, line: block.line });
  }
  spec.problems.push(
    ...blockProblems({ id, keywords, plain, text, isHeading: block.kind === 'heading' }).map(
      (problem) => `${spec.path}:${block.line}: ${problem}`,
    ),
  );
}

/**
 * @param {{ id: string | undefined, keywords: readonly Keyword[], plain: string, text: string, isHeading: boolean }} block
 * @returns {string[]}
 */
function blockProblems({ id, keywords, plain, text, isHeading }) {
  const problems = [];
  const list = keywords.join(', ');
  if (isHeading && keywords.length > 0) problems.push(`a heading cannot be normative (${list})`);
  else if (keywords.length > 1) problems.push(`${keywords.length} requirements in one block (${list})`);
  else if (keywords.length === 1 && !id) problems.push(`${list} without a clause ID at the end of the block`);
  if (id && keywords.length === 0) problems.push(`[${id}] ends a block without a normative keyword`);
  if (id && TRAILING_ID.test(text)) problems.push(`[${id}] follows a second clause ID`);
  const lower = LOWER_CASE.exec(plain)?.[0];
  if (lower) problems.push(`"${lower}" in lower case: write the keyword, or another word`);
  const foreign = FOREIGN_KEYWORD.exec(plain)?.[0];
  if (foreign) problems.push(`${foreign} is not a keyword of these specifications: write SHOULD or MAY`);
  return problems;
}
