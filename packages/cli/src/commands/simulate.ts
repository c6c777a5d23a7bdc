import { existsSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import type { InjectedEvent, SampleName, SimulatedEvents, SimulateRequest } from '@riposte/server';
import type { CommandContext } from '../program.ts';
import { CommandFailure } from '../failure.ts';
import { describeRules } from '../show/describe-rules.ts';
import { oneLine, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';
import { readEvent } from './send.ts';

interface Options extends ConnectedOptions {
  key?: string[];
  user?: string;
  entity?: string[];
  account?: string;
  pages?: number;
  page?: number;
  backup?: boolean;
  repeat?: number;
  closed?: boolean;
  communication?: string;
  bus?: string;
  list?: boolean;
}

export function registerSimulate(program: Command, context: CommandContext): void {
  withConnection(program.command('simulate'))
    .argument('[name]', 'a sample event, e.g. health/AWS_RISK_CREDENTIALS_EXPOSED, or a file with an event')
    .description('inject an event as if AWS had sent it; all it causes says SIMULATED')
    .option('--key <id...>', 'access key ids that the event names')
    .option('--user <name>', 'IAM user that the event names')
    .option('--entity <id...>', 'what the event is about: instances, volumes, certificates, a bucket')
    .option('--account <id>', 'account that the event concerns')
    .option('--pages <n>', 'AWS Health: spread the entities over n events', wholeNumber)
    .option('--page <n>', 'AWS Health: of the pages, this one alone', wholeNumber)
    .option('--backup', 'AWS Health: also the copies that the backup region gets')
    .option('--repeat <n>', 'deliver everything n times', wholeNumber)
    .option('--closed', 'AWS Health: the last update of the notice')
    .option('--communication <id>', 'AWS Health: the communication id; the same one is the same notice')
    .option('--bus <name>', 'the event bus')
    .option('--list', 'list the sample events')
    .action(async (name: string | undefined, options: Options) => {
      const server = await connect(context, options);
      const samples = await server.get<SampleName[]>('/api/samples');
      if (name === undefined || options.list) return listSamples(context, options, samples);
      const isFile = !samples.some((sample) => sample.name === name) && existsSync(name);
      const said = about(options);
      if (isFile && Object.keys(said).length > 0)
        throw new CommandFailure(
          `${name} says by itself what it is about: change the file, or name a sample.`,
        );
      const request = isFile ? { event: await readEvent(name) } : { name, ...said };
      const injected = await server.post<SimulatedEvents>('/api/simulate', {
        ...request,
        ...(options.bus !== undefined && { eventBusName: options.bus }),
      });
      if (options.json) return printJson(context, injected);
      for (const one of [injected, ...injected.further]) printInjected(context, one);
    });
}

function about(options: Options): SimulateRequest {
  const { key, user, entity, account, pages, page, backup, repeat, closed, communication } = options;
  return {
    ...(key && { accessKeyIds: key }),
    ...(user !== undefined && { userName: user }),
    ...(entity && { entities: entity }),
    ...(account !== undefined && { account }),
    ...(pages !== undefined && { pages }),
    ...(page !== undefined && { page }),
    ...(backup && { withBackup: true }),
    ...(repeat !== undefined && { times: repeat }),
    ...(closed && { closed: true }),
    ...(communication !== undefined && { communicationId: communication }),
  };
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('give a whole number.');
  return Number(text);
}

export function printInjected({ terminal }: CommandContext, { event, rules }: InjectedEvent): void {
  terminal.out(
    `${styled(terminal, 'yellow', 'SIMULATED')} event ${oneLine(event.id)}: ${oneLine(event.source)}, ${oneLine(event['detail-type'])}`,
  );
  if (rules.length === 0)
    terminal.out('  There are no rules on this bus yet. Apply a playbook: npx riposte up TEMPLATE');
  for (const line of describeRules(rules, event.id, terminal)) terminal.out(`  ${line}`);
}

function listSamples(context: CommandContext, options: Options, samples: SampleName[]): void {
  if (options.json) return printJson(context, samples);
  const { terminal } = context;
  for (const [group, ofGroup] of Map.groupBy(samples, (sample) => sample.group)) {
    terminal.out(styled(terminal, 'bold', group));
    for (const { name, title } of ofGroup) terminal.out(`  ${name}\n      ${title}`);
  }
}
