/** Checks what a test file holds against the shape of `TestCase`, so that a slip of the pen is no passing test. */
type Check = (value: unknown, at: string) => string[];

const isMembers = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const anything: Check = () => [];
const ofType =
  (type: 'string' | 'number', words: string): Check =>
  (value, at) =>
    typeof value === type ? [] : [`${at} must be ${words}`];
const text = ofType('string', 'a text');
const number = ofType('number', 'a number');
const members: Check = (value, at) => (isMembers(value) ? [] : [`${at} must be an object`]);
const listOf =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value)
      ? value.flatMap((item, index) => check(item, `${at}[${index}]`))
      : [`${at} must be a list`];
const mapOf =
  (check: Check): Check =>
  (value, at) =>
    isMembers(value)
      ? Object.entries(value).flatMap(([name, member]) => check(member, `${at}.${name}`))
      : [`${at} must be an object`];
const oneOrMore =
  (check: Check): Check =>
  (value, at) =>
    Array.isArray(value) ? listOf(check)(value, at) : check(value, at);

function shape(known: Record<string, Check>, ...required: string[]): Check {
  return (value, at) => {
    if (!isMembers(value)) return [`${at} must be an object`];
    const prefix = at === '' ? '' : `${at}.`;
    return [
      ...required.filter((name) => value[name] === undefined).map((name) => `${prefix}${name} is missing`),
      ...Object.entries(value).flatMap(([name, member]) =>
        Object.hasOwn(known, name)
          ? (known[name]?.(member, `${prefix}${name}`) ?? [])
          : [`${prefix}${name} is not known here; there are ${Object.keys(known).join(', ')}`],
      ),
    ];
  };
}

const call: Check = (value, at) =>
  typeof value === 'string' && /^[a-z][\w-]*:(\w+|\*)$/.test(value)
    ? []
    : [`${at} must be service:Operation, such as iam:DeleteAccessKey`];
const apiCall = { service: text, operation: text, input: members };
const execution = {
  status: text,
  path: listOf(text),
  pathContains: listOf(text),
  pathLacks: listOf(text),
  output: anything,
  error: text,
  tookSeconds: ((value, at) =>
    typeof value === 'number' ? [] : shape({ atLeast: number, atMost: number })(value, at)) satisfies Check,
};
const callExpected: Check = (value, at) =>
  typeof value === 'string'
    ? call(value, at)
    : shape({ call, input: anything, error: text, state: text }, 'call')(value, at);
const mailsExpected: Check = (value, at) =>
  typeof value === 'number'
    ? []
    : listOf(shape({ to: text, subject: oneOrMore(text), body: oneOrMore(text) }))(value, at);
const mockedAttempt: Check = (value, at) => {
  if (isMembers(value) && Object.keys(value).length === 1) {
    if ('return' in value || value['run'] === true) return [];
    if ('throw' in value) return shape({ error: text, cause: text }, 'error')(value['throw'], `${at}.throw`);
  }
  return [`${at} must be one of return: VALUE, throw: { error, cause }, run: true`];
};
const eventSource: Check = (value, at) => {
  if (typeof value === 'string' || (isMembers(value) && 'source' in value)) return [];
  if (isMembers(value) && 'file' in value) return shape({ file: text, change: members }, 'change')(value, at);
  if (isMembers(value) && 'sample' in value)
    return shape({
      sample: text,
      accessKeyIds: listOf(text),
      userName: text,
      account: text,
      entities: listOf(text),
      communicationId: text,
      pages: number,
      page: number,
      backup: anything,
      withBackup: anything,
      times: number,
      closed: anything,
    })(value, at);
  return [`${at} must be a file, { file, change }, { sample }, or an event with its source`];
};

const pause: Check = (value, at) =>
  shape({
    waitSeconds: (seconds, place) => (isDuration(seconds) ? [] : [`${place} must be a number above 0`]),
  })(value, at);
const isDuration = (value: unknown): boolean =>
  typeof value === 'number' && value > 0 && Number.isFinite(value);
const eventOrPause: Check = (value, at) =>
  isMembers(value) && 'waitSeconds' in value && !('source' in value)
    ? pause(value, at)
    : eventSource(value, at);
const events: Check = (value, at) =>
  Array.isArray(value) ? listOf(eventOrPause)(value, at) : eventSource(value, at);
const bucketContent: Check = (value, at) =>
  typeof value === 'string' || isMembers(value) ? [] : [`${at} must be a folder, or objects by their keys`];

const testCase = shape(
  {
    name: text,
    event: events,
    machine: text,
    input: anything,
    parameters: mapOf(anything),
    buckets: mapOf(bucketContent),
    account: listOf(shape({ ...apiCall, save: text, as: text, error: text }, 'service', 'operation')),
    mocks: mapOf((value, at) =>
      Array.isArray(value) && value.length === 0 ? [`${at} is empty`] : oneOrMore(mockedAttempt)(value, at),
    ),
    after: number,
    expect: shape({
      ...execution,
      started: number,
      executions: mapOf(oneOrMore(shape(execution))),
      calls: listOf(callExpected),
      noCalls: listOf(call),
      mails: mailsExpected,
      buckets: mapOf(members),
      account: listOf(shape({ ...apiCall, output: anything, error: text }, 'service', 'operation')),
    }),
  },
  'name',
  'expect',
);

/** @returns one sentence for each thing that is wrong, with its place in the case */
export function problemsOfTestCase(value: unknown): string[] {
  const problems = testCase(value, '');
  if (!isMembers(value)) return ['a case must be an object'];
  if ((value['event'] === undefined) === (value['machine'] === undefined))
    problems.push('a case has either event or machine');
  if (value['input'] !== undefined && value['machine'] === undefined)
    problems.push('input goes with machine');
  if (isMembers(value['expect']) && Object.keys(value['expect']).length === 0)
    problems.push('expect is empty: the case would pass whatever happens');
  return problems;
}
