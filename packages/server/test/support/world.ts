import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runCommand, SdkAwsClient, ServerConnection } from '@riposte/cli';
import {
  type Configuration,
  defaultConfiguration,
  type ExecutionDetail,
  type ExecutionSummary,
  type InjectedEvent,
  type MailSummary,
  type RunningServer,
  startServer,
  WELL_KNOWN_KEY,
} from '@riposte/server';
import { MovableClock } from './movable-clock.ts';
import { until } from './until.ts';

export const PLAYBOOK = resolve(import.meta.dirname, '../../../../playbooks/exposed-access-key');
export const ACCOUNT = '000000000000';
export const SAMPLE = 'health/AWS_RISK_CREDENTIALS_EXPOSED';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Printed {
  code: number;
  out: string;
  err: string;
}

/** One server in this process, as `riposte start` runs it, used the way its users use it. */
export class World {
  readonly folder: string;
  readonly clock = new MovableClock();
  /** What the server told its operator. */
  readonly reports: string[] = [];
  readonly #change: Partial<Configuration>;
  readonly #clients: SdkAwsClient[] = [];
  #server: RunningServer | undefined;
  #people: ServerConnection | undefined;

  private constructor(change: Partial<Configuration>) {
    this.folder = mkdtempSync(join(tmpdir(), 'riposte-world-'));
    this.#change = change;
  }

  static async open(change: Partial<Configuration> = {}): Promise<World> {
    const world = new World(change);
    await world.start();
    return world;
  }

  configuration(change: Partial<Configuration> = {}): Configuration {
    return {
      ...defaultConfiguration(),
      dataFolder: join(this.folder, 'data'),
      awsPort: 0,
      peoplePort: 0,
      ...this.#change,
      ...change,
    };
  }

  async start(change: Partial<Configuration> = {}): Promise<void> {
    const report = (line: string) => this.reports.push(line);
    this.#server = await startServer(this.configuration(change), report, undefined, this.clock);
    this.#people = undefined;
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    await this.#server?.close();
    this.#server = undefined;
  }

  async restart(change: Partial<Configuration> = {}): Promise<void> {
    await this.stop();
    await this.start(change);
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get server(): RunningServer {
    if (!this.#server) throw new Error('The server is stopped.');
    return this.#server;
  }

  get url(): string {
    return this.server.describe().awsUrl;
  }

  /** The SDK's clients, with the administrator's well-known key unless others are given. */
  aws(credentials: Credentials = WELL_KNOWN_KEY, region = 'us-east-1'): SdkAwsClient {
    const client = new SdkAwsClient({ endpoint: this.url, region, credentials });
    this.#clients.push(client);
    return client;
  }

  async people(): Promise<ServerConnection> {
    this.#people ??= await ServerConnection.open({ endpoint: this.url, environment: {} });
    return this.#people;
  }

  /** Runs a command against this server. */
  riposte(...words: string[]): Promise<Printed> {
    return riposte(words, { RIPOSTE_ENDPOINT: this.url });
  }

  /** @returns what the command printed with `--json` */
  async json<T>(...words: string[]): Promise<T> {
    const { code, out, err } = await this.riposte(...words, '--json');
    if (code !== 0) throw new Error(`riposte ${words.join(' ')} ended with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }

  async simulate(request: object): Promise<InjectedEvent> {
    return (await this.people()).post<InjectedEvent>('/api/simulate', request);
  }

  /** The execution when it has ended. */
  async ended(executionArn: string): Promise<ExecutionDetail> {
    const people = await this.people();
    return until(`The end of ${executionArn}`, async () => {
      const detail = await people.get<ExecutionDetail>(`/api/executions/${encodeURIComponent(executionArn)}`);
      return detail.status !== 'RUNNING' && detail;
    });
  }

  /** What an event started, when all of it has ended: the rule's execution and its children. */
  async endedStory(eventId: string): Promise<{ claim: ExecutionDetail; response?: ExecutionDetail }> {
    const people = await this.people();
    const started = await until(`An execution of event ${eventId}`, async () => {
      const { executions } = await people.get<{ executions: ExecutionSummary[] }>('/api/executions', {
        eventId,
      });
      return executions[0];
    });
    const claim = await this.ended(started.executionArn);
    const child = claim.children[0];
    return { claim, ...(child && { response: await this.ended(child.executionArn) }) };
  }

  /** The mails of an execution, when none is on its way any more. */
  async mails(executionArn: string): Promise<MailSummary[]> {
    const people = await this.people();
    return until(`The mail of ${executionArn}`, async () => {
      const mails = await people.get<MailSummary[]>('/api/mail', { executionArn });
      return mails.every((mail) => mail.status !== 'pending') && mails;
    });
  }

  /** A user with one key, who may do what the statements say. */
  async createUser(UserName: string, ...statements: object[]): Promise<Credentials> {
    const aws = this.aws();
    await aws.call('iam', 'CreateUser', { UserName });
    if (statements.length > 0)
      await aws.call('iam', 'PutUserPolicy', {
        UserName,
        PolicyName: 'policy',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
      });
    return this.createKey(UserName);
  }

  async createKey(UserName: string): Promise<Credentials> {
    const { AccessKey } = await this.aws().call('iam', 'CreateAccessKey', { UserName });
    const { AccessKeyId, SecretAccessKey } = AccessKey as { AccessKeyId: string; SecretAccessKey: string };
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  }

  /** @returns the role's ARN */
  async createRole(RoleName: string, service: string, ...Action: string[]): Promise<string> {
    const aws = this.aws();
    const { Role } = await aws.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: `${service}.amazonaws.com` }, Action: 'sts:AssumeRole' },
        ],
      }),
    });
    if (Action.length > 0)
      await aws.call('iam', 'PutRolePolicy', {
        RoleName,
        PolicyName: 'policy',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
        }),
      });
    return (Role as { Arn: string }).Arn;
  }

  /** @returns the machine's ARN */
  async createMachine(name: string, roleArn: string, States: Record<string, object>): Promise<string> {
    const definition = JSON.stringify({ StartAt: Object.keys(States)[0], States });
    const created = await this.aws().call('states', 'CreateStateMachine', { name, definition, roleArn });
    return String(created['stateMachineArn']);
  }

  /** @returns the execution when it has ended */
  async run(stateMachineArn: string, input: object = {}): Promise<ExecutionDetail> {
    return this.ended(await this.begin(stateMachineArn, input));
  }

  /** @returns the execution's ARN */
  async begin(stateMachineArn: string, input: object = {}): Promise<string> {
    const started = await this.aws().call('states', 'StartExecution', {
      stateMachineArn,
      input: JSON.stringify(input),
    });
    return String(started['executionArn']);
  }
}

export async function riposte(words: string[], environment: Record<string, string> = {}): Promise<Printed> {
  const printed: Printed = { code: 0, out: '', err: '' };
  printed.code = await runCommand(words, {
    environment,
    terminal: {
      out: (line) => (printed.out += `${line}\n`),
      err: (line) => (printed.err += `${line}\n`),
      colour: false,
      isInteractive: false,
    },
  });
  return printed;
}
