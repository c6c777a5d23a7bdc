/**
 * Runs the recorded cases that lie beside the project, against a server started here, and holds the results against
 * the committed baseline: fewer passes than there fail, more ask to raise it. The cases are third-party data and never
 * part of the repository; without them this says so loudly.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runJsonataCases } from './jsonata.ts';

const root = resolve(import.meta.dirname, '..');
const cases = resolve(root, '..', 'shared', 'conformance');
const baseline = JSON.parse(readFileSync(join(import.meta.dirname, 'baseline.json'), 'utf8')) as Record<
  string,
  number
>;

if (!existsSync(cases)) {
  console.log('!! The recorded cases are not here: nothing was compared with AWS’s own answers in this run.');
  process.exit(0);
}

const work = mkdtempSync(join(tmpdir(), 'riposte-conformance-'));
let fallen = 0;
try {
  judge('event patterns, inputs and schedules', 'events', runEvents());
  judge('JSONata', 'jsonata', await runJsonata());
  judge('Step Functions', 'stepfunctions', await runStepFunctions());
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = fallen === 0 ? 0 : 1;

function judge(title: string, key: string, passed: number): void {
  const wanted = baseline[key] ?? 0;
  console.log(`${title}: ${passed} cases pass, the baseline is ${wanted}.`);
  if (passed > wanted) console.log(`  Raise "${key}" to ${passed} in conformance/baseline.json.`);
  if (passed < wanted) {
    console.log('  FEWER than the baseline: something that was right is wrong now.');
    fallen += 1;
  }
}

/** The matching library alone: the API of events is judged when it is whole. */
function runEvents(): number {
  const folder = copyRunner('events');
  const run = spawnSync(
    process.execPath,
    ['run_events.mjs', '--json', '--module', join(import.meta.dirname, 'events-module.ts')],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const groups = JSON.parse(run.stdout) as Record<string, { pass: number; fail: number; skip: number }>;
  for (const [group, { pass, fail, skip }] of Object.entries(groups))
    console.log(`  ${group}: ${pass} pass, ${fail} fail, ${skip} not run`);
  return Object.values(groups).reduce((sum, { pass }) => sum + pass, 0);
}

/** All that the service's rules allow must pass; the others are listed by the rule. */
async function runJsonata(): Promise<number> {
  const { passed, failed, excluded } = await runJsonataCases(join(cases, 'jsonata'));
  for (const { name, expr, wanted, found } of failed)
    console.log(`  FAIL ${name}: ${expr}\n    wanted ${wanted}\n    found ${found}`);
  for (const [rule, names] of excluded)
    console.log(`  ${names.length} not allowed: ${rule}\n    ${names.join(' ')}`);
  fallen += failed.length;
  return passed;
}

async function runStepFunctions(): Promise<number> {
  const folder = copyRunner('stepfunctions');
  const server = await startServer(join(work, 'data'));
  const results = join(work, 'stepfunctions.json');
  try {
    const arguments_ = [
      '--endpoint',
      server.url,
      '--cases',
      cases + '/stepfunctions',
      '--services',
      'lambda',
    ];
    const options = ['--timeout', '30', '--quiet', '--json', results];
    await new Promise<void>((ended) => {
      const run = spawn(process.execPath, ['run_sfn.mjs', ...arguments_, ...options], {
        cwd: join(folder, 'runner'),
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      run.on('exit', () => ended());
    });
  } finally {
    await server.stop();
  }
  const outcomes = readOutcomes(results);
  const count = (result: string) => outcomes.filter((outcome) => outcome === result).length;
  console.log(
    `  ${count('exact')} exact, ${count('text')} but for wording, ${count('fail')} fail, ${count('not-run')} not run`,
  );
  return count('exact') + count('text');
}

function readOutcomes(file: string): string[] {
  const written = JSON.parse(readFileSync(file, 'utf8')) as
    { results?: { result: string }[] } | { result: string }[];
  const list = Array.isArray(written) ? written : (written.results ?? []);
  return list.map(({ result }) => result);
}

/** The runners need a few packages of their own; they are installed beside a copy. */
function copyRunner(name: string): string {
  const folder = join(work, name);
  cpSync(join(cases, name), folder, { recursive: true });
  const manifestFolder = name === 'stepfunctions' ? join(folder, 'runner') : folder;
  const installed = spawnSync(
    'npm',
    ['install', '--no-fund', '--no-audit', '--loglevel=error', '--no-package-lock'],
    {
      cwd: manifestFolder,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (installed.status !== 0) throw new Error(`The packages of the ${name} runner could not be installed.`);
  return folder;
}

function startServer(dataFolder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const launcher = join(root, 'packages', 'cli', 'bin', 'riposte.cjs');
  const child = spawn(process.execPath, [launcher, 'start', '--port', '0', '--data', dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /AWS door\s+(http:\S+)/.exec(text)?.[1];
      if (url === undefined) return;
      resolve({
        url,
        stop: () => {
          child.kill('SIGTERM');
          return exited;
        },
      });
    });
    void exited.then(() => reject(new Error(`The server ended before it was ready:\n${text}`)));
  });
}
