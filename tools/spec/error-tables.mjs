// @ts-check
import ts from 'typescript';
import { ERROR_CODE } from './clauses.mjs';
import { listDirectories, listFiles, readText } from './files.mjs';

/**
 * @typedef {{ code: string, family: string, clause: string, at: string }} TableRow
 * @typedef {{ code: string, at: string }} CodeLiteral
 * @typedef {{ rows: TableRow[], literals: CodeLiteral[], problems: string[] }} ErrorTables
 */

const WHOLE_CODE = new RegExp(`^${ERROR_CODE}$`);

/**
 * Reads the `const …ERRORS` table of each packages/<package>/src/errors.ts, and every string in the sources that is
 * written like a code.
 * @param {string} root
 * @returns {Promise<ErrorTables>}
 */
export async function readErrorTables(root) {
  /** @type {ErrorTables} */
  const tables = { rows: [], literals: [], problems: [] };
  for (const dir of await listDirectories(root, 'packages')) {
    for (const path of await listFiles(root, `${dir}/src`, ['.ts'])) {
      const source = ts.createSourceFile(
        path,
        (await readText(root, path)) ?? '',
        ts.ScriptTarget.ES2023,
        true,
      );
      collectLiterals(source, source, tables);
      if (path === `${dir}/src/errors.ts`) collectTable(source, tables);
    }
  }
  return tables;
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} source
 * @param {ErrorTables} tables
 */
function collectLiterals(node, source, tables) {
  if (ts.isStringLiteralLike(node) && WHOLE_CODE.test(node.text)) {
    tables.literals.push({ code: node.text, at: place(source, node) });
  }
  ts.forEachChild(node, (child) => collectLiterals(child, source, tables));
}

/**
 * @param {ts.SourceFile} source
 * @param {ErrorTables} tables
 */
function collectTable(source, tables) {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (!ts.isIdentifier(name) || !name.text.endsWith('ERRORS') || !initializer) continue;
      const table = unwrap(initializer);
      if (ts.isObjectLiteralExpression(table))
        table.properties.forEach((entry) => collectRow(entry, source, tables));
      else tables.problems.push(`${place(source, name)}: ${name.text} is not an object literal`);
    }
  }
}

/**
 * @param {ts.ObjectLiteralElementLike} entry
 * @param {ts.SourceFile} source
 * @param {ErrorTables} tables
 */
function collectRow(entry, source, tables) {
  const at = place(source, entry);
  const code = entry.name && ts.isStringLiteral(entry.name) ? entry.name.text : undefined;
  const value = ts.isPropertyAssignment(entry) ? unwrap(entry.initializer) : undefined;
  const family = value && stringProperty(value, 'family');
  const clause = value && stringProperty(value, 'clause');
  if (code && WHOLE_CODE.test(code) && family && clause) tables.rows.push({ code, family, clause, at });
  else tables.problems.push(`${at}: expected 'CODE': { family: '…', clause: '…' }`);
}

/**
 * @param {ts.Expression} value
 * @param {string} key
 */
function stringProperty(value, key) {
  if (!ts.isObjectLiteralExpression(value)) return undefined;
  for (const property of value.properties) {
    if (!ts.isPropertyAssignment(property) || property.name.getText() !== key) continue;
    return ts.isStringLiteral(property.initializer) ? property.initializer.text : undefined;
  }
  return undefined;
}

/**
 * Strips `as const`, `satisfies …`, brackets and `Object.freeze(…)`.
 * @param {ts.Expression} expression
 * @returns {ts.Expression}
 */
function unwrap(expression) {
  if (ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression))
    return unwrap(expression.expression);
  if (ts.isParenthesizedExpression(expression)) return unwrap(expression.expression);
  const [argument] = ts.isCallExpression(expression) ? expression.arguments : [];
  if (ts.isCallExpression(expression) && expression.expression.getText() === 'Object.freeze' && argument) {
    return unwrap(argument);
  }
  return expression;
}

/**
 * @param {ts.SourceFile} source
 * @param {ts.Node} node
 */
function place(source, node) {
  return `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}
