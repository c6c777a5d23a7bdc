/**
 * Holds the walls between rooms: who imports whom, doors only, no Node, clock or chance in pure rooms.
 * Type checking does not: an undeclared import of another workspace resolves and passes.
 */
import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { rooms, type Room } from './rooms.ts';

const root = resolve(import.meta.dirname, '..');
/** An import of a module, at the places where one can stand in our sources. */
const IMPORT =
  /(?:^(?:import|export)\b[^'"]*from\s|^\}\s*from\s|^import\s|\bimport\(|\brequire\(|\bimport\.meta\.resolve\()\s*'([\w@./:-]+)'/g;
const IMPURE: readonly [RegExp, string][] = [
  [/\bDate\.now\b/, 'take the time as an argument'],
  [/\bnew Date\(\s*\)/, 'take the time as an argument'],
  [/\bMath\.random\b/, 'take randomness as an argument'],
];

const findings: string[] = [];
for (const room of rooms) {
  for (const part of ['src', 'test'] as const) {
    const folder = join(root, 'packages', room.name, part);
    for (const file of globSync('**/*.{ts,tsx,mjs,cjs}', { cwd: folder }))
      checkFile(room, part, join(folder, file));
  }
}
for (const finding of findings) console.error(finding);
console.log(
  findings.length === 0 ? `Walls hold: ${rooms.length} rooms.` : `${findings.length} walls broken.`,
);
process.exitCode = findings.length === 0 ? 0 : 1;

function checkFile(room: Room, part: 'src' | 'test', file: string): void {
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const at = `${relative(root, file)}:${index + 1}:`;
      for (const match of line.matchAll(IMPORT)) checkImport(room, part, file, match[1] ?? '', at);
      if (!room.pure || part === 'test' || /^\s*(\*|\/\/)/.test(line)) return;
      for (const [pattern, advice] of IMPURE)
        if (pattern.test(line))
          findings.push(`${at} ${pattern.source.replaceAll('\\b', '')} is banned in a pure room, ${advice}`);
    });
}

function checkImport(room: Room, part: 'src' | 'test', file: string, specifier: string, at: string): void {
  if (specifier.startsWith('.')) {
    const target = resolve(dirname(file), specifier);
    const home = join(root, 'packages', room.name);
    if (!target.startsWith(home + '/'))
      findings.push(`${at} ${specifier} leaves the room; import the other room's door`);
    return;
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (name.startsWith('@riposte/')) {
    const other = name.slice('@riposte/'.length);
    if (specifier !== name)
      findings.push(`${at} ${specifier} goes past the door of ${other}; import '${name}'`);
    const self = other === room.name;
    const allowed = self ? part === 'test' : part === 'test' || room.rooms.includes(other);
    if (!allowed) findings.push(`${at} ${room.name} may not import ${other}`);
    return;
  }
  const builtin = specifier.startsWith('node:') || builtinModules.includes(specifier);
  if (part === 'test' || !room.pure) return;
  if (builtin) findings.push(`${at} ${room.name} is pure and may not import ${specifier}`);
  else if (!room.pure.packages.includes(name))
    findings.push(`${at} ${room.name} may not import the package ${name}`);
}
