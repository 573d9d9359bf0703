// @ts-check
/**
 * @typedef {{ kind: 'heading' | 'paragraph' | 'item' | 'row', line: number, level: number, text: string }} Block
 * @typedef {{ line: number, info: string, code: string, closed: boolean }} Fence
 */

const FENCE = /^\s*(?:>\s*)*(`{3,}|~{3,})\s*([^`]*)$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+(.*)$/;
const ROW = /^\s*\|(.*)$/;
const ROW_RULE = /^\s*\|[\s:|-]+$/;
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;

/**
 * Splits Markdown into the blocks that can carry a requirement, and its fenced code.
 * A list item ends at a blank line, so a second paragraph of an item is a block of its own.
 * @param {string} source
 * @returns {{ blocks: Block[], fences: Fence[] }}
 */
export function readMarkdown(source) {
  const { fences, prose } = takeFences(source.split(/\r?\n/));
  const lines = prose.join('\n').replace(COMMENT, blankOut).split('\n');
  /** @type {Block[]} */
  const blocks = [];
  /** @type {Block | undefined} */
  let open;
  for (const [index, raw] of lines.entries()) {
    const line = raw.replace(/^\s*>\s?/, '');
    const started = startBlock(line, index + 1);
    if (started) {
      blocks.push(started);
      open = started.kind === 'item' ? started : undefined;
    } else if (line.trim() === '' || ROW_RULE.test(line)) {
      open = undefined;
    } else if (open) {
      open.text = normalise(`${open.text} ${line}`);
    } else {
      open = { kind: 'paragraph', line: index + 1, level: 0, text: normalise(line) };
      blocks.push(open);
    }
  }
  return { blocks, fences };
}

/**
 * Removes inline code, in which no word is normative.
 * @param {string} text
 */
export const withoutInlineCode = (text) => text.replace(INLINE_CODE, ' ');

/**
 * Lists the contents of inline code.
 * @param {string} text
 */
export const inlineCode = (text) => [...text.matchAll(INLINE_CODE)].map((match) => (match[2] ?? '').trim());

const INLINE_CODE = /(`+)([\s\S]*?[^`])\1(?!`)/g;

/**
 * @param {string} line
 * @param {number} number
 * @returns {Block | undefined}
 */
function startBlock(line, number) {
  const heading = HEADING.exec(line);
  if (heading) {
    return {
      kind: 'heading',
      line: number,
      level: heading[1]?.length ?? 0,
      text: normalise(heading[2] ?? ''),
    };
  }
  const row = ROW_RULE.test(line) ? null : ROW.exec(line);
  if (row) return { kind: 'row', line: number, level: 0, text: rowText(row[1] ?? '') };
  const item = ITEM.exec(line);
  if (item) return { kind: 'item', line: number, level: 0, text: normalise(item[1] ?? '') };
  return undefined;
}

/**
 * Replaces each fenced line by a blank one, so that line numbers stay.
 * @param {readonly string[]} lines
 */
function takeFences(lines) {
  /** @type {Fence[]} */
  const fences = [];
  /** @type {string[]} */
  const prose = [];
  /** @type {{ fence: Fence, mark: string } | undefined} */
  let open;
  for (const [index, line] of lines.entries()) {
    const match = FENCE.exec(line);
    if (open) {
      prose.push('');
      const mark = match?.[1];
      if (mark && match[2]?.trim() === '' && mark.startsWith(open.mark)) {
        open.fence.closed = true;
        open = undefined;
      } else {
        open.fence.code += `${line}\n`;
      }
    } else if (match) {
      prose.push('');
      const fence = { line: index + 1, info: (match[2] ?? '').trim(), code: '', closed: false };
      fences.push(fence);
      open = { fence, mark: match[1] ?? '' };
    } else {
      prose.push(line);
    }
  }
  return { fences, prose };
}

/** @param {string} cells */
function rowText(cells) {
  return normalise(
    cells
      .replace(/\|\s*$/, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim())
      .join(' | '),
  );
}

/** @param {string} text */
const normalise = (text) => text.replace(/\s+/g, ' ').trim();

/** @param {string} text */
const blankOut = (text) => text.replace(/[^\n]/g, ' ');
