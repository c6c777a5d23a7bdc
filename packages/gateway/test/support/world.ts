import { createHash, randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AccountTransaction, CallRecord, Caller } from '@riposte/account';
import type { Clock, ExecutionHost, Ids, StartExecution, StepReference, TaskRequest } from '@riposte/engine';
import type { EventService, Rule, SchedulerService } from '@riposte/events';
import type { FunctionHost, Invocation, InvocationResult } from '@riposte/functions';
import { createGateway, FolderBuckets, type Buckets, type Gateway } from '@riposte/gateway';
import { ServiceError } from '@riposte/engine';
import { Database, SqliteAccountStore } from '@riposte/store-sqlite';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:Respond`;

export const administrator: Caller = {
  kind: 'administrator',
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  accessKeyId: 'test',
};

export const step: StepReference = {
  executionArn: `arn:aws:states:${REGION}:${ACCOUNT}:execution:Respond:one`,
  executionName: 'one',
  stateMachineArn: MACHINE,
  simulated: true,
  stateName: 'Contain',
  visit: 7,
  attempt: 1,
  taskId: 'task-1',
};

export type Output = Record<string, unknown>;
/** Stands for a function's code. */
export type Handler = (invocation: Invocation) => Promise<InvocationResult> | InvocationResult;

/** A gateway over a real account in a file in memory; engine, events and functions are played. */
export interface World {
  gateway: Gateway;
  store: SqliteAccountStore;
  /** As the administrator, unless another caller is named. */
  call(service: string, operation: string, input?: object, caller?: Caller): Promise<Output>;
  /** Newest last. */
  records(): Promise<CallRecord[]>;
  inAccount<T>(work: (transaction: AccountTransaction) => T): Promise<T>;
  /** A new gateway over the same store: all that was in memory is gone. */
  restart(): void;
  starts: StartExecution[];
  /** For each PutEvents, whether its events were to be marked. */
  putSimulated: boolean[];
  rules: Map<string, Rule>;
  handlers: Map<string, Handler>;
  reported: string[];
  /** Of buckets; made by the first one, and removed after the test. */
  bucketsFolder: string;
  /** Real rooms in the place of played ones. */
  rooms: { executions?: ExecutionHost; events?: EventService & SchedulerService };
}

export function openWorld(
  t: TestContext,
  options: {
    undefinedRoles?: 'refused' | 'unrestricted';
    clock?: Clock;
    /** Folders that stand for buckets, by name. */
    given?: Record<string, string>;
    buckets?: Buckets;
  } = {},
): World {
  const database = new Database(':memory:');
  t.after(() => database.close());
  const store = new SqliteAccountStore(database);
  const ids = countingIds();
  const bucketsFolder = join(tmpdir(), `riposte-buckets-${randomUUID()}`);
  t.after(() => rmSync(bucketsFolder, { recursive: true, force: true }));
  const started = new Map<string, string>();
  const world: World = {
    store,
    starts: [],
    putSimulated: [],
    rules: new Map(),
    handlers: new Map(),
    reported: [],
    bucketsFolder,
    rooms: {},
    gateway: undefined as never, // set by restart, below
    call: (service, operation, input = {}, caller = administrator) =>
      world.gateway.calls.call({ service, operation, input, region: REGION, caller }),
    records: async () =>
      (await store.transaction((transaction) => transaction.findCalls({ limit: 1000 }))).toReversed(),
    inAccount: (work) => store.transaction(work),
    restart() {
      world.gateway = createGateway({
        account: ACCOUNT,
        store,
        clock: options.clock ?? clockAt('2026-11-23T06:00:00Z'),
        ids,
        administratorKeys: [{ accessKeyId: 'test', secretAccessKey: 'test' }],
        codeStore: {
          put: async (zip) => ({ codeSha256: 'c2hh', codeSize: zip.length }),
          folderOf: () => '/code',
        },
        buckets:
          options.buckets ?? new FolderBuckets({ folder: bucketsFolder, given: options.given ?? {}, store }),
        ...(options.undefinedRoles && { undefinedRoles: options.undefinedRoles }),
        services: () => ({
          executions: world.rooms.executions ?? playedEngine(world, started),
          events: world.rooms.events ?? playedEvents(world),
          functions: playedFunctions(world),
        }),
        report: (line) => world.reported.push(line),
      });
    },
  };
  world.restart();
  return world;
}

export function taskRequest(change: Partial<TaskRequest> = {}): TaskRequest {
  return {
    step,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/Execution`,
    resource: 'arn:aws:states:::lambda:invoke',
    parameters: '{}',
    region: REGION,
    ...change,
  };
}

/** A role that a service may assume, with one policy that allows what is named. */
export async function createRole(
  world: World,
  name: string,
  service: string,
  actions: readonly string[],
  resource: string = '*',
): Promise<string> {
  const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
  await world.call('iam', 'CreateRole', { RoleName: name, AssumeRolePolicyDocument: policy(trust) });
  if (actions.length > 0)
    await world.call('iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: 'Work',
      PolicyDocument: policy({ Effect: 'Allow', Action: actions, Resource: resource }),
    });
  return `arn:aws:iam::${ACCOUNT}:role/${name}`;
}

export async function createFunction(world: World, name: string, handler: Handler): Promise<string> {
  const role = await createRole(world, `${name}Role`, 'lambda.amazonaws.com', []);
  const created = await world.call('lambda', 'CreateFunction', {
    FunctionName: name,
    Role: role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: new Uint8Array([1]) },
  });
  world.handlers.set(name, handler);
  return String(created['FunctionArn']);
}

export function policy(...statements: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export async function userCaller(world: World, userName: string): Promise<Caller> {
  const created = await world.call('iam', 'CreateUser', { UserName: userName });
  const user = created['User'] as { Arn: string; UserId: string };
  const key = (await world.call('iam', 'CreateAccessKey', { UserName: userName })) as {
    AccessKey: { AccessKeyId: string };
  };
  return {
    kind: 'user',
    account: ACCOUNT,
    arn: user.Arn,
    userId: user.UserId,
    userName,
    accessKeyId: key.AccessKey.AccessKeyId,
  };
}

export function answerOf(payload: unknown): InvocationResult {
  return { payload: JSON.stringify(payload), logTail: 'a line', durationMs: 1 };
}

function clockAt(time: string): Clock {
  const now = Date.parse(time);
  return { now: () => now, wakeAt: () => () => {} };
}

export function countingIds(): Ids {
  let count = 0;
  const text = () => createHash('sha256').update(String(count++)).digest('hex');
  return {
    uuid: () => text().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
    secret: () => text(),
    uniform: () => 0.5,
  };
}

/** Only what the tests ask of the engine; anything else is undefined and would throw. */
function playedEngine(world: World, started: Map<string, string>): ExecutionHost {
  const played: Partial<ExecutionHost> = {
    async startExecution(input) {
      if (input.stateMachineArn !== MACHINE)
        throw new ServiceError(
          'StateMachineDoesNotExist',
          `State Machine Does Not Exist: '${input.stateMachineArn}'`,
        );
      const known = input.requestKey === undefined ? undefined : started.get(input.requestKey);
      const executionArn =
        known ?? `${MACHINE.replace('stateMachine', 'execution')}:${input.name ?? `e${world.starts.length}`}`;
      if (known === undefined) world.starts.push(input);
      if (input.requestKey !== undefined) started.set(input.requestKey, executionArn);
      return { executionArn, startDate: 1_000 };
    },
  };
  return played as ExecutionHost;
}

function playedEvents(world: World): EventService & SchedulerService {
  const played: Partial<EventService> = {
    async describeRule(_region, name) {
      const rule = world.rules.get(name);
      if (!rule)
        throw new ServiceError(
          'ResourceNotFoundException',
          `Rule ${name} does not exist on EventBus default.`,
        );
      return rule;
    },
    listEventBuses: async () => ({ EventBuses: [] }),
    async putEvents(_region, entries, options) {
      world.putSimulated.push(options?.simulated === true);
      return entries.map((entry) =>
        entry.Detail === undefined
          ? { ErrorCode: 'InvalidArgument', ErrorMessage: 'Detail' }
          : { EventId: 'id' },
      );
    },
  };
  return played as EventService & SchedulerService;
}

function playedFunctions(world: World): FunctionHost {
  return {
    async invoke(invocation) {
      const handler = world.handlers.get(invocation.configuration.functionName);
      if (!handler) throw new Error(`No handler is played for ${invocation.configuration.functionName}`);
      return handler(invocation);
    },
    close: async () => {},
  };
}
