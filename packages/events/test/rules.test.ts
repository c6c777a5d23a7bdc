import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Target } from '@riposte/events';
import { ACCOUNT, inWorld, REGION, START_MS } from './world.ts';

const PATTERN = '{"source":["test"]}';
const FUNCTION = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;

function refusal(code: string, message: string | RegExp): { code: string; message: string | RegExp } {
  return { code, message };
}

test(
  'the default bus is always there, others are made, listed by page and deleted',
  inWorld(async ({ service }) => {
    const arn = (name: string): string => `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/${name}`;
    assert.deepEqual(await service.describeEventBus(REGION), {
      Name: 'default',
      Arn: arn('default'),
      creationTimeMs: START_MS,
      lastModifiedTimeMs: START_MS,
    });
    const made = await service.createEventBus(REGION, { Name: 'b', Description: 'second' });
    assert.deepEqual(made, { EventBusArn: arn('b') });
    await service.createEventBus(REGION, { Name: 'a' });
    const first = await service.listEventBuses(REGION, { Limit: 2 });
    const second = await service.listEventBuses(REGION, { Limit: 2, NextToken: first.NextToken ?? '' });
    assert.deepEqual(
      [first, second].map((page) => page.EventBuses.map(({ Name }) => Name)),
      [['a', 'b'], ['default']],
    );
    assert.equal(second.NextToken, undefined);
    assert.equal((await service.describeEventBus(REGION, arn('b'))).Description, 'second');
    await service.deleteEventBus(REGION, 'b');
    await service.deleteEventBus(REGION, 'b');
    await assert.rejects(
      service.describeEventBus(REGION, 'b'),
      refusal('ResourceNotFoundException', 'Event bus b does not exist.'),
    );
  }),
);

test(
  'buses are refused in the service’s words',
  inWorld(async ({ service }) => {
    await service.createEventBus(REGION, { Name: 'a' });
    for (const Name of ['a', 'default'])
      await assert.rejects(
        service.createEventBus(REGION, { Name }),
        refusal('ResourceAlreadyExistsException', `Event bus ${Name} already exists.`),
      );
    await assert.rejects(service.createEventBus(REGION, { Name: 'x/y' }), /must not contain '\/'/);
    await assert.rejects(
      service.createEventBus(REGION, { Name: 'no blank' }),
      refusal(
        'ValidationException',
        "1 validation error detected: Value 'no blank' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [/\\.\\-_A-Za-z0-9]+",
      ),
    );
    await assert.rejects(service.deleteEventBus(REGION, 'default'), /Cannot delete event bus default\./);
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN, EventBusName: 'a' });
    await assert.rejects(service.deleteEventBus(REGION, 'a'), /since it has rules: r/);
  }),
);

test(
  'PutRule resets what it leaves out and keeps the targets',
  inWorld(async ({ service }) => {
    const rule = { Name: 'r', EventPattern: PATTERN };
    const { RuleArn } = await service.putRule(REGION, { ...rule, Description: 'old', State: 'DISABLED' });
    await service.putTargets(REGION, 'r', [{ Id: '1', Arn: FUNCTION }]);
    await service.putRule(REGION, rule);
    assert.deepEqual(await service.describeRule(REGION, 'r'), {
      Name: 'r',
      Arn: RuleArn,
      EventBusName: 'default',
      EventPattern: PATTERN,
      State: 'ENABLED',
      CreatedBy: ACCOUNT,
    });
    assert.equal((await service.listTargetsByRule(REGION, 'r')).length, 1);
  }),
);

test(
  'rules are switched off and on, listed, and deleted once they have no targets',
  inWorld(async (world) => {
    const { service } = world;
    await world.rule('r', { source: ['test'] });
    await service.setRuleState(REGION, 'r', false);
    assert.equal((await service.describeRule(REGION, 'r')).State, 'DISABLED');
    await world.put('Order');
    await service.setRuleState(REGION, 'r', true);
    await world.put('Order');
    const events = (await service.searchEvents({}, { limit: 2 })).events;
    assert.deepEqual(
      events.map(({ matchedRuleArns }) => matchedRuleArns.length),
      [1, 0],
    );
    await assert.rejects(
      service.deleteRule(REGION, 'r'),
      refusal('ValidationException', "Rule can't be deleted since it has targets."),
    );
    assert.deepEqual(await service.removeTargets(REGION, 'r', ['target', 'unknown']), []);
    await service.deleteRule(REGION, 'r');
    await service.deleteRule(REGION, 'r');
    assert.deepEqual((await service.listRules(REGION, {})).Rules, []);
  }),
);

test(
  'rules are refused in the service’s words',
  inWorld(async ({ service }) => {
    const put = (input: object): Promise<unknown> => service.putRule(REGION, { Name: 'r', ...input });
    await assert.rejects(put({}), /Parameter\(s\) EventPattern or ScheduleExpression must be specified\./);
    await assert.rejects(
      put({ EventPattern: '{"a":[]}' }),
      refusal(
        'InvalidEventPatternException',
        'Event pattern is not valid. Reason: Empty arrays are not allowed',
      ),
    );
    await assert.rejects(
      put({ ScheduleExpression: 'rate(1 days)' }),
      refusal('ValidationException', 'Parameter ScheduleExpression is not valid.'),
    );
    await assert.rejects(
      put({ EventPattern: PATTERN, State: 'ON' }),
      /satisfy enum value set: \[ENABLED, DISABLED,/,
    );
    await assert.rejects(
      put({ Name: 'a b', EventPattern: PATTERN, Description: 'x'.repeat(513) }),
      /^ValidationException: 2 validation errors detected: .*; Value /,
    );
    await service.createEventBus(REGION, { Name: 'b' });
    await assert.rejects(
      put({ ScheduleExpression: 'rate(1 day)', EventBusName: 'b' }),
      refusal('ValidationException', 'ScheduleExpression is supported only on the default event bus.'),
    );
    await assert.rejects(put({ EventPattern: PATTERN, EventBusName: 'c' }), /Event bus c does not exist\./);
    await assert.rejects(
      service.describeRule(REGION, 'none'),
      refusal('ResourceNotFoundException', 'Rule none does not exist on EventBus default.'),
    );
  }),
);

test(
  'changes at the same time do not lose each other',
  inWorld(async ({ service }) => {
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN });
    await Promise.all(
      ['1', '2', '3', '4', '5'].map((Id) => service.putTargets(REGION, 'r', [{ Id, Arn: FUNCTION }])),
    );
    assert.equal((await service.listTargetsByRule(REGION, 'r')).length, 5);
    await assert.rejects(
      service.putTargets(REGION, 'r', [{ Id: '6', Arn: FUNCTION }]),
      refusal('LimitExceededException', 'The requested resource exceeds the maximum number allowed.'),
    );
    assert.deepEqual(await service.listRuleNamesByTarget(REGION, FUNCTION), ['r']);
  }),
);

test(
  'targets that cannot be reached from here fail one by one, by name',
  inWorld(async ({ service }) => {
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN });
    const failed = await service.putTargets(REGION, 'r', [
      { Id: 'stream', Arn: `arn:aws:kinesis:${REGION}:${ACCOUNT}:stream/s` },
      { Id: 'fifo', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q.fifo` },
      { Id: 'queue', Arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:q` },
      { Id: 'function', Arn: FUNCTION },
      { Id: 'topic', Arn: `arn:aws:sns:${REGION}:${ACCOUNT}:t` },
    ]);
    assert.deepEqual(
      failed.map(({ TargetId, ErrorCode }) => [TargetId, ErrorCode]),
      [
        ['stream', 'ValidationException'],
        ['fifo', 'ValidationException'],
      ],
    );
    assert.match(
      failed[0]?.ErrorMessage ?? '',
      /^Targets of the kind kinesis are not supported yet by this server\./,
    );
    assert.match(failed[1]?.ErrorMessage ?? '', /is a FIFO queue\. This server has standard queues only\./);
    assert.deepEqual(
      (await service.listTargetsByRule(REGION, 'r')).map(({ Id }) => Id),
      ['queue', 'function', 'topic'],
    );
  }),
);

test(
  'event buses are targets in their own account, other than the rule’s own, and get the event as it is',
  inWorld(async ({ service }) => {
    const arn = (name: string, account = ACCOUNT): string =>
      `arn:aws:events:${REGION}:${account}:event-bus/${name}`;
    await service.createEventBus(REGION, { Name: 'own' });
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN, EventBusName: 'own' });
    const cases: [Omit<Target, 'Id'>, RegExp][] = [
      [{ Arn: arn('own') }, /is the rule's own\. Events cannot be forwarded to the bus they came from/],
      [{ Arn: arn('other', '999999999999') }, /belongs to another account/],
      [{ Arn: arn('other'), Input: '{}' }, /a bus gets the event as it is/],
      [{ Arn: arn('other'), InputPath: '$.detail' }, /a bus gets the event as it is/],
    ];
    for (const [target, message] of cases) {
      const [failed] = await service.putTargets(REGION, 'r', [{ Id: 't', ...target }], 'own');
      assert.equal(failed?.ErrorCode, 'ValidationException', target.Arn);
      assert.match(failed.ErrorMessage ?? '', message);
    }
    assert.deepEqual(await service.putTargets(REGION, 'r', [{ Id: 't', Arn: arn('default') }], 'own'), []);
  }),
);

const HEADER_NAME = "^[!#$%&'*+-.^_`|~0-9a-zA-Z]+$";
const HEADER_VALUE = String.raw`^[ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*$`;

test(
  'what a target adds to a request is refused where it can be part of none',
  inWorld(async ({ service }) => {
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN });
    const put = (HttpParameters: NonNullable<Target['HttpParameters']>): Promise<unknown> =>
      service.putTargets(REGION, 'r', [{ Id: 't', Arn: FUNCTION, HttpParameters }]);
    const most = { max: 'Member must have length less than or equal to 512, ' };
    const must = (what: string, pattern: string, { max = '' } = {}) =>
      `${what} must satisfy constraint: [${max}Member must satisfy regular expression pattern: ${pattern}]`;
    const cases: [NonNullable<Target['HttpParameters']>, string, string, string][] = [
      [
        { HeaderParameters: { 'a b': 'c', d: 'e' } },
        '{a b=c, d=e}',
        'headerParameters',
        must('Map keys', HEADER_NAME, most),
      ],
      [
        { HeaderParameters: { a: 'b\r\nc: d' } },
        '{a=b\r\nc: d}',
        'headerParameters',
        must('Map value', HEADER_VALUE, most),
      ],
      [{ HeaderParameters: { a: 'é' } }, '{a=é}', 'headerParameters', must('Map value', HEADER_VALUE, most)],
      [
        { HeaderParameters: { a: `${' '.repeat(512)}x` } },
        `{a=${' '.repeat(512)}x}`,
        'headerParameters',
        must('Map value', HEADER_VALUE, most),
      ],
      [
        { QueryStringParameters: { 'a\n': 'b' } },
        '{a\n=b}',
        'queryStringParameters',
        must('Map keys', String.raw`[^\x00-\x1F\x7F]+`, most),
      ],
      [
        { QueryStringParameters: { a: '' } },
        '{a=}',
        'queryStringParameters',
        must('Map value', String.raw`[^\x00-\x09\x0B\x0C\x0E-\x1F\x7F]+`, most),
      ],
      [
        { PathParameterValues: ['a', ' '] },
        '[a,  ]',
        'pathParameterValues',
        must('Member', String.raw`^(?!\s*$).+`),
      ],
    ];
    for (const [parameters, shown, member, rule] of cases)
      await assert.rejects(
        put(parameters),
        refusal(
          'ValidationException',
          `1 validation error detected: Value '${shown}' at 'targets.1.member.httpParameters.${member}' failed to satisfy constraint: ${rule}`,
        ),
      );
    await put({
      PathParameterValues: ['$.detail.id', 'ä'],
      HeaderParameters: { 'X-Id': '\ta \t b ', Other: '$.detail.id' },
      QueryStringParameters: { ä: 'two\r\nlines' },
    });
  }),
);

test(
  'targets are refused in the service’s words',
  inWorld(async ({ service }) => {
    await service.putRule(REGION, { Name: 'r', EventPattern: PATTERN });
    const put = (target: Partial<Target>): Promise<unknown> =>
      service.putTargets(REGION, 'r', [{ Id: 't', Arn: FUNCTION, ...target }]);
    await assert.rejects(
      put({ Id: '!@#' }),
      refusal(
        'ValidationException',
        "1 validation error detected: Value '!@#' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
      ),
    );
    await assert.rejects(
      put({ Input: '{}', InputPath: '$.detail' }),
      refusal(
        'ValidationException',
        'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
      ),
    );
    await assert.rejects(put({ Input: '{' }), /JSON syntax error in input for target t\./);
    await assert.rejects(
      put({ InputTransformer: { InputPathsMap: {}, InputTemplate: '"<x>"' } }),
      refusal('ValidationException', 'InputTemplate for target t contains invalid placeholder x.'),
    );
    await assert.rejects(put({ Arn: 'function' }), /Provided Arn is not in correct format\./);
    await assert.rejects(put({ RetryPolicy: { MaximumRetryAttempts: 186 } }), /less than or equal to 185/);
    await assert.rejects(
      put({ Arn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:m` }),
      /RoleArn is required for target arn:aws:states:/,
    );
    await assert.rejects(
      service.putTargets(REGION, 'none', [{ Id: 't', Arn: FUNCTION }]),
      refusal('ResourceNotFoundException', 'Rule none does not exist on EventBus default.'),
    );
  }),
);

test(
  'TestEventPattern wants a pattern and a whole event',
  inWorld(async ({ service }) => {
    const event = {
      id: '1',
      account: ACCOUNT,
      source: 'test',
      time: '2026-01-31T12:00:00Z',
      region: REGION,
      resources: [],
      'detail-type': 'Order',
    };
    assert.equal(service.testEventPattern(PATTERN, JSON.stringify(event)), true);
    assert.equal(service.testEventPattern('{"source":["x"]}', JSON.stringify(event)), false);
    for (const bad of ['text', '[]', '"x"', '{"id":"1"}'])
      assert.throws(
        () => service.testEventPattern(PATTERN, bad),
        /^ValidationException: Parameter Event is not valid\./,
      );
    assert.throws(
      () => service.testEventPattern('{}', JSON.stringify(event)),
      /^InvalidEventPatternException: /,
    );
  }),
);

test(
  'read-only calls in the trail are seen only by rules that ask for them',
  inWorld(async (world) => {
    const pattern = { 'detail-type': ['AWS API Call via CloudTrail'] };
    await world.rule('ordinary', pattern);
    await world.service.putRule(REGION, {
      Name: 'all',
      EventPattern: JSON.stringify(pattern),
      State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    });
    const matching = async (readOnly: boolean): Promise<string[]> => {
      const event = { source: 'aws.iam', 'detail-type': 'AWS API Call via CloudTrail', detail: { readOnly } };
      const { rules } = await world.service.injectEvent(REGION, event, { simulated: false });
      return rules.filter(({ matched }) => matched).map(({ ruleName }) => ruleName);
    };
    assert.deepEqual(await matching(true), ['all']);
    assert.deepEqual(await matching(false), ['all', 'ordinary']);
  }),
);

test(
  'a stored pattern that is not valid any more does not stop the other rules',
  inWorld(async (world) => {
    await world.rule('good', { source: ['test'] });
    const stored = await world.store.rule({ region: REGION, eventBusName: 'default', name: 'good' });
    assert.ok(stored);
    await world.store.putRule({ ...stored, rule: { ...stored.rule, Name: 'bad', EventPattern: '{}' } });
    const event = { source: 'test', 'detail-type': 'Order', detail: {} };
    const { rules } = await world.service.injectEvent(REGION, event, { simulated: false });
    assert.deepEqual(
      rules.map(({ ruleName, explanation }) => [ruleName, explanation]),
      [
        ['bad', "The rule's pattern is not valid: Empty objects are not allowed"],
        ['good', 'source is as the pattern wants it.'],
      ],
    );
  }),
);
