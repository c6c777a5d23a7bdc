import { readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { printable } from '../terminal.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  svg?: string;
}

export function registerGraph(program: Command, context: CommandContext): void {
  withConnection(program.command('graph'))
    .argument('<machine>', 'ARN or name of a state machine, or a file with its definition')
    .description('draw a state machine: in the terminal, or as an SVG file')
    .option('--svg <file>', 'write an SVG file; - writes it to standard output')
    .action(async (wanted: string, options: Options) => {
      // Loaded here: the layout engine is large, and no other command needs it.
      const { layoutMachine, renderSvg, renderText } = await import('@riposte/graph');
      const definition = existsSync(wanted)
        ? await readFile(wanted, 'utf8')
        : await fetchDefinition(context, options, wanted);
      if (options.json) return printJson(context, await layoutMachine(definition));
      if (options.svg === undefined) return context.terminal.out(printable(renderText(definition)));
      const svg = renderSvg(await layoutMachine(definition));
      if (options.svg === '-') return context.terminal.out(svg);
      await writeFile(options.svg, svg);
      context.terminal.out(`Wrote ${options.svg}.`);
    });
}

async function fetchDefinition(context: CommandContext, options: Options, wanted: string): Promise<string> {
  const server = await connect(context, options);
  const { region } = server.health;
  const client = new SdkAwsClient({ endpoint: server.endpoint, region, credentials: server.credentials });
  try {
    const stateMachineArn = wanted.startsWith('arn:') ? wanted : await findMachine(client, wanted);
    const { definition } = await client.call('states', 'DescribeStateMachine', { stateMachineArn });
    return String(definition);
  } finally {
    client.close();
  }
}

/** @throws CommandFailure when the name, or the part of a name, is not that of exactly one machine */
async function findMachine(client: SdkAwsClient, wanted: string): Promise<string> {
  const { stateMachines } = await client.call('states', 'ListStateMachines', { maxResults: 1000 });
  const machines = stateMachines as { name: string; stateMachineArn: string }[]; // Step Functions' answer
  const exact = machines.filter(({ name }) => name === wanted);
  const found = exact.length > 0 ? exact : machines.filter(({ name }) => name.includes(wanted));
  const [first] = found;
  if (found.length === 1 && first) return first.stateMachineArn;
  const names = (found.length > 1 ? found : machines).map(({ name }) => `  ${name}`).join('\n');
  if (found.length > 1)
    throw new CommandFailure(`'${wanted}' names ${found.length} state machines:\n${names}`);
  throw new CommandFailure(
    `There is neither a file nor a state machine '${wanted}'.${names === '' ? ' There are no state machines yet.' : ` There are:\n${names}`}`,
  );
}
