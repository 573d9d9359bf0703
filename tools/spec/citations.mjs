// @ts-check
import { CLAUSE_ID } from './clauses.mjs';

// Two letters at the start, so that the character class [A-Z0-9] is no citation.
const CITED = `(?=[A-Z]{2})${CLAUSE_ID}`;

const BRACKETED = new RegExp(`\\[(${CITED})\\]`, 'g');
const SPEC_TAG = /@spec\b(.*)/;
const COMMENT = new RegExp(`(?://|#)\\s*(${CITED})(?=:|,|\\s|$)`, 'g');
const ANY = new RegExp(`\\b${CITED}\\b`, 'g');

/**
 * Finds the clauses a text cites: `[ID]`, `@spec ID, ID`, `// ID: …` and, in Python, `# ID: …`.
 * @param {string} source
 * @returns {{ id: string, line: number }[]}
 */
export function citedClauses(source) {
  return source.split('\n').flatMap((text, index) => {
    const tagged = SPEC_TAG.exec(text)?.[1]?.match(ANY) ?? [];
    const others = [...text.matchAll(BRACKETED), ...text.matchAll(COMMENT)].map((match) => match[1] ?? '');
    return [...new Set([...tagged, ...others])].map((id) => ({ id, line: index + 1 }));
  });
}
