import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  InspectionDataRequest,
  InspectionDataResponse,
  StateTask,
  StateTest,
  StateTestReport,
  TaskEnd,
} from '@riposte/asl';
import { parseJson, StateTestRefusal, testState } from '@riposte/asl';
import type { Json } from '@riposte/asl';

const NOW_MS = Date.parse('2026-11-23T06:00:00Z');
const ROLE = 'arn:aws:iam::000000000000:role/Tester';
const LAMBDA = 'arn:aws:states:::lambda:invoke';

interface Outside {
  tasks: StateTask[];
  waits: number[];
  end: TaskEnd;
  isInTime: boolean;
  problem?: string;
  /** What a trace is told. */
  exchange?: { request: InspectionDataRequest; response: InspectionDataResponse };
}

function outside(change: Partial<Outside> = {}): Outside {
  return { tasks: [], waits: [], end: { kind: 'succeeded', output: '{}' }, isInTime: true, ...change };
}

function attempt(
  definition: Json,
  test: Partial<StateTest> = {},
  world = outside(),
): Promise<StateTestReport> {
  return testState(
    { definition: JSON.stringify(definition), ...test },
    {
      environment: { nowMs: NOW_MS, uuid: () => 'uuid', secret: () => 'secret', uniform: () => 0.5 },
      execution: {
        executionArn: 'arn:aws:states:us-east-1:000000000000:express:machine:run',
        name: 'run',
        startTimeMs: NOW_MS,
        stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
        stateMachineName: 'machine',
        region: 'us-east-1',
      },
      async runTask(task) {
        world.tasks.push(task);
        if (world.exchange) {
          task.trace?.requested(world.exchange.request);
          task.trace?.answered(world.exchange.response);
        }
        return world.end;
      },
      async waitUntil(ms) {
        world.waits.push(ms);
        return world.isInTime;
      },
      checkMockedResult: () => world.problem,
    },
  );
}

function refused(definition: Json, test: Partial<StateTest>, code: string, message: string | RegExp) {
  return assert.rejects(attempt(definition, test), (error) => {
    assert.ok(error instanceof StateTestRefusal);
    assert.equal(error.code, code);
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
}

const task = { Type: 'Task', Resource: LAMBDA, End: true };
const ENDPOINT = {
  ApiEndpoint: 'https://api.example.com/',
  Method: 'GET',
  Authentication: { ConnectionArn: 'arn:aws:events:us-east-1:000000000000:connection/api/1' },
};
const map = {
  Type: 'Map',
  ItemsPath: '$.hosts',
  ItemProcessor: { StartAt: 'Inner', States: { Inner: { Type: 'Pass', End: true } } },
  End: true,
};
const distributed = {
  ...map,
  ItemProcessor: {
    ...map.ItemProcessor,
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  },
};
const reader = (ReaderConfig: Json) => ({
  Resource: 'arn:aws:states:::s3:getObject',
  Parameters: { Bucket: 'b', Key: 'k' },
  ReaderConfig,
});
const parallel = {
  Type: 'Parallel',
  Branches: ['Left', 'Right'].map((name) => ({
    StartAt: name,
    States: { [name]: { Type: 'Pass', End: true } },
  })),
  End: true,
};
const failing = { errorOutput: { error: 'Quota', cause: 'Too many' } };

describe('a state by itself', () => {
  it('goes where its definition says, though nothing is there', async () => {
    const report = await attempt({ Type: 'Pass', Next: 'Elsewhere' }, { input: '{"a":[1,2]}' });
    assert.equal(report.status, 'SUCCEEDED');
    assert.equal(report.nextState, 'Elsewhere');
    assert.equal(report.output, '{"a": [1, 2]}');
  });

  it('shows its data at each stage', async () => {
    const state = {
      Type: 'Task',
      Resource: LAMBDA,
      InputPath: '$.in',
      Parameters: { 'p.$': '$.x' },
      ResultSelector: { 's.$': '$.r' },
      ResultPath: '$.out',
      OutputPath: '$.out',
      End: true,
    };
    const report = await attempt(state, { input: '{"in":{"x":1}}', mock: { result: '{"r":2}' } });
    assert.deepEqual(report, {
      status: 'SUCCEEDED',
      output: '{"s": 2}',
      inspectionData: {
        input: '{"in": {"x": 1}}',
        afterInputPath: '{"x": 1}',
        afterParameters: '{"p": 1}',
        result: '{"r": 2}',
        afterResultSelector: '{"s": 2}',
        afterResultPath: '{"in": {"x": 1}, "out": {"s": 2}}',
      },
    });
  });

  it('shows the Result of a Pass in the place of what it would have passed on', async () => {
    const { inspectionData } = await attempt({ Type: 'Pass', Result: 7, End: true });
    assert.deepEqual(inspectionData, {
      input: '{}',
      result: '7',
      afterResultSelector: '7',
      afterResultPath: '7',
    });
  });

  it('shows of a JSONata Task its arguments and its result', async () => {
    const state = {
      ...task,
      QueryLanguage: 'JSONata',
      Arguments: { n: '{% $states.input.n + 1 %}' },
      Output: '{% $states.result.m %}',
      Assign: { seen: '{% $old %}' },
    };
    const report = await attempt(state, {
      input: '{"n":1}',
      variables: '{"old":"before"}',
      mock: { result: '{"m":[true]}' },
    });
    assert.equal(report.output, '[true]');
    assert.deepEqual(report.inspectionData, {
      input: '{"n": 1}',
      afterArguments: '{"n": 2}',
      result: '{"m": [true]}',
      variables: '{"old": "before", "seen": "before"}',
    });
  });

  it('is found by its name in a machine, also inside a Map, whose item it sees', async () => {
    const inner = { Type: 'Pass', Parameters: { 'item.$': '$$.Map.Item.Value' }, End: true };
    const machine = {
      StartAt: 'Outer',
      States: { Outer: { ...map, ItemProcessor: { StartAt: 'Inner', States: { Inner: inner } } } },
    };
    const report = await attempt(machine, { stateName: 'Inner', input: '"web-1"' });
    assert.equal(report.output, '{"item": "web-1"}');
  });

  it('waits, and is timed out when the wait is too long for a test', async () => {
    const world = outside();
    const wait = { Type: 'Wait', Seconds: 90, End: true };
    assert.equal((await attempt(wait, {}, world)).status, 'SUCCEEDED');
    assert.deepEqual(world.waits, [NOW_MS + 90_000]);
    const late = await attempt(wait, {}, outside({ isInTime: false }));
    assert.deepEqual([late.status, late.error], ['FAILED', 'States.Timeout']);
  });

  it('does its work when nothing is mocked', async () => {
    const world = outside({ end: { kind: 'succeeded', output: '{"done":true}' } });
    const report = await attempt({ ...task, TimeoutSeconds: 9 }, { roleArn: ROLE, input: '{"a":1}' }, world);
    assert.equal(report.output, '{"done": true}');
    assert.deepEqual(world.tasks, [
      { stateName: 'StateName', resource: LAMBDA, parameters: '{"a":1}', timeoutSeconds: 9 },
    ]);
  });

  it('fails by what its work says, and by what its definition asks for', async () => {
    const end = { kind: 'failed', error: 'Broken', cause: 'A fuse' } as const;
    const broken = await attempt(task, { roleArn: ROLE }, outside({ end }));
    assert.deepEqual([broken.status, broken.error, broken.cause], ['FAILED', 'Broken', 'A fuse']);
    const astray = await attempt({ Type: 'Pass', InputPath: '$.gone', End: true });
    assert.deepEqual(
      [astray.status, astray.error, astray.cause],
      ['FAILED', 'States.Runtime', "Invalid path '$.gone' : No results for path: $['gone']"],
    );
  });

  it('runs every handler with a made-up context object', async () => {
    const report = await attempt(
      { ...task, Parameters: { 'c.$': '$$' } },
      { roleArn: ROLE, input: '{"a":1}', mock: { result: '{}' } },
    );
    assert.deepEqual(parseJson(report.inspectionData.afterParameters ?? ''), {
      c: {
        Execution: {
          Id: 'arn:aws:states:us-east-1:000000000000:express:machine:run',
          Input: { a: 1 },
          Name: 'run',
          RoleArn: ROLE,
          StartTime: '2026-11-23T06:00:00.000Z',
        },
        StateMachine: {
          Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
          Name: 'machine',
        },
        State: { Name: 'StateName', EnteredTime: '2026-11-23T06:00:00.000Z', RetryCount: 0 },
      },
    });
  });
});

describe('a mocked error', () => {
  const retriers = [
    { ErrorEquals: ['Other'] },
    { ErrorEquals: ['Quota'], IntervalSeconds: 3, BackoffRate: 2, MaxAttempts: 2 },
  ];
  const catchers = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Mend' }];

  it('is retried as often as its retrier says, each time after longer', async () => {
    const state = { ...task, Retry: retriers };
    for (const [made, seconds] of [3, 6].entries()) {
      const report = await attempt(state, { mock: failing, stateConfiguration: { retrierRetryCount: made } });
      assert.deepEqual([report.status, report.error], ['RETRIABLE', 'Quota']);
      assert.deepEqual(report.inspectionData.errorDetails, {
        retryIndex: 1,
        retryBackoffIntervalSeconds: seconds,
      });
    }
  });

  it('is caught when its retrier is used up', async () => {
    const report = await attempt(
      { ...task, Retry: retriers, Catch: catchers },
      { mock: failing, input: '{"a":1}', stateConfiguration: { retrierRetryCount: 2 } },
    );
    assert.equal(report.status, 'CAUGHT_ERROR');
    assert.equal(report.nextState, 'Mend');
    assert.deepEqual(parseJson(report.output ?? ''), {
      a: 1,
      error: { Error: 'Quota', Cause: 'Too many' },
    });
    assert.deepEqual(report.inspectionData.errorDetails, { retryIndex: 1, catchIndex: 0 });
  });

  it('is the end where nobody takes it, and where nobody may', async () => {
    const plain = await attempt(task, { mock: failing });
    assert.deepEqual([plain.status, plain.inspectionData.errorDetails], ['FAILED', undefined]);
    const fatal = await attempt(
      { ...task, Catch: catchers },
      { mock: { errorOutput: { error: 'States.Runtime' } } },
    );
    assert.equal(fatal.status, 'FAILED');
  });
});

describe('a mocked Map or Parallel', () => {
  const input = '{"hosts":["a","b","c"]}';
  const tolerant = { ...map, ToleratedFailureCount: 1, Retry: [{ ErrorEquals: ['States.ALL'] }] };

  it('shows its items, the input of each iteration, and its limits', async () => {
    const state = {
      ...map,
      MaxConcurrency: 2,
      ToleratedFailurePercentage: 50,
      ItemSelector: { 'host.$': '$$.Map.Item.Value', 'at.$': '$$.Map.Item.Index' },
    };
    const { output, inspectionData } = await attempt(state, { input, mock: { result: '[1,2,3]' } });
    assert.equal(output, '[1, 2, 3]');
    assert.deepEqual(inspectionData, {
      input: '{"hosts": ["a", "b", "c"]}',
      afterInputPath: '{"hosts": ["a", "b", "c"]}',
      afterItemsPath: '["a", "b", "c"]',
      afterItemSelector: '[{"host": "a", "at": 0}, {"host": "b", "at": 1}, {"host": "c", "at": 2}]',
      maxConcurrency: 2,
      toleratedFailurePercentage: 50,
      afterResultSelector: '[1, 2, 3]',
      afterResultPath: '[1, 2, 3]',
    });
  });

  it('fails when more iterations failed than it tolerates', async () => {
    const mock = { result: '[0,0,1]' };
    const count = (mapIterationFailureCount: number) => ({ mapIterationFailureCount });
    const within = await attempt(tolerant, { input, mock, stateConfiguration: count(1) });
    assert.equal(within.status, 'SUCCEEDED');
    const beyond = await attempt(tolerant, { input, mock, stateConfiguration: count(2) });
    assert.deepEqual(
      [beyond.status, beyond.error, beyond.cause],
      [
        'RETRIABLE',
        'States.ExceedToleratedFailureThreshold',
        'The specified tolerated failure threshold was exceeded',
      ],
    );
    const { ToleratedFailureCount: _, ...rest } = tolerant;
    const untold = await attempt(rest, { input, mock, stateConfiguration: count(3) });
    assert.equal(untold.status, 'SUCCEEDED', 'as recorded: a test is not held to the default of a run');
    const byShare = { ...rest, ToleratedFailurePercentage: 50 };
    assert.equal((await attempt(byShare, { input, mock, stateConfiguration: count(1) })).status, 'SUCCEEDED');
    assert.equal((await attempt(byShare, { input, mock, stateConfiguration: count(2) })).status, 'RETRIABLE');
  });

  it('fails when its tolerance is none', async () => {
    const state = { ...map, ToleratedFailurePercentagePath: '$.share' };
    for (const [share, cause] of [
      [
        '"many"',
        'The ToleratedFailurePercentagePath field refers to value "many" which is not a valid float: $.share',
      ],
      ['101', 'ToleratedFailurePercentage must be between 0 and 100.'],
    ] as const) {
      const report = await attempt(state, { input: `{"hosts":[],"share":${share}}`, mock: { result: '[]' } });
      assert.deepEqual([report.error, report.cause], ['States.Runtime', cause]);
    }
    const report = await attempt(state, { input: '{"hosts":[],"share":"2.5"}', mock: { result: '[]' } });
    assert.equal(report.inspectionData.toleratedFailurePercentage, 2.5);
  });

  it('shows the batches that its children would get', async () => {
    const state = {
      ...distributed,
      ItemSelector: { 'host.$': '$$.Map.Item.Value' },
      ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'of.$': '$.hosts[0]' } },
    };
    const { inspectionData } = await attempt(state, { input, mock: { result: '[]' } });
    assert.equal(
      inspectionData.afterItemBatcher,
      '[{"BatchInput": {"of": "a"}, "Items": [{"host": "a"}, {"host": "b"}]}, {"BatchInput": {"of": "a"}, "Items": [{"host": "c"}]}]',
    );
  });

  it('takes its items from what its reader is said to have read', async () => {
    const { ItemsPath: _, ...rest } = distributed;
    const reading = { ...rest, ItemReader: reader({ InputType: 'JSON' }) };
    const { inspectionData } = await attempt(reading, {
      mock: { result: '[]' },
      stateConfiguration: { mapItemReaderData: '[4,5]' },
    });
    assert.equal(inspectionData.afterItemsPath, '[4, 5]');
  });

  it('reads lines, follows the pointer, and takes no more items than it may', async () => {
    const csv = { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' };
    const reading = (ReaderConfig: Json) => ({
      ...distributed,
      ItemReader: reader(ReaderConfig),
      ItemSelector: { 'n.$': '$$.Map.Item.Value' },
    });
    const lines = await attempt(reading({ InputType: 'JSONL', MaxItems: 2 }), {
      mock: { result: '[]' },
      stateConfiguration: { mapItemReaderData: '{"a":1}\n\n2\n3' },
    });
    assert.equal(lines.inspectionData.afterItemsPath, '[{"a": 1}, 2]');
    const pointed = await attempt(reading({ InputType: 'JSON', ItemsPointer: '/report/rows~1all' }), {
      mock: { result: '[]' },
      stateConfiguration: { mapItemReaderData: '{"report":{"rows/all":[7]}}' },
    });
    assert.equal(pointed.inspectionData.afterItemsPointer, '[7]');
    assert.equal(pointed.inspectionData.afterItemSelector, '[{"n": 7}]');
    const rows = await attempt(reading({ ...csv, CSVDelimiter: 'PIPE', MaxItems: 1 }), {
      mock: { result: '[]' },
      stateConfiguration: { mapItemReaderData: 'a|b\n1|2\n3|4\n' },
    });
    assert.equal(rows.inspectionData.afterItemsPath, '[{"a": "1", "b": "2"}]');
    for (const [config, mapItemReaderData, problem] of [
      [csv, 'a,a\n1,2', /MapItemReaderData: CSV headers cannot contain duplicates/],
      [{ InputType: 'JSONL' }, '1\n{', /MapItemReaderData: Line 2 of the JSONL file is not valid JSON/],
      [{ InputType: 'PARQUET' }, 'PAR1', /MapItemReaderData: Files of the InputType "PARQUET" are no text/],
    ] as const)
      await refused(
        reading(config),
        { mock: { result: '[]' }, stateConfiguration: { mapItemReaderData } },
        'ValidationException',
        problem,
      );
  });

  it('has as many iterations as results where nothing is said of its items', async () => {
    const { ItemsPath: _, ...rest } = distributed;
    const reading = { ...rest, ItemReader: reader({ InputType: 'JSON' }) };
    const test = { mock: { result: '[1,2]' }, stateConfiguration: { mapIterationFailureCount: 2 } };
    const { status, inspectionData } = await attempt(reading, test);
    assert.deepEqual([status, inspectionData.afterItemsPath], ['SUCCEEDED', undefined]);
    await refused(
      reading,
      { ...test, stateConfiguration: { mapIterationFailureCount: 3 } },
      'ValidationException',
      'Map iteration failure count must be less than or equal to the number of Map iterations',
    );
  });

  it('names a path into the context object by what is below it', async () => {
    const report = await attempt({ ...map, ItemsPath: '$$.Execution' }, { mock: { result: '[]' } });
    assert.deepEqual(
      [report.status, report.cause],
      ['FAILED', 'Reference path "$.Execution" must point to array.'],
    );
  });
});

describe('the HTTP exchange of a Task', () => {
  const exchange = {
    request: { protocol: 'https', method: 'GET', url: 'https://api.example.com/', headers: '[]' },
    response: { protocol: 'https', statusCode: '200', statusMessage: 'OK', headers: '[]', body: 'hello' },
  };
  const http = { ...task, Resource: 'arn:aws:states:::http:invoke', Parameters: ENDPOINT };

  it('is asked for at TRACE alone, with secrets where they are to be revealed', async () => {
    for (const [test, revealsSecrets] of [
      [{ inspectionLevel: 'TRACE' }, false],
      [{ inspectionLevel: 'TRACE', revealSecrets: true }, true],
      [{ inspectionLevel: 'DEBUG', revealSecrets: true }, undefined],
      [{ revealSecrets: true }, undefined],
    ] as const) {
      const world = outside();
      await attempt(http, { roleArn: ROLE, ...test }, world);
      assert.equal(world.tasks[0]?.trace?.revealsSecrets, revealsSecrets);
    }
  });

  it('is part of the report, however the Task ended', async () => {
    for (const end of [
      { kind: 'succeeded', output: '{}' },
      { kind: 'failed', error: 'States.Timeout' },
    ] as const) {
      const world = outside({ end, exchange });
      const { inspectionData } = await attempt(http, { roleArn: ROLE, inspectionLevel: 'TRACE' }, world);
      assert.deepEqual({ request: inspectionData.request, response: inspectionData.response }, exchange);
    }
  });
});

describe('a test that is refused', () => {
  const mock = { result: '{}' };
  const cases: [string, Json, Partial<StateTest>, string][] = [
    [
      'two answers at once',
      task,
      { mock: { ...mock, ...failing } },
      'A test mock should have only one of the following fields: [result, errorOutput].',
    ],
    [
      'secrets of a call that is not made',
      task,
      { mock, revealSecrets: true },
      'TestState does not support RevealSecrets when a mock is specified.',
    ],
    [
      'failures of iterations that nobody mocks',
      map,
      { stateConfiguration: { mapIterationFailureCount: 0 } },
      'TestState does not support MapIterationFailureCount when a mock is not specified.',
    ],
    [
      'more failures than iterations',
      map,
      {
        input: '{"hosts":[1]}',
        mock: { result: '[1]' },
        stateConfiguration: { mapIterationFailureCount: 2 },
      },
      'Map iteration failure count must be less than or equal to the number of Map iterations',
    ],
    [
      'a mock of a state that does no work',
      { Type: 'Succeed' },
      { mock },
      "State type 'Succeed' is not supported when a mock is specified",
    ],
    ['a Task without a role', task, {}, 'RoleArn must be specified when testing a Task state'],
    ['a result that is not JSON', task, { mock: { result: 'so' } }, 'Mocked result must be valid JSON'],
    ['a result of a Map', map, { mock }, 'Mocked result must be an array.'],
    [
      'a result of a Map that writes its results elsewhere',
      {
        ...distributed,
        ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b' } },
      },
      { mock: { result: '[]' } },
      'Mocked result must be a JSON object.',
    ],
    [
      'a result of a Parallel',
      parallel,
      { mock: { result: '[1]' } },
      'Mocked result must contain the same number of items as number of Parallel branches.',
    ],
    [
      'an unknown section of the context object',
      task,
      { mock, context: '{"Weather":{}}' },
      "Invalid Context object provided: Field 'Weather' is not allowed",
    ],
    [
      'an item in the context object',
      task,
      { mock, context: '{"Map":{}}' },
      "Invalid Context object provided: 'Map' field is not supported when mocking a Context object",
    ],
    [
      'a number for a name in the context object',
      task,
      { mock, context: '{"StateMachine":{"Name":1}}' },
      'Invalid Context object provided: StateMachine.Name must be a string',
    ],
    [
      'a token in the context object of a Task that has none',
      task,
      { mock, context: '{"Task":{"Token":"t"}}' },
      "Invalid Context object provided: Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    ],
    [
      'a state that is not there',
      { StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      { stateName: 'B' },
      'State not found in definition',
    ],
  ];
  for (const [name, definition, test, message] of cases)
    it(`for ${name}`, () => refused(definition, test, 'ValidationException', message));

  it('for work that only a mock can stand for', async () => {
    const message =
      'TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]';
    for (const state of [map, parallel]) await refused(state, {}, 'InvalidDefinition', message);
    for (const Resource of [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      'arn:aws:states:::states:startExecution.sync:2',
      'arn:aws:states:us-east-1:000000000000:activity:manual',
    ])
      await refused({ ...task, Resource }, { roleArn: ROLE }, 'InvalidDefinition', /not support/);
  });

  it('for a definition with mistakes, which are told as of a machine', () =>
    refused(
      { ...parallel, Branches: [] },
      { mock: { result: '[]' } },
      'InvalidDefinition',
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches'",
    ));

  it('for data that nest deeper than the interpreter goes', () => {
    const input = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    return refused(
      { Type: 'Pass', End: true },
      { input },
      'ValidationException',
      "The test's data are nested too deeply",
    );
  });

  it('for an input that is not JSON', () =>
    refused(
      { Type: 'Succeed' },
      { input: '{' },
      'InvalidExecutionInput',
      /^Invalid State Machine Execution Input: /,
    ));

  it('for a result that the service behind the task could not give', () =>
    assert.rejects(attempt(task, { mock }, outside({ problem: "Field 'A' must be a string" })), {
      message: "Mock result schema validation error: Field 'A' must be a string",
    }));
});

describe('a mock', () => {
  it('stands for work that waits, with a token in the context object', async () => {
    const state = {
      ...task,
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { 'token.$': '$$.Task.Token' },
    };
    const made = await attempt(state, { mock: { result: '1' } });
    assert.equal(made.inspectionData.afterParameters, '{"token": "secret"}');
    const given = await attempt(state, { mock: { result: '1' }, context: '{"Task":{"Token":"mine"}}' });
    assert.equal(given.inspectionData.afterParameters, '{"token": "mine"}');
  });
});
