/**
 * Everything that `.ci/run` judges, after it installed what this needs: the README's test command first, then types,
 * lint, walls, recorded cases, end to end, browser, demo. Goes on after a failure, so that one run shows them all.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const python = resolve(root, '.venv/bin');
const playbooks = ['playbooks/exposed-access-key', 'playbooks/health-updates'];

interface Step {
  name: string;
  command: readonly string[];
  /** Counts the tests of Node's runner instead of the step as one. */
  isTestRun?: boolean;
  secondsMax: number;
}

const npm = (script: string, ...rest: string[]): readonly string[] => [
  'npm',
  'run',
  '--silent',
  script,
  ...rest,
];

const steps: readonly Step[] = [
  { name: 'npm test', command: ['npm', 'test', '--silent'], isTestRun: true, secondsMax: 1200 },
  { name: 'format', command: npm('check:format'), secondsMax: 120 },
  { name: 'lint', command: npm('check:lint'), secondsMax: 120 },
  { name: 'types', command: npm('check:types'), secondsMax: 300 },
  { name: 'walls between rooms', command: npm('check:walls'), secondsMax: 60 },
  { name: 'dead code', command: npm('check:dead'), secondsMax: 120 },
  { name: 'licences', command: npm('check:licences'), secondsMax: 60 },
  { name: 'coverage page', command: npm('check:coverage'), secondsMax: 60 },
  { name: 'demo', command: npm('demo', '--', '--exit', '--port', '0'), secondsMax: 120 },
  {
    name: 'demo, two keys',
    command: npm('demo', '--', '--exit', '--port', '0', '--keys', '2'),
    secondsMax: 120,
  },
  {
    name: 'demo, the second story',
    command: npm('demo', '--', '--exit', '--port', '0', '--fail'),
    secondsMax: 120,
  },
  { name: 'end to end', command: ['node', 'scripts/test.ts', 'e2e'], isTestRun: true, secondsMax: 1200 },
  {
    name: 'playbooks: tests over simulated time',
    command: ['node', 'packages/cli/bin/riposte.cjs', 'test', ...playbooks],
    secondsMax: 300,
  },
  {
    name: 'playbooks: cfn-lint',
    command: [resolve(python, 'cfn-lint'), ...playbooks.map((playbook) => `${playbook}/template.yaml`)],
    secondsMax: 120,
  },
  {
    name: 'feeding account: cfn-lint',
    command: [resolve(python, 'cfn-lint'), 'docs/feeding-account/template.yaml'],
    secondsMax: 120,
  },
  {
    name: 'playbooks: sam build',
    command: ['node', 'scripts/sam-build.ts', ...playbooks],
    secondsMax: 180,
  },
  { name: 'events: soak', command: npm('soak', '--', '--seconds', '60'), secondsMax: 360 },
  { name: 'patterns: fuzz', command: npm('fuzz', '--', '--seconds', '60'), secondsMax: 120 },
  { name: 'recorded cases', command: ['node', 'conformance/run.ts'], secondsMax: 1500 },
];

const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;
const failures: string[] = [];
for (const step of steps.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
))
  runStep(step);

console.log(`\n== Summary`);
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function runStep({ name, command, isTestRun, secondsMax }: Step): void {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const [program = '', ...rest] = command;
  const run = spawnSync(program, rest, {
    cwd: root,
    encoding: 'utf8',
    timeout: secondsMax * 1000,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(existsSync(python) && { PATH: `${process.env['PATH'] ?? ''}:${python}` }) },
  });
  const output = `${run.stdout ?? ''}${run.stderr ?? ''}${run.error ? `${run.error.message}\n` : ''}`;
  const ok = run.status === 0;
  // Of a test run that passed, the lines of single tests say nothing.
  console.log(ok && isTestRun ? output.replaceAll(/^\s*✔.*\n/gm, '').trimEnd() : output.trimEnd());
  const counted = isTestRun ? countTests(output) : undefined;
  if (counted) {
    passed += counted.passed;
    failed += counted.failed;
  } else if (ok) passed += 1;
  if (!ok && (counted?.failed ?? 0) === 0) failed += 1;
  if (!ok) failures.push(`${name} (status ${run.status ?? run.signal ?? 'none'})`);
  console.log(
    `-- ${name}: ${ok ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}

/** The closing lines of Node's test runner. A run that counted no test is no run. */
function countTests(output: string): { passed: number; failed: number } | undefined {
  const number = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  const counts = { passed: number('pass'), failed: number('fail') + number('cancelled') };
  return counts.passed + counts.failed > 0 ? counts : undefined;
}
