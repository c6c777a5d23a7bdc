import { InvalidArgumentError, type Command } from 'commander';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { applyTemplate } from '../connection/apply-template.ts';
import type { CommandContext } from '../program.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  stack?: string;
  parameter: Record<string, string>;
  region?: string;
  plan?: boolean;
}

export function registerUp(program: Command, context: CommandContext): void {
  withConnection(program.command('up'))
    .argument('<template>', 'a SAM or CloudFormation template, or its folder')
    .description(
      'apply a playbook’s template: create, update, replace and delete until the account is as it says',
    )
    .option('--stack <name>', 'name of the stack (default: the name of the template’s folder)')
    .option('-p, --parameter <Name=value>', 'a template parameter; repeat for more', collectParameter, {})
    .option('--region <region>', 'region to apply it in (default: the server’s)')
    .option('--plan', 'only say what would be done')
    .action(async (template: string, options: Options) => {
      const server = await connect(context, options);
      const region = options.region ?? server.health.region;
      const client = new SdkAwsClient({ endpoint: server.endpoint, region, credentials: server.credentials });
      try {
        const record = await applyTemplate({
          template,
          server,
          client,
          region,
          parameters: options.parameter,
          planOnly: options.plan === true,
          print: options.json ? () => {} : (line) => context.terminal.out(line),
          ...(options.stack !== undefined && { stackName: options.stack }),
        });
        if (options.json) printJson(context, record);
      } finally {
        client.close();
      }
    });
}

function collectParameter(text: string, gathered: Record<string, string>): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('give it as Name=value');
  return { ...gathered, [text.slice(0, equals)]: text.slice(equals + 1) };
}
