import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { InjectedEvent, SampleName } from '@riposte/server';
import type { CommandContext } from '../program.ts';
import { printable, styled } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';
import { readEvent } from './send.ts';

interface Options extends ConnectedOptions {
  key?: string[];
  user?: string;
  bus?: string;
  list?: boolean;
}

export function registerSimulate(program: Command, context: CommandContext): void {
  withConnection(program.command('simulate'))
    .argument('[name]', 'a sample event, e.g. health/AWS_RISK_CREDENTIALS_EXPOSED, or a file with an event')
    .description('inject an event as if AWS had sent it; all it causes says SIMULATED')
    .option('--key <id...>', 'access key ids that the event names')
    .option('--user <name>', 'IAM user that the event names')
    .option('--bus <name>', 'the event bus')
    .option('--list', 'list the sample events')
    .action(async (name: string | undefined, options: Options) => {
      const server = await connect(context, options);
      const samples = await server.get<SampleName[]>('/api/samples');
      if (name === undefined || options.list) return listSamples(context, options, samples);
      const isFile = !samples.some((sample) => sample.name === name) && existsSync(name);
      const injected = await server.post<InjectedEvent>('/api/simulate', {
        ...(isFile ? { event: await readEvent(name) } : { name }),
        ...(options.key && { accessKeyIds: options.key }),
        ...(options.user !== undefined && { userName: options.user }),
        ...(options.bus !== undefined && { eventBusName: options.bus }),
      });
      if (options.json) return printJson(context, injected);
      printInjected(context, injected);
    });
}

export function printInjected({ terminal }: CommandContext, { event, rules }: InjectedEvent): void {
  terminal.out(
    `${styled(terminal, 'yellow', 'SIMULATED')} event ${event.id}: ${printable(event.source)}, ${printable(event['detail-type'])}`,
  );
  if (rules.length === 0)
    terminal.out('  There are no rules on this bus yet. Apply a playbook: npx riposte up TEMPLATE');
  for (const rule of rules)
    terminal.out(
      rule.matched
        ? `  ${styled(terminal, 'green', '✓')} rule ${rule.ruleName} matched`
        : `  ${styled(terminal, 'dim', '–')} rule ${rule.ruleName} did not match: ${printable(rule.explanation)}`,
    );
}

function listSamples(context: CommandContext, options: Options, samples: SampleName[]): void {
  if (options.json) return printJson(context, samples);
  for (const { name, title } of samples) context.terminal.out(`${name}\n    ${title}`);
}
