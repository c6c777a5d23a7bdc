import { readFile } from 'node:fs/promises';
import type { MockedAttempt, Mocks } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { TestCase } from './test-case.ts';
import { BROKEN } from './test-files.ts';

/** What Step Functions Local read: test cases by state machine, with answers that several states may share. */
export interface MockFile {
  path: string;
  /** By name of the machine, then of the test case. */
  machines: Map<string, Map<string, Mocks>>;
}

/** Attempts that one answer may stand for. */
const ATTEMPTS_MAX = 1000;

/**
 * Reads a mock configuration file of Step Functions Local. Answers stand under the number of the attempt from 0, or a
 * range of them (`1-3`).
 * @throws CommandFailure naming what is wrong and where
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
 */
export async function readMockFile(path: string): Promise<MockFile> {
  try {
    const content: unknown = JSON.parse(await readFile(path, 'utf8'));
    const responses = new Map(
      entriesOf(content, 'MockedResponses').map(([name, response]) => [
        name,
        attemptsOf(response, `MockedResponses.${name}`),
      ]),
    );
    const machines = entriesOf(content, 'StateMachines').map(([machine, value]) => {
      const at = `StateMachines.${machine}`;
      const cases = entriesOf(value, 'TestCases', at).map(
        ([name, states]) => [name, mocksOf(states, responses, `${at}.TestCases.${name}`)] as const,
      );
      return [machine, new Map(cases)] as const;
    });
    return { path, machines: new Map(machines) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`${path}: ${problem}`, { exitCode: BROKEN });
  }
}

/**
 * A case whose machine is `NAME#TESTCASE` starts NAME with the mocks of that test case; its own come on top.
 * @throws CommandFailure when there is no such test case
 */
export function withMocks(testCase: TestCase, file: MockFile | undefined): TestCase {
  const [machine, name] = testCase.machine?.split('#') ?? [];
  if (machine === undefined || name === undefined) return testCase;
  const problem = (text: string) =>
    new CommandFailure(`Case “${testCase.name}”: ${text}`, { exitCode: BROKEN });
  if (file === undefined)
    throw problem(`${testCase.machine} names a test case of a mock file; say which file with --mocks FILE.`);
  const mocks = file.machines.get(machine)?.get(name);
  if (mocks === undefined) throw problem(`${file.path} has no test case ${name} for a machine ${machine}.`);
  return { ...testCase, machine, mocks: { ...mocks, ...testCase.mocks } };
}

function mocksOf(states: unknown, responses: ReadonlyMap<string, MockedAttempt[]>, at: string): Mocks {
  return Object.fromEntries(
    membersOf(states, at).map(([state, response]) => {
      const attempts = typeof response === 'string' ? responses.get(response) : undefined;
      if (attempts === undefined)
        throw new Error(`${at}.${state} must name one of MockedResponses, not ${JSON.stringify(response)}.`);
      return [state, attempts];
    }),
  );
}

/** Every attempt from the first to the last that is named has one answer. */
function attemptsOf(response: unknown, at: string): MockedAttempt[] {
  const attempts: (MockedAttempt | undefined)[] = [];
  for (const [numbers, answer] of membersOf(response, at)) {
    const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(numbers) ?? [];
    if (first === '' || Number(last) < Number(first) || Number(last) >= ATTEMPTS_MAX)
      throw new Error(
        `${at}.${numbers} must be an attempt from 0, or a range such as 1-3, below ${ATTEMPTS_MAX}.`,
      );
    for (let attempt = Number(first); attempt <= Number(last); attempt++) {
      if (attempts[attempt] !== undefined) throw new Error(`${at} has two answers for attempt ${attempt}.`);
      attempts[attempt] = answerOf(answer, `${at}.${numbers}`);
    }
  }
  return Array.from(attempts, (answer, attempt) => {
    if (answer === undefined) throw new Error(`${at} has no answer for attempt ${attempt}.`);
    return answer;
  });
}

function answerOf(answer: unknown, at: string): MockedAttempt {
  const [[kind, value] = ['', undefined], ...others] = membersOf(answer, at);
  if (kind === 'Return' && others.length === 0) return { return: value };
  if (kind === 'Throw' && others.length === 0) {
    const { Error: error, Cause: cause } = Object.fromEntries(membersOf(value, `${at}.Throw`));
    if (typeof error === 'string' && (cause === undefined || typeof cause === 'string'))
      return { throw: { error, ...(cause !== undefined && { cause }) } };
  }
  throw new Error(`${at} must be one of { "Return": VALUE } and { "Throw": { "Error", "Cause" } }.`);
}

function entriesOf(value: unknown, member: string, at?: string): [string, unknown][] {
  const found = membersOf(value, at ?? 'The file').find(([name]) => name === member)?.[1];
  return membersOf(found, at === undefined ? member : `${at}.${member}`);
}

function membersOf(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${at} must be an object.`);
  return Object.entries(value);
}
