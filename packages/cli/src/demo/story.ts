import { resolve } from 'node:path';
import type {
  CallSummary,
  ExecutionDetail,
  InjectedEvent,
  MailSummary,
  RunningServer,
} from '@riposte/server';
import type { StackRecord } from '@riposte/templates';
import type { DemoOptions } from '../commands/demo.ts';
import { printInjected } from '../commands/simulate.ts';
import { applyTemplate } from '../connection/apply-template.ts';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { DEFAULT_ENDPOINT, ServerConnection } from '../connection/server-connection.ts';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { readableMail } from '../show/readable-mail.ts';
import { styled } from '../terminal.ts';
import { allowContainment, forbidContainment, misuseKey, prepareCast } from './cast.ts';
import { followEvent, waitFor } from './follow.ts';
import { type Proof, prove } from './proofs.ts';

const PLAYBOOK = resolve(import.meta.dirname, '../../../../playbooks/exposed-access-key/template.yaml');
const SAMPLE = 'health/AWS_RISK_CREDENTIALS_EXPOSED';

/** What came of it, for a program that reads along. */
export interface Story {
  events: InjectedEvent[];
  executions: ExecutionDetail[];
  mails: MailSummary[];
  proofs: Proof[];
}

export async function playStory(
  context: CommandContext,
  running: RunningServer,
  options: DemoOptions,
): Promise<Story> {
  const { terminal } = context;
  const server = await ServerConnection.open({
    endpoint: running.describe().awsUrl,
    environment: context.environment,
  });
  const { region } = server.health;
  const administrator = new SdkAwsClient({
    endpoint: server.endpoint,
    region,
    credentials: server.credentials,
  });
  const chapter = chapters(context);
  const indented = (line: string) => terminal.out(`  ${line}`);
  try {
    chapter('Apply the playbook, as `riposte up playbooks/exposed-access-key` does');
    const stack = await applyTemplate({
      template: PLAYBOOK,
      server,
      client: administrator,
      region,
      parameters: {},
      planOnly: false,
      print: indented,
    });
    if (!stack) throw new CommandFailure('The playbook was planned, but not applied.');

    chapter('Prepare the account, by signed AWS calls: a user with two keys, one of which is being misused');
    const cast = await prepareCast(administrator, outputOf(stack, 'SecurityTopicArn'), indented);
    const exposedKeys = cast.keys.slice(0, options.keys).map((key) => key.accessKeyId);
    const otherKeys = cast.keys.slice(options.keys).map((key) => key.accessKeyId);
    await misuseKey(server.endpoint, region, cast.keys[0], indented);
    const prepareRole = options.fail ? forbidContainment : allowContainment;
    await prepareRole(administrator, physicalId(stack, 'ContainKeyRole'), indented);

    chapter('Inject the AWS Health event');
    const injected = await server.post<InjectedEvent>('/api/simulate', {
      name: SAMPLE,
      accessKeyIds: exposedKeys,
      userName: cast.userName,
    });
    const { receivedAtMs } = await server.get<{ receivedAtMs: number }>(`/api/events/${injected.event.id}`);
    printInjected(context, injected);

    chapter('Watch what it starts');
    const executions = await followEvent(server, terminal, injected.event.id);

    chapter('The mail, as delivered');
    const mails = await deliveredMails(server, executions, exposedKeys.length);
    for (const mail of mails)
      for (const line of [...(await readableMail(mail)).split('\n'), ''])
        terminal.out(`  │ ${line}`.trimEnd());

    chapter('Proof');
    const calls: CallSummary[] = [];
    for (const { executionArn } of executions)
      calls.push(
        ...(await server.get<CallSummary[]>(`/api/executions/${encodeURIComponent(executionArn)}/calls`)),
      );
    const proofs = await prove({
      administrator,
      userName: cast.userName,
      exposedKeys,
      otherKeys,
      containmentForbidden: options.fail === true,
      executions,
      calls,
      mails,
      receivedAtMs,
    });
    for (const { holds, words } of proofs)
      terminal.out(
        `  ${holds ? styled(terminal, 'green', '✓') : styled(terminal, 'red', '✗ NOT SO:')} ${words}`,
      );

    chapter('What to do next');
    printNext(context, terminal.isInteractive && !options.exit ? server.endpoint : undefined, options);
    return { events: [injected], executions, mails, proofs };
  } finally {
    administrator.close();
  }
}

function chapters({ terminal }: CommandContext): (title: string) => void {
  let number = 0;
  return (title) => {
    number += 1;
    terminal.out('');
    terminal.out(styled(terminal, 'bold', `${number}. ${title}`));
  };
}

function outputOf(stack: StackRecord, name: string): string {
  const output = stack.outputs[name];
  if (!output) throw new CommandFailure(`The playbook's template has no output ${name}.`);
  return output.value;
}

function physicalId(stack: StackRecord, logicalId: string): string {
  const resource = stack.resources[logicalId];
  if (resource?.physicalId === undefined)
    throw new CommandFailure(`The playbook's template has no resource ${logicalId}.`);
  return resource.physicalId;
}

function deliveredMails(
  server: ServerConnection,
  executions: readonly ExecutionDetail[],
  count: number,
): Promise<MailSummary[]> {
  const ours = new Set(executions.map(({ executionArn }) => executionArn));
  return waitFor('The mail', async () => {
    const mails = await server.get<MailSummary[]>('/api/mail');
    const delivered = mails.filter(
      (mail) => mail.status === 'delivered' && ours.has(mail.executionArn ?? ''),
    );
    return delivered.length >= count ? delivered : undefined;
  });
}

/** @param endpoint  of this demo's server, when it stays up */
function printNext({ terminal }: CommandContext, endpoint: string | undefined, options: DemoOptions): void {
  const address = endpoint ?? DEFAULT_ENDPOINT;
  const at = address === DEFAULT_ENDPOINT ? '' : ` --endpoint ${address}`;
  const lines = [
    ['the other story', options.fail ? 'npm run demo' : 'npm run demo -- --fail'],
    ['your own server', 'npx riposte start'],
    ['a playbook on it', `npx riposte up playbooks/exposed-access-key -p NotificationEmail=you@example.com`],
    ['look around', `npx riposte executions${at}, npx riposte mail${at}, npx riposte --help`],
    [
      'your AWS tools',
      `aws --endpoint-url ${address} stepfunctions list-state-machines   (key test, secret test)`,
    ],
    ['the same on AWS', 'cd playbooks/exposed-access-key && sam build && sam deploy --guided'],
  ];
  for (const [what = '', how = ''] of lines)
    terminal.out(`  ${styled(terminal, 'dim', what.padEnd(18))}${how}`);
}
