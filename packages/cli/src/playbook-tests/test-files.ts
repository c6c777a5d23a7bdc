import { glob, readFile, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { CommandFailure } from '../failure.ts';
import { problemsOfTestCase } from './check-test-case.ts';
import type { TestCase } from './test-case.ts';

/** Exit code of test files that cannot be run. */
export const BROKEN = 2;

/** Where tests of a playbook lie. `test/` is left to Node's runner. */
const PATTERN = 'tests/**/*.test.{json,yaml,yml,ts}';

export interface TestFile {
  path: string;
  cases: TestCase[];
}

export interface Playbook {
  name: string;
  folder: string;
  files: TestFile[];
}

/** @throws CommandFailure naming every file that is broken, and where */
export async function readPlaybook(folder: string): Promise<Playbook> {
  const home = resolve(folder);
  if (!(await stat(home).catch(() => undefined))?.isDirectory())
    throw new CommandFailure(`There is no folder ${folder}.`, { exitCode: BROKEN });
  const paths: string[] = [];
  for await (const path of glob(PATTERN, { cwd: home })) paths.push(path);
  const problems: string[] = [];
  const files: TestFile[] = [];
  for (const path of paths.sort()) {
    const file = join(home, path);
    const shown = relative(process.cwd(), file);
    try {
      files.push({ path: file, cases: checkedCases(await contentOf(file), shown, problems) });
    } catch (error) {
      problems.push(`${shown}: ${error instanceof Error ? error.message.trimEnd() : String(error)}`);
    }
  }
  if (problems.length > 0) throw new CommandFailure(problems.join('\n'), { exitCode: BROKEN });
  return { name: basename(home), folder: home, files };
}

async function contentOf(file: string): Promise<unknown> {
  if (file.endsWith('.ts')) {
    const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }; // a module namespace
    return loaded.default;
  }
  const source = await readFile(file, 'utf8');
  return file.endsWith('.json')
    ? (JSON.parse(source) as unknown)
    : (parse(source, { prettyErrors: true, merge: true }) as unknown);
}

function checkedCases(content: unknown, file: string, problems: string[]): TestCase[] {
  const cases: unknown[] = Array.isArray(content) ? content : [content];
  if (content === undefined || content === null || cases.length === 0) {
    problems.push(`${file}: it holds no case.`);
    return [];
  }
  const names = new Set<unknown>();
  for (const [index, candidate] of cases.entries()) {
    const { name } = Object(candidate) as { name?: unknown };
    const place = `${file}: case ${index + 1}${typeof name === 'string' ? ` (${name})` : ''}`;
    for (const problem of problemsOfTestCase(candidate)) problems.push(`${place}: ${problem}.`);
    if (names.has(name)) problems.push(`${place}: another case of this file has the same name.`);
    names.add(name);
  }
  return cases as TestCase[]; // checked just now; used only when there were no problems
}
