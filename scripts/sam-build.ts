/** Proves that `sam build` takes a playbook as it is: builds a copy with the SAM CLI and esbuild, as a user on AWS would. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const sam = resolve(root, '.venv-sam', 'bin', 'sam');
/** Runs an install script of its own when it is a dependency of a project, so it is none of ours. */
const ESBUILD = 'esbuild@0.28.2';

const work = mkdtempSync(join(tmpdir(), 'riposte-sam-'));
try {
  run('npm', ['install', '--prefix', work, '--no-fund', '--no-audit', '--loglevel=error', ESBUILD], work);
  const playbook = join(work, 'playbook');
  cpSync(join(root, 'playbooks', 'exposed-access-key'), playbook, { recursive: true });
  run(sam, ['build'], playbook);
  const built = readdirSync(join(playbook, '.aws-sam', 'build')).filter((name) => name.endsWith('Function'));
  const missing = built.filter((name) => !existsSync(join(playbook, '.aws-sam', 'build', name, 'index.js')));
  console.log(`sam build made ${built.join(', ')}.`);
  process.exitCode = built.length === 4 && missing.length === 0 ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

function run(program: string, words: readonly string[], folder: string): void {
  const path = [join(work, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const done = spawnSync(program, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: path, SAM_CLI_TELEMETRY: '0' },
  });
  if (done.status === 0) return;
  throw new Error(
    `${program} ${words.join(' ')} failed:\n${done.stdout}${done.stderr}${done.error?.message ?? ''}`,
  );
}
