import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../program.ts';
import type { CaseResult } from '../playbook-tests/case-result.ts';
import { junitOf } from '../playbook-tests/junit.ts';
import { readMockFile, withMocks } from '../playbook-tests/mock-file.ts';
import { reportLines, whatItDid } from '../playbook-tests/report.ts';
import { type PlannedFile, runPlaybookTests } from '../playbook-tests/run-playbook-tests.ts';
import { BROKEN, readPlaybook } from '../playbook-tests/test-files.ts';
import { styled } from '../terminal.ts';

/** No case ran: a name that is spelled wrong must not look like success. */
const NOTHING_TO_RUN = 3;

interface Options {
  filter?: string;
  junit?: string;
  mocks?: string;
  json?: boolean;
}

export function registerTest(program: Command, context: CommandContext): void {
  program
    .command('test')
    .argument(
      '[playbook...]',
      'folders of playbooks, each with a template and tests/*.test.{json,yaml,ts} (default: this folder)',
    )
    .description('run the tests of playbooks over simulated time: a wait of seven days takes milliseconds')
    .option('--filter <text>', 'only cases whose name contains this')
    .option(
      '--mocks <file>',
      'a mock configuration file of Step Functions Local, for cases whose machine is NAME#TESTCASE',
    )
    .option('--junit <file>', 'also write the results as JUnit XML')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nexit code: 0 all passed, 1 a case failed, 2 a test file is broken, 3 there was no case to run',
    )
    .action(async (folders: string[], options: Options) => {
      const started = performance.now();
      const planned = await plan(folders.length > 0 ? folders : ['.'], options);
      const count = planned.reduce((sum, { cases }) => sum + cases.length, 0);
      if (count === 0) {
        sayThatThereAreNone(context, options);
        context.fail(NOTHING_TO_RUN);
      }
      let done = 0;
      const results = await runPlaybookTests(planned, ({ name }) => {
        done += 1;
        if (!options.json) showProgress(context, `${done} of ${count}: ${name}`);
      });
      if (!options.json) showProgress(context, '');
      if (options.junit !== undefined)
        await writeFile(options.junit, junitOf(toFileResults(planned, results)));
      const all = results.flat();
      if (options.json) printResults(context, planned, results);
      else if (count > 0) printReport(context, planned, results, performance.now() - started);
      if (all.some(({ verdict }) => verdict === 'failed')) context.fail(1);
      if (all.some(({ verdict }) => verdict === 'broken')) context.fail(BROKEN);
    });
}

async function plan(folders: readonly string[], { filter = '', mocks }: Options): Promise<PlannedFile[]> {
  const mockFile = mocks === undefined ? undefined : await readMockFile(mocks);
  const playbooks = await Promise.all(folders.map((folder) => readPlaybook(folder)));
  return playbooks.flatMap((playbook) =>
    playbook.files
      .map((file) => ({
        playbook,
        file,
        cases: file.cases
          .filter(({ name }) => name.includes(filter))
          .map((each) => withMocks(each, mockFile)),
      }))
      .filter(({ cases }) => cases.length > 0),
  );
}

function sayThatThereAreNone({ terminal }: CommandContext, { filter, json }: Options): void {
  if (json) return;
  terminal.out(
    filter === undefined
      ? 'No tests yet. A playbook’s tests lie beside its template, in tests/NAME.test.yaml: see playbooks/exposed-access-key/tests.'
      : `No case has “${filter}” in its name.`,
  );
}

/** One line that is written over again; nothing where nobody watches. */
function showProgress({ terminal }: CommandContext, text: string): void {
  terminal.progress?.(text);
}

function printReport(
  { terminal }: CommandContext,
  planned: readonly PlannedFile[],
  results: readonly CaseResult[][],
  realMs: number,
): void {
  for (const [index, { playbook, file }] of planned.entries()) {
    terminal.out(styled(terminal, 'bold', `${playbook.name}: ${relative(playbook.folder, file.path)}`));
    for (const result of results[index] ?? [])
      for (const line of reportLines(terminal, result)) terminal.out(line);
  }
  const all = results.flat();
  const count = (verdict: CaseResult['verdict']) => all.filter((result) => result.verdict === verdict).length;
  const broken = count('broken') > 0 ? `, ${count('broken')} broken` : '';
  const summary = `${count('passed')} passed, ${count('failed')} failed${broken} in ${(realMs / 1000).toFixed(1)} s`;
  terminal.out(styled(terminal, count('passed') === all.length ? 'green' : 'red', summary));
}

function printResults(
  { terminal }: CommandContext,
  planned: readonly PlannedFile[],
  results: readonly CaseResult[][],
): void {
  const rows = planned.flatMap(({ playbook, file }, index) =>
    (results[index] ?? []).map((result) => ({
      playbook: playbook.name,
      file: relative(playbook.folder, file.path),
      name: result.name,
      verdict: result.verdict,
      virtualSeconds: result.virtualMs / 1000,
      realSeconds: result.realMs / 1000,
      failures: result.failures,
      did: result.verdict === 'passed' ? [] : whatItDid(result),
    })),
  );
  terminal.out(JSON.stringify(rows, null, 2));
}

function toFileResults(planned: readonly PlannedFile[], results: readonly CaseResult[][]) {
  return planned.map(({ playbook, file }, index) => ({
    playbook: playbook.name,
    file: relative(playbook.folder, file.path),
    results: results[index] ?? [],
  }));
}
