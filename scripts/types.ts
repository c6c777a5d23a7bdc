/** Type-checks everything once, then each pure room alone with `lib` and `types` that hold no Node and no DOM. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { rooms } from './rooms.ts';

const root = resolve(import.meta.dirname, '..');
const projects = [
  'tsconfig.json',
  ...rooms.filter((room) => room.pure).map((room) => `packages/${room.name}/tsconfig.json`),
];
let failed = 0;
for (const project of projects) {
  const run = spawnSync('tsc', ['-p', project], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (run.status !== 0) failed += 1;
}
console.log(
  failed === 0
    ? `Types hold in ${projects.length} projects.`
    : `${failed} of ${projects.length} projects have type errors.`,
);
process.exitCode = failed === 0 ? 0 : 1;
