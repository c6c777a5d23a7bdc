import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runCommand } from '@riposte/cli';

const REMINDER = join(import.meta.dirname, 'playbooks', 'reminder');
const REFUSED = { Throw: { Error: 'SNS.Refused', Cause: 'not today' } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-mock-file-'));
  cpSync(REMINDER, folder, { recursive: true });
  mkdirSync(join(folder, 'tests'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one case that starts the machine with a test case of a mock file. */
async function run(
  machine: string,
  expect: object,
  mockFile?: object,
): Promise<{ code: number; printed: string }> {
  const testCase = { name: 'mocked', machine, input: { detail: { order: 7 } }, expect };
  writeFileSync(join(folder, 'tests', 'mocked.test.json'), JSON.stringify(testCase));
  const file = join(folder, 'mocks.json');
  if (mockFile) writeFileSync(file, JSON.stringify(mockFile));
  let printed = '';
  const print = (line: string) => (printed += `${line}\n`);
  const code = await runCommand(['test', folder, ...(mockFile ? ['--mocks', file] : [])], {
    environment: {},
    terminal: { out: print, err: print, colour: false, isInteractive: false },
  });
  return { code, printed };
}

function mockFile(answers: object, response = 'Told'): object {
  return {
    StateMachines: { Remind: { TestCases: { Mocked: { Tell: response } } } },
    MockedResponses: { Told: answers },
  };
}

test('answers stand under the number of the attempt', async () => {
  const busy = { Throw: { Error: 'SNS.ThrottledException' } };
  const answers = { '0': busy, '1-2': { Return: { MessageId: 'at last' } } };
  const { code, printed } = await run(
    'Remind#Mocked',
    { status: 'SUCCEEDED', output: { told: { MessageId: 'at last' } }, tookSeconds: 604_810 },
    mockFile(answers),
  );
  assert.equal(code, 0, printed);
});

test('a case takes its mocks from a test case of the file: what is returned, and what is thrown', async () => {
  const returned = mockFile({ '0': { Return: { MessageId: 'from the file' } } });
  const succeeds = await run('Remind#Mocked', { status: 'SUCCEEDED', noCalls: ['sns:*'] }, returned);
  assert.equal(succeeds.code, 0, succeeds.printed);
  const fails = await run(
    'Remind#Mocked',
    { status: 'FAILED', error: 'SNS.Refused' },
    mockFile({ '0-2': REFUSED }),
  );
  assert.equal(fails.code, 0, fails.printed);
});

const refused: [string, string, object | undefined, RegExp][] = [
  [
    'no file',
    'Remind#Mocked',
    undefined,
    /“mocked”: Remind#Mocked names a test case of a mock file.*--mocks FILE/,
  ],
  ['no such test case', 'Remind#Other', mockFile({}), /has no test case Other for a machine Remind/],
  [
    'no such response',
    'Remind#Mocked',
    mockFile({}, 'Lost'),
    /TestCases\.Mocked\.Tell must name one of MockedResponses, not "Lost"/,
  ],
  [
    'a gap',
    'Remind#Mocked',
    mockFile({ '1-2': REFUSED }),
    /MockedResponses\.Told has no answer for attempt 0/,
  ],
  [
    'an attempt twice',
    'Remind#Mocked',
    mockFile({ '0-1': REFUSED, '1': REFUSED }),
    /two answers for attempt 1/,
  ],
  [
    'a number that is none',
    'Remind#Mocked',
    mockFile({ first: REFUSED }),
    /Told\.first must be an attempt from 0/,
  ],
  [
    'another kind of answer',
    'Remind#Mocked',
    mockFile({ '0': { Answer: 1 } }),
    /must be one of .*Return.* and .*Throw/,
  ],
  ['another kind of file', 'Remind#Mocked', [], /The file must be an object/],
];
for (const [what, machine, file, problem] of refused)
  test(`of a mock file, ${what} is refused with the place`, async () => {
    const { code, printed } = await run(machine, { status: 'SUCCEEDED' }, file);
    assert.equal(code, 2, printed);
    assert.match(printed, problem);
  });
