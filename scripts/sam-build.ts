/**
 * Proves that `sam build` takes playbooks as they are: builds copies with the SAM CLI and esbuild, as a user on AWS would.
 * Arguments: their folders.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const sam = resolve(root, '.venv-sam', 'bin', 'sam');
/** Runs an install script of its own when it is a dependency of a project, so it is none of ours. */
const ESBUILD = 'esbuild@0.28.2';

const work = mkdtempSync(join(tmpdir(), 'riposte-sam-'));
try {
  run('npm', ['install', '--prefix', work, '--no-fund', '--no-audit', '--loglevel=error', ESBUILD], work);
  for (const folder of process.argv.slice(2)) build(folder);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function build(folder: string): void {
  const playbook = join(work, basename(folder));
  cpSync(resolve(root, folder), playbook, { recursive: true });
  run(sam, ['build'], playbook);
  const wanted = handlersOf(readFileSync(join(playbook, 'template.yaml'), 'utf8'));
  const output = join(playbook, '.aws-sam', 'build');
  const built = readdirSync(output, { recursive: true, encoding: 'utf8' });
  const missing = wanted.filter(({ id, file }) => !built.includes(join(id, `${file}.js`)));
  console.log(`${folder}: sam build made ${wanted.map(({ id }) => id).join(', ')}.`);
  if (wanted.length > 0 && missing.length === 0) return;
  console.error(`Not built: ${missing.map(({ id, file }) => `${id}/${file}.js`).join(', ')}`);
  process.exitCode = 1;
}

/** Functions of a template, with the file that esbuild makes of their one entry point. */
function handlersOf(template: string): { id: string; file: string }[] {
  return [
    ...template.matchAll(
      /^ {2}(\w+):\n {4}Type: AWS::Serverless::Function\n[^]*?EntryPoints: \[(\w[\w-]*)\.ts\]/gm,
    ),
  ].map(([, id = '', file = '']) => ({ id, file }));
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
