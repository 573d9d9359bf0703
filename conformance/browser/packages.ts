import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The modules in which the packages of the workspace offer operations to the vectors; pure packages apart from those
 * that may do I/O.
 */
export function operationModules(): { pure: string[]; other: string[] } {
  const { packages } = readJson(`${ROOT}specs/layers.json`) as { packages: Record<string, { kind: string }> };
  const modules: { pure: string[]; other: string[] } = { pure: [], other: [] };
  for (const folder of readdirSync(`${ROOT}packages`).sort()) {
    const file = `${ROOT}packages/${folder}/src/conformance.ts`;
    if (!existsSync(file)) continue;
    const { name } = readJson(`${ROOT}packages/${folder}/package.json`) as { name: string };
    const kind = packages[name]?.kind;
    if (kind === undefined) throw new Error(`specs/layers.json: ${name} is not declared`);
    modules[kind === 'spec' ? 'pure' : 'other'].push(file);
  }
  return modules;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
