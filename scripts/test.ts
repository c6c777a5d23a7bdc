/** `npm test`: every test of every room and playbook on Node's own runner. Arguments: files or folders to run alone. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2).map((path) => path.replace(/^\.\//, '').replace(/\/$/, ''));
/** The end-to-end tests need clients of other languages; they run when they are asked for. */
const patterns = [
  'packages/*/test/**/*.test.ts',
  'playbooks/*/test/**/*.test.ts',
  ...(wanted.some((path) => path === 'e2e' || path.startsWith('e2e/')) ? ['e2e/*.test.ts'] : []),
];
const files = globSync(patterns, { cwd: root })
  .filter(
    (file) => wanted.length === 0 || wanted.some((path) => file === path || file.startsWith(`${path}/`)),
  )
  .sort();
if (files.length === 0) {
  console.error(`No tests in ${wanted.join(', ')}.`);
  process.exit(1);
}
// The runner leaves a core free by default; of two that is half of what there is.
const concurrency = `--test-concurrency=${availableParallelism()}`;
const run = spawnSync(process.execPath, ['--test', concurrency, ...files], {
  cwd: root,
  stdio: 'inherit',
});
process.exitCode = run.status ?? 1;
