// @ts-check
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/**
 * Names every export of a module that has no docstring.
 * @param {string} root
 * @param {string} path of an index.ts, relative to root
 * @returns {string[]}
 */
export function undocumentedExports(root, path) {
  const file = join(root, path);
  if (!existsSync(file)) return [`${path}: missing`];
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const symbols = module ? checker.getExportsOfModule(module) : [];
  if (symbols.length === 0) return [`${path}: exports nothing`];
  return symbols
    .map((symbol) => ({ name: symbol.name, symbol: resolved(symbol, checker) }))
    .filter(({ symbol }) => symbol.getDocumentationComment(checker).length === 0)
    .map(({ name, symbol }) => `${placeOf(symbol, root) ?? path}: ${name} is exported without a docstring`);
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
const resolved = (symbol, checker) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/**
 * @param {ts.Symbol} symbol
 * @param {string} root
 */
function placeOf(symbol, root) {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return undefined;
  const source = declaration.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(declaration.getStart()).line + 1;
  return `${relative(root, source.fileName).replaceAll('\\', '/')}:${line}`;
}
