// @ts-check

const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[[\]{},:]|true|false|null/g;

/**
 * Reads JSON as a vector file must be written: ASCII, no key twice in an object, no number but safe integers,
 * no lone surrogate. JSON.parse alone would drop the first of two equal keys and round a long number in silence.
 * @param {string} source
 * @returns {{ value: unknown, problems: string[] }} value is undefined if there are problems
 */
export function readStrictJson(source) {
  let value;
  try {
    value = JSON.parse(source);
  } catch (error) {
    return { value: undefined, problems: [/** @type {SyntaxError} */ (error).message] };
  }
  const problems = [...characterProblems(source), ...tokenProblems(source)];
  return { value: problems.length > 0 ? undefined : value, problems };
}

/**
 * Writes JSON in the canonical form: two spaces, ASCII, a newline at the end.
 * @param {unknown} value
 */
export function canonicalJson(value) {
  const json = JSON.stringify(value, null, 2);
  return `${json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

/** @param {string} source */
function characterProblems(source) {
  const index = source.search(/[^\n\r\t -~]/);
  return index < 0
    ? []
    : [`line ${lineAt(source, index)}: a character that is not ASCII: write \\u and four digits`];
}

/** @param {string} source */
function tokenProblems(source) {
  const problems = [];
  /** @type {({ keys: Set<string>, atKey: boolean } | undefined)[]} objects and, as undefined, arrays */
  const open = [];
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    const inside = open.at(-1);
    // Only where something is wrong: it costs a walk over all that stands before.
    const at = () => `line ${lineAt(source, index)}`;
    if (token === '{') open.push({ keys: new Set(), atKey: true });
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && inside) inside.atKey = true;
    else if (token.startsWith('"')) {
      const text = JSON.parse(token);
      if (/\p{Surrogate}/u.test(text)) problems.push(`${at()}: a lone surrogate`);
      if (inside?.atKey && inside.keys.has(text))
        problems.push(`${at()}: key "${text}" stands twice in one object`);
      if (inside?.atKey) inside.keys.add(text);
      if (inside) inside.atKey = false;
    } else if (
      /^[-0-9]/.test(token) &&
      !(String(Number(token)) === token && Number.isSafeInteger(Number(token)))
    ) {
      problems.push(`${at()}: ${token} is not an integer that every reader keeps: write a decimal string`);
    }
  }
  return problems;
}

/**
 * @param {string} source
 * @param {number} index
 */
const lineAt = (source, index) => source.slice(0, index).split('\n').length;
