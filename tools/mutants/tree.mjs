// @ts-check
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { workspacePackages } from '../workspace.mjs';

/** @import { Mutant } from '../spec/documents.mjs' */

/**
 * A copy of the built packages that answer the conformance suite, in which one edit at a time is planted.
 *
 * @param {string} root
 */
export function copyBuiltPackages(root) {
  const copy = mkdtempSync(join(tmpdir(), 'amduat-mutants-'));
  const packages = workspacePackages(root).filter(({ folder }) =>
    existsSync(join(root, folder, 'src/conformance.ts')),
  );
  for (const { folder } of packages) {
    cpSync(join(root, folder, 'package.json'), join(copy, folder, 'package.json'));
    cpSync(join(root, folder, 'dist'), join(copy, folder, 'dist'), { recursive: true });
    // Its links to packages of the workspace are relative, and lead to the copy.
    const installed = join(root, folder, 'node_modules');
    if (existsSync(installed))
      cpSync(installed, join(copy, folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  return {
    /** The modules that answer operations. */
    modules: packages.map(({ folder }) => join(copy, folder, 'dist/conformance.js')),
    /**
     * Plants an edit, and gives what takes it out again.
     *
     * @param {Mutant} mutant
     */
    plant({ id, file, find, replace }) {
      const source = readFileSync(join(root, file), 'utf8');
      if (source.split(find).length !== 2) throw new Error(`${id}: its text does not stand once in ${file}`);
      const built = join(copy, file.replace('/src/', '/dist/').replace(/\.ts$/, '.js'));
      const before = readFileSync(built);
      writeFileSync(built, transpiled(source.split(find).join(replace)));
      return () => writeFileSync(built, before);
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
}

/** @param {string} source */
function transpiled(source) {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}
