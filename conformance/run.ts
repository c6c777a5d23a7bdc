/**
 * Runs the recorded cases that lie beside the project, against a server started here, and holds the results against
 * the committed baseline: fewer passes than there fail, more ask to raise it. The cases are third-party data and never
 * part of the repository; without them this says so loudly. Without arguments everything, else the parts that are
 * named: `events`, `events-api`, `jsonata`, `stepfunctions`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runEventsApiCases, type ApiResult, type ApiResults } from './events-api.ts';
import { runJsonataCases } from './jsonata.ts';
import { differences, mayPass, readNotPassing, type Mode } from './not-passing.ts';
import { runStepFunctionsCases, type CaseResult } from './step-functions.ts';

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
const asked = process.argv.slice(2);
const isAsked = (part: string) => asked.length === 0 || asked.includes(part);
let fallen = 0;
try {
  if (isAsked('events')) judgeEvents();
  if (isAsked('events-api')) judgeEventsApi(await runEventsApi());
  if (isAsked('jsonata')) judge('JSONata', 'jsonata', await runJsonata());
  if (isAsked('stepfunctions')) judgeStepFunctions(await runStepFunctions());
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

/** The matching library alone. What another library takes beyond the service (`superset`) need not pass. */
function judgeEvents(): void {
  const folder = copyRunner('events');
  const run = spawnSync(
    process.execPath,
    ['run_events.mjs', '--json', '--module', join(import.meta.dirname, 'events-module.ts')],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const groups = JSON.parse(run.stdout) as Record<
    string,
    { pass: number; fail: number; skip: number; fails: { id: string }[] }
  >;
  for (const [group, { pass, fail, skip }] of Object.entries(groups))
    console.log(`  ${group}: ${pass} pass, ${fail} fail, ${skip} not run`);
  judge(
    'event patterns, inputs and schedules',
    'events',
    Object.values(groups).reduce((sum, { pass }) => sum + pass, 0),
  );
  const failed = Object.entries(groups).flatMap(([group, { fails }]) =>
    group.endsWith('/superset') ? [] : fails.map(({ id }) => id),
  );
  compareWithTable('events', failed);
}

async function runEventsApi(): Promise<ApiResults> {
  const runner = copyRunner('events');
  const server = await startServer(join(work, 'events-data'));
  try {
    return await runEventsApiCases(server.url, runner);
  } finally {
    await server.stop();
  }
}

/** Two counts that may only rise, and the tables of what does not pass. */
function judgeEventsApi({ passed, others, notRun }: ApiResults): void {
  const named = (outcome: ApiResult['outcome']) =>
    others.filter((result) => result.outcome === outcome).map(({ name }) => name);
  const placeholders = named('placeholder');
  judge('EventBridge over HTTP, exactly', 'events-api-exact', passed);
  judge('EventBridge over HTTP, placeholders aside', 'events-api', passed + placeholders.length);
  compareWithTable('events-api-placeholder', placeholders);
  const unknown = compareWithTable('events-api', named('fail'));
  for (const { name, differences: found } of others.filter((result) => unknown.includes(result.name)))
    console.log(`  FAIL ${name}\n    ${found.slice(0, 4).join('\n    ')}`);
  for (const [reason, count] of notRun) console.log(`  ${count} not run: ${reason}`);
}

/**
 * Holds a part of which all cases run against its table.
 * @returns those that fail and do not stand there
 */
function compareWithTable(
  part: 'events' | 'events-api' | 'events-api-placeholder' | 'jsonata',
  failed: string[],
): string[] {
  const table = readNotPassing(join(import.meta.dirname, 'not-passing.md'));
  const known = [...(table.cases.get(part)?.keys() ?? [])];
  const mended = known.filter((name) => !failed.includes(name));
  for (const line of differences(table, part, { failed: new Set(failed), passed: new Set(mended) })) {
    console.log(`  ${line}`);
    fallen += 1;
  }
  console.log(`  ${part}: ${failed.length} do not pass; conformance/not-passing.md says why.`);
  return failed.filter((name) => !known.includes(name));
}

/** All that the service's rules allow must pass, but for those in the table; the others are listed by the rule. */
async function runJsonata(): Promise<number> {
  const { passed, failed, excluded, bounded } = await runJsonataCases(join(cases, 'jsonata'));
  for (const { name, expr, wanted, found } of failed)
    console.log(`  FAIL ${name}: ${expr}\n    wanted ${wanted}\n    found ${found}`);
  for (const [rule, names] of excluded)
    console.log(`  ${names.length} not allowed: ${rule}\n    ${names.join(' ')}`);
  for (const [bound, names] of bounded)
    console.log(
      `  ${names.length} do not pass, on a bound of the evaluation here: ${bound}\n    ${names.join(' ')}`,
    );
  compareWithTable('jsonata', [...bounded.values()].flat());
  fallen += failed.length;
  return passed;
}

async function runStepFunctions(): Promise<CaseResult[]> {
  const runner = join(copyRunner('stepfunctions'), 'runner');
  const server = await startServer(join(work, 'data'));
  try {
    return await runStepFunctionsCases(server.url, { runner, cases: join(cases, 'stepfunctions'), work });
  } finally {
    await server.stop();
  }
}

/** Three counts that may only rise, and a table of what does not pass that may only shrink. */
function judgeStepFunctions(results: readonly CaseResult[]): void {
  const table = readNotPassing(join(import.meta.dirname, 'not-passing.md'));
  // A case that depends on how fast the machine is counts for nothing: a count that may only rise must not waver.
  const steady = results.filter(({ name }) => !mayPass(table, name));
  const count = (mode: Mode, ...outcomes: string[]) =>
    steady.filter((result) => outcomes.includes(result[mode])).length;
  judge('Step Functions', 'stepfunctions', count('lenient', 'exact', 'text'));
  judge('Step Functions, exactly', 'stepfunctions-exact', count('lenient', 'exact'));
  judge('Step Functions, strictly', 'stepfunctions-strict', count('strict', 'exact', 'text'));
  const failed = (mode: Mode) => results.filter((result) => result[mode] === 'fail').map(({ name }) => name);
  const passed = (mode: Mode) =>
    results.filter((result) => /exact|text/.test(result[mode])).map(({ name }) => name);
  const lenientlyFailed = new Set(failed('lenient'));
  const strictOnly = failed('strict').filter((name) => !lenientlyFailed.has(name));
  for (const [mode, names] of [
    ['lenient', [...lenientlyFailed]],
    ['strict', strictOnly],
  ] as const) {
    const found = differences(table, mode, { failed: new Set(names), passed: new Set(passed(mode)) });
    for (const line of found) console.log(`  ${mode}: ${line}`);
    fallen += found.length;
    console.log(`  ${mode}: ${names.length} do not pass; conformance/not-passing.md says why.`);
  }
  listNotRun(results);
}

function listNotRun(results: readonly CaseResult[]): void {
  const notRun = results.filter(({ lenient }) => lenient === 'not-run');
  for (const [reason, of] of Map.groupBy(notRun, (result) => result.reason)) {
    console.log(`  ${of.length} not run: ${reason}`);
    for (const { name } of of) console.log(`    ${name}`);
  }
}

/**
 * A copy of a runner beside the clients of AWS that are installed and locked here: a run asks no registry, and today's
 * release of a client changes no result.
 * @throws Error that names the package which a runner loads and no room here depends on: without an optional one its
 *   cases would silently not run
 */
function copyRunner(name: string): string {
  const folder = join(work, name);
  if (existsSync(folder)) return folder;
  cpSync(join(cases, name), folder, { recursive: true });
  const manifestFolder = name === 'stepfunctions' ? join(folder, 'runner') : folder;
  symlinkSync(join(root, 'node_modules'), join(manifestFolder, 'node_modules'), 'junction');
  const manifest = JSON.parse(readFileSync(join(manifestFolder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
    optionalDependencies?: Record<string, string>;
  };
  for (const loaded of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
    if (!existsSync(join(manifestFolder, 'node_modules', loaded, 'package.json')))
      throw new Error(
        `The runner of ${name} loads ${loaded}, which is not installed: run npm ci; if it is still missing, add it to devDependencies.`,
      );
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
