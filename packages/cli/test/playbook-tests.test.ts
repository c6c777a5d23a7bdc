import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runCommand } from '@riposte/cli';

const REMINDER = join(import.meta.dirname, 'playbooks', 'reminder');
const ORDER = { source: 'shop', 'detail-type': 'Order', detail: { order: 7 } };
const STARTED = { name: 'a reminder', machine: 'Remind', input: { detail: { order: 7 } } };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-playbook-'));
  cpSync(REMINDER, folder, { recursive: true });
  mkdirSync(join(folder, 'tests'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): void {
  writeFileSync(join(folder, 'tests', name), typeof content === 'string' ? content : JSON.stringify(content));
}

async function riposteTest(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const printed = { code: 0, out: '', err: '' };
  printed.code = await runCommand(['test', folder, ...words], {
    environment: {},
    terminal: {
      out: (line) => (printed.out += `${line}\n`),
      err: (line) => (printed.err += `${line}\n`),
      colour: false,
      isInteractive: false,
    },
  });
  return printed;
}

const completeCase = {
  ...STARTED,
  expect: {
    started: 1,
    status: 'SUCCEEDED',
    path: ['InSeconds', 'WaitAWeek', 'Tell'],
    pathContains: ['InSeconds', 'Tell'],
    pathLacks: ['Elsewhere'],
    output: { order: 7 },
    tookSeconds: 604_800,
    executions: { Remind: { tookSeconds: { atLeast: 604_800, atMost: 604_800 } } },
    calls: [{ call: 'sns:Publish', input: { message: 'Order 7 is a week old.' }, state: 'Tell' }],
    noCalls: ['iam:*'],
    mails: [{ to: 'desk@example.com', subject: 'An order', body: ['Order 7', 'week'] }],
    account: [
      {
        service: 'sns',
        operation: 'ListSubscriptionsByTopic',
        input: { TopicArn: '${resources.Topic}' },
        output: { Subscriptions: [{ Endpoint: 'desk@example.com' }] },
      },
      { service: 'iam', operation: 'GetUser', input: { UserName: 'nobody' }, error: 'NoSuchEntity' },
    ],
  },
};

test('a case that says all there is to say passes, with its seven days beside the seconds it took', async () => {
  write('all.test.json', [completeCase]);
  const { code, out, err } = await riposteTest();
  assert.equal(code, 0, out + err);
  assert.match(out, /✔ a reminder {2}7 d 0 h in \d+\.\d s\n1 passed, 0 failed/);
});

test('an event starts what its rule says, from the file itself, from YAML, and with changes', async () => {
  writeFileSync(join(folder, 'order.json'), JSON.stringify(ORDER));
  write(
    'events.test.yaml',
    `
- { name: a file, event: ../order.json, expect: &seven { output: { order: 7 }, mails: 1 } }
- { name: itself, event: { source: shop, detail-type: Order, detail: { order: 7 } }, expect: *seven }
- name: with a change
  event: { file: ../order.json, change: { detail: { order: 8 } } }
  expect: { output: { order: 8 }, mails: [{ subject: SIMULATED }] }
- { name: two of them, event: [../order.json, ../order.json], expect: { started: 2, mails: 2 } }
- { name: another, event: { file: ../order.json, change: { source: other } }, expect: { started: 0 } }
`,
  );
  const { code, out } = await riposteTest();
  assert.equal(code, 0, out);
  assert.match(out, /5 passed, 0 failed/);
});

test('parameters go to the template, and a starting state is made before', async () => {
  const user = { service: 'iam', operation: 'CreateUser', input: { UserName: 'ann' } };
  write('given.test.json', {
    ...STARTED,
    parameters: { Subject: 'Remember' },
    account: [
      { ...user, save: 'ann' },
      { ...user, error: 'EntityAlreadyExists' },
    ],
    input: { detail: { order: '${ann.User}', text: '$${ann}' } },
    expect: {
      output: { order: { UserName: 'ann', Arn: 'arn:aws:iam::${account}:user/ann' } },
      mails: [{ subject: 'Remember' }],
    },
  });
  const { code, out } = await riposteTest();
  assert.equal(code, 0, out);
});

test('simulated time passes between events, exactly as much as is said', async () => {
  const day = 86_400;
  write('pause.test.json', {
    name: 'two orders',
    event: [ORDER, { waitSeconds: 3 * day }, { ...ORDER, detail: { order: 8 } }, { waitSeconds: 5 * day }],
    after: 0,
    expect: {
      executions: {
        Remind: [{ status: 'SUCCEEDED', output: { order: 7 }, tookSeconds: 7 * day }, { status: 'RUNNING' }],
      },
    },
  });
  const { code, out } = await riposteTest();
  assert.equal(code, 0, out);
  assert.match(out, /two orders {2}8 d 0 h/);
});

test('buckets hold at first what a folder or the case says, and are looked at afterwards', async () => {
  cpSync(join(import.meta.dirname, 'playbooks', 'copies'), folder, { recursive: true });
  mkdirSync(join(folder, 'given', 'in'), { recursive: true });
  writeFileSync(join(folder, 'given', 'in', 'a.json'), '{"order":7}');
  const copies = { machine: 'Copy', input: { from: 'given', key: 'in/a.json' } };
  const put = { service: 's3', operation: 'PutObject', input: { Bucket: 'given', Key: 'b', Body: 'later' } };
  write('buckets.test.json', [
    {
      ...copies,
      name: 'a folder',
      buckets: { given: '../given', Copies: { 'old.txt': 'kept', 'gone.json': {} } },
      expect: { buckets: { Copies: { 'in/a.json': { order: 7 }, 'old.txt': 'kept' } } },
    },
    {
      ...copies,
      name: 'objects',
      buckets: { given: { 'in/a.json': { order: '${account}', more: 1 }, b: 'first' } },
      account: [put],
      expect: {
        buckets: {
          Copies: { 'in/a.json': { order: '${account}' }, 'old.txt': null },
          given: { b: 'later' },
        },
      },
    },
  ]);
  const { code, out } = await riposteTest();
  assert.equal(code, 0, out);
  assert.equal(readFileSync(join(folder, 'given', 'in', 'a.json'), 'utf8'), '{"order":7}');
});

test('objects that are not as expected fail the case, each with what was seen', async () => {
  cpSync(join(import.meta.dirname, 'playbooks', 'copies'), folder, { recursive: true });
  write('objects.test.json', {
    name: 'objects',
    machine: 'Copy',
    input: { from: 'given', key: 'a' },
    buckets: { given: { a: 'text' } },
    expect: { buckets: { given: { a: { order: 7 }, b: {} }, Copies: { a: null }, nowhere: { c: 'x' } } },
  });
  const { code, out } = await riposteTest();
  assert.equal(code, 1);
  assert.match(out, /buckets\.given a: expected \{"order":7\}, seen "text"/);
  assert.match(out, /buckets\.given b: there is no such object/);
  assert.match(out, /buckets\.Copies a: expected no such object, seen "text"/);
  assert.match(out, /buckets\.nowhere c: there is no such object/);
});

test('a TypeScript file may compute its cases', async () => {
  write(
    'computed.test.ts',
    `export default [1, 2].map((order: number) => ({
       name: 'order ' + order, machine: 'Remind', input: { detail: { order } },
       expect: { output: { order } },
     }));`,
  );
  assert.match((await riposteTest()).out, /2 passed, 0 failed/);
});

test('mocks stand for attempts one by one, and real work may follow', async () => {
  write('mocks.test.json', [
    {
      ...STARTED,
      mocks: { Tell: [{ throw: { error: 'SNS.ThrottledException' } }, { run: true }] },
      expect: { status: 'SUCCEEDED', tookSeconds: 604_810, mails: 1 },
    },
    {
      ...STARTED,
      name: 'returns',
      mocks: { Tell: { return: 'told' } },
      expect: { output: { told: 'told' }, mails: 0 },
    },
    {
      ...STARTED,
      name: 'throws',
      mocks: { Tell: { throw: { error: 'SNS.ThrottledException', cause: 'too fast' } } },
      expect: { status: 'FAILED', error: 'SNS.ThrottledException', tookSeconds: 604_830 },
    },
  ]);
  const { code, out } = await riposteTest();
  assert.equal(code, 0, out);
});

const WRONG: Record<string, [expect: object, said: RegExp]> = {
  status: [{ status: 'FAILED' }, /status: expected "FAILED", seen "SUCCEEDED"/],
  path: [{ path: ['InSeconds', 'Tell'] }, /path: step 2: expected Tell, seen WaitAWeek/],
  'path too long': [{ path: ['InSeconds'] }, /path: step 2: expected the end, seen WaitAWeek/],
  pathContains: [{ pathContains: ['Tell', 'WaitAWeek'] }, /WaitAWeek was not entered after those before it/],
  pathLacks: [{ pathLacks: ['Tell'] }, /Tell was entered/],
  output: [{ output: { order: 8 } }, /output: at \.order: expected 8, seen 7/],
  error: [{ error: 'Oops' }, /error: expected "Oops", seen nothing/],
  tookSeconds: [{ tookSeconds: 1 }, /tookSeconds: expected 1, seen 604800/],
  started: [{ started: 2 }, /started: expected 2, seen 1: Remind/],
  executions: [{ executions: { Other: {} } }, /executions\.Other: expected 1, seen 0 of Remind/],
  calls: [{ calls: ['iam:GetUser'] }, /calls: \[0\] "iam:GetUser" was not made/],
  'input of a call': [
    { calls: [{ call: 'sns:Publish', input: { subject: 'Else' } }] },
    /expected "Else", seen "An order"/,
  ],
  'error of a call': [{ calls: [{ call: 'sns:Publish', error: 'AccessDenied' }] }, /seen an answer/],
  'order of calls': [{ calls: ['sns:Publish', 'sns:Publish'] }, /\[1\] "sns:Publish" was not made after/],
  noCalls: [{ noCalls: ['sns:*'] }, /noCalls: sns:Publish was called/],
  mails: [{ mails: 0 }, /mails: expected 0, seen 1: An order/],
  'body of a mail': [{ mails: [{ body: 'Order 8' }] }, /the body lacks "Order 8"/],
  'reader of a mail': [{ mails: [{ to: 'a@example.com' }] }, /it went to desk@example.com/],
  account: [
    { account: [{ service: 'iam', operation: 'ListUsers', output: { Users: [{}] } }] },
    /account iam:ListUsers: at \.Users: 1 items expected, 0 seen/,
  ],
  'account without error': [
    { account: [{ service: 'iam', operation: 'ListUsers', error: 'NoSuchEntity' }] },
    /expected the error NoSuchEntity/,
  ],
};

test('each kind of expectation that does not hold fails its case with what was expected and seen', async () => {
  write(
    'wrong.test.json',
    Object.entries(WRONG).map(([name, [expect]]) => Object.assign({}, STARTED, { name, expect })),
  );
  const { code, out } = await riposteTest();
  assert.equal(code, 1);
  assert.match(out, new RegExp(`0 passed, ${Object.keys(WRONG).length} failed`));
  for (const [name, [, said]] of Object.entries(WRONG)) {
    const block = out.split('  ✘ ').find((part) => part.startsWith(`${name}  `)) ?? '';
    assert.match(block, said, name);
    assert.match(block, /Remind SUCCEEDED: InSeconds → WaitAWeek → Tell\n/, name);
    assert.match(block, /calls made:\n +Tell {2}sns:Publish\n/, name);
  }
});

test('an event that starts nothing fails a case that expects an execution', async () => {
  write('none.test.json', {
    name: 'x',
    event: { ...ORDER, source: 'else' },
    expect: { status: 'SUCCEEDED' },
  });
  const { code, out } = await riposteTest();
  assert.equal(code, 1);
  assert.match(out, /execution: no execution was started/);
});

test('a mock of a state that is not there does not go unnoticed', async () => {
  write('mock.test.json', { ...STARTED, mocks: { Tel: { return: 1 } }, expect: { status: 'SUCCEEDED' } });
  const { code, out } = await riposteTest();
  assert.equal(code, 1);
  assert.match(out, /mocks\.Tel: the work of such a state was never asked for/);
});

test('broken files are named with their place, all at once, and nothing is run', async () => {
  write('not.test.json', '{');
  write('not.test.yaml', '- name: [a');
  write('empty.test.yaml', '');
  write('throws.test.ts', 'throw new Error("no cases today");');
  write('slips.test.json', [
    { name: 'typo', machine: 'Remind', expect: { stauts: 'SUCCEEDED' } },
    { name: 'neither', expect: { status: 'SUCCEEDED' } },
    { name: 'nothing', machine: 'Remind', expect: {} },
    { name: 'pause', event: [ORDER, { waitSeconds: -1 }], buckets: { given: 7 }, expect: { started: 1 } },
    { name: 'only a pause', event: { waitSeconds: 1 }, expect: { started: 1 } },
    { name: 'nothing', machine: 'Remind', expect: { calls: ['DeleteKey'] }, mocks: { Tell: { returns: 1 } } },
  ]);
  const { code, out, err } = await riposteTest();
  assert.equal(code, 2);
  assert.equal(out, '');
  for (const said of [
    /tests\/not\.test\.json: .*JSON/,
    /tests\/not\.test\.yaml: .*at line 1/,
    /tests\/empty\.test\.yaml: it holds no case/,
    /tests\/throws\.test\.ts: no cases today/,
    /slips\.test\.json: case 1 \(typo\): expect\.stauts is not known here; there are status/,
    /case 2 \(neither\): a case has either event or machine/,
    /case 3 \(nothing\): expect is empty/,
    /case 4 \(pause\): event\[1\]\.waitSeconds must be a number above 0/,
    /case 4 \(pause\): buckets\.given must be a folder, or objects by their keys/,
    /case 5 \(only a pause\): event must be a file/,
    /case 6 \(nothing\): expect\.calls\[0\] must be service:Operation/,
    /case 6 \(nothing\): mocks\.Tell must be one of return/,
    /case 6 \(nothing\): another case of this file has the same name/,
  ])
    assert.match(err, said);
});

test('a case that cannot be carried out is broken, not failed', async () => {
  const expect = { status: 'SUCCEEDED' };
  write('broken.test.json', [
    { ...STARTED, name: 'reference', input: { order: '${nobody.Name}' }, expect },
    { ...STARTED, name: 'machine', machine: 'Remember', expect },
    { name: 'file', event: '../missing.json', expect },
    { ...STARTED, name: 'folder', buckets: { given: '../missing' }, expect },
    { ...STARTED, name: 'key', buckets: { given: { '../a': '' } }, expect },
    {
      ...STARTED,
      name: 'state',
      account: [{ service: 'iam', operation: 'DeleteUser', input: { UserName: 'x' } }],
      expect,
    },
  ]);
  const { code, out } = await riposteTest();
  assert.equal(code, 2);
  assert.match(out, /\$\{nobody\.Name\} names nothing: there is no nobody\. Known are account, region/);
  assert.match(out, /no state machine Remember; it has Remind/);
  assert.match(out, /The event \.\.\/missing\.json cannot be read/);
  assert.match(out, /The starting state: iam:DeleteUser was answered with NoSuchEntity/);
  assert.match(
    out,
    /The starting state of the bucket given: there is no folder \.\.\/missing beside the test file/,
  );
  assert.match(out, /The starting state of the bucket given: .*\.\./);
  assert.match(out, /6 broken/);
});

test('JUnit and JSON tell the same, and hostile names do not break the XML', async () => {
  write('mixed.test.json', [
    { ...STARTED, name: 'good', expect: { status: 'SUCCEEDED' } },
    { ...STARTED, name: 'bad <&"\u0007> ]]>', expect: { status: 'FAILED' } },
    { ...STARTED, name: 'broken', machine: 'None', expect: { status: 'FAILED' } },
  ]);
  const file = join(folder, 'junit.xml');
  const { code, out } = await riposteTest('--junit', file, '--json');
  assert.equal(code, 2);
  const rows = JSON.parse(out) as { name: string; verdict: string; virtualSeconds: number }[];
  assert.deepEqual(
    rows.map(({ verdict }) => verdict),
    ['passed', 'failed', 'broken'],
  );
  assert.equal(rows[0]?.virtualSeconds, 604_800);
  const xml = readFileSync(file, 'utf8');
  assert.deepEqual(tagsOf(xml), [
    'testsuites',
    'testsuite',
    'testcase',
    'testcase',
    'failure',
    'testcase',
    'error',
  ]);
  assert.match(xml, /<testsuites name="riposte test" tests="3" failures="1" errors="1" time="[\d.]+">/);
  assert.match(xml, /name="bad &lt;&amp;&quot;\uFFFD&gt; \]\]&gt;"/);
});

/** Names of the elements in order. Fails unless every element is closed in turn and nothing else is left over. */
function tagsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  const rest = xml
    .replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>/, '')
    .replaceAll(
      /<(\/?)(\w+)((?: \w+="[^"<]*")*)(\/?)>/g,
      (_tag, closing: string, name: string, _members, empty: string) => {
        if (closing !== '') assert.equal(open.pop(), name);
        else names.push(name);
        if (closing === '' && empty === '') open.push(name);
        return '';
      },
    );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]|&(?!amp;|lt;|gt;|quot;)/);
  return names;
}

test('--filter runs the cases of that name only', async () => {
  write('two.test.json', [
    { ...STARTED, name: 'one', expect: { status: 'SUCCEEDED' } },
    { ...STARTED, name: 'two', expect: { status: 'FAILED' } },
  ]);
  assert.match((await riposteTest('--filter', 'one')).out, /1 passed, 0 failed/);
  const none = await riposteTest('--filter', 'three');
  assert.match(none.out, /No case has “three” in its name/);
  assert.equal(none.code, 3);
});

test('a playbook without tests says where they would lie; a folder that is none is refused', async () => {
  const { code, out } = await riposteTest();
  assert.equal(code, 3);
  assert.match(out, /No tests yet\. .*tests\/NAME\.test\.yaml/);
  const missing = await riposteTest(join(folder, 'nowhere'));
  assert.equal(missing.code, 2);
  assert.match(missing.err, /There is no folder .*nowhere/);
});
