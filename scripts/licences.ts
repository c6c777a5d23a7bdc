/** Every package that gets installed carries a licence we may ship with. Read from what is installed, by package-lock.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
]);
/** Allowed by name, each with its reason. */
const EXCEPTIONS: Record<string, string> = {
  elkjs: 'EPL-2.0, used unmodified, named in the third-party notices',
};

interface LockedPackage {
  link?: boolean;
  license?: string;
  dev?: boolean;
  hasInstallScript?: boolean;
}
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};

let checked = 0;
const findings: string[] = [];
for (const [path, locked] of Object.entries(lock.packages)) {
  if (!path.includes('node_modules/') || locked.link) continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  checked += 1;
  if (locked.hasInstallScript) findings.push(`${name} runs a script when it is installed`);
  const licence = locked.license ?? installedLicence(join(root, path, 'package.json'));
  if (!isAllowed(licence) && !(name in EXCEPTIONS))
    findings.push(`${name} has the licence '${licence ?? 'none'}'`);
}
for (const finding of findings) console.error(finding);
console.log(
  findings.length === 0
    ? `${checked} packages, all under permissive licences.`
    : `${findings.length} packages may not be used.`,
);
process.exitCode = findings.length === 0 ? 0 : 1;

function installedLicence(manifest: string): string | undefined {
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { license?: string }).license;
}

/** SPDX: one side of an OR is enough, both of an AND are needed. */
function isAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const text = expression.replace(/^\(|\)$/g, '');
  if (text.includes(' OR ')) return text.split(' OR ').some(isAllowed);
  if (text.includes(' AND ')) return text.split(' AND ').every(isAllowed);
  return ALLOWED.has(text);
}
