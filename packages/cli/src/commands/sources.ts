import type { Command } from 'commander';
import type { CreatedSource, SourceRequest, SourceStatus } from '@riposte/server';
import type { CommandContext } from '../program.ts';
import { wholeNumberOf } from '../number-option.ts';
import { describeSources } from '../show/describe-source.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface PushOptions extends ConnectedOptions {
  header?: string;
  bus?: string;
}

interface WebhookOptions extends ConnectedOptions {
  source?: string;
  detailType?: string;
  signatureHeader?: string;
  signaturePrefix?: string;
  signed?: string;
  timestampHeader?: string;
  tolerance?: string;
  idHeader?: string;
  bus?: string;
}

export function registerSources(program: Command, context: CommandContext): void {
  const sources = withConnection(program.command('sources'))
    .description('list where events come from; make addresses that take events (docs/sources.md)')
    .action(async (options: ConnectedOptions) => {
      const server = await connect(context, options);
      const found = await server.get<SourceStatus[]>('/api/sources');
      if (options.json) return printJson(context, found);
      for (const line of describeSources(found)) context.terminal.out(line);
    });
  /** Options that stand before the subcommand's name. */
  const all = <T extends ConnectedOptions>(own: T): T => ({ ...sources.opts<ConnectedOptions>(), ...own });

  withConnection(sources.command('add-push'))
    .argument('<name>', 'its name, and the last part of its address')
    .description('take whole events from an API destination of EventBridge, with an API key')
    .option('--header <name>', 'the header that carries the key (default: x-api-key)')
    .option('--bus <name>', 'the bus that the events are put on (default: default)')
    .action(async (name: string, own: PushOptions) => {
      const options = all(own);
      await create(context, options, {
        kind: 'events',
        name,
        ...(options.header !== undefined && { apiKeyHeader: options.header }),
        ...(options.bus !== undefined && { eventBusName: options.bus }),
      });
    });

  withConnection(sources.command('add-webhook'))
    .argument('<name>', 'its name, and the last part of its address')
    .description('take JSON that is signed with HMAC-SHA256; it becomes the detail of an event')
    .option('--source <source>', 'source of the events (default: webhook.NAME)')
    .option('--detail-type <type>', 'detail-type of the events (default: Webhook)')
    .option('--signature-header <name>', 'default: x-hub-signature-256')
    .option('--signature-prefix <text>', 'stands before the signature (default: sha256=)')
    .option('--signed <text>', 'what is signed (default: {body}, or {timestamp}.{body})')
    .option('--timestamp-header <name>', 'the header of the timestamp, which must be signed too')
    .option('--tolerance <seconds>', 'how far the timestamp may be off (default: 300)')
    .option('--id-header <name>', 'the header that names a delivery: the same again is dropped')
    .option('--bus <name>', 'the bus that the events are put on (default: default)')
    .action(async (name: string, own: WebhookOptions) => {
      const options = all(own);
      await create(context, options, { kind: 'webhook', name, ...webhookOf(options) });
    });

  withConnection(sources.command('remove'))
    .argument('<name>', 'the name of a source')
    .description('take nothing from a source any more; what it brought stays')
    .action(async (name: string, own: ConnectedOptions) => {
      const options = all(own);
      await (await connect(context, options)).delete(`/api/sources/${encodeURIComponent(name)}`);
      return options.json ? printJson(context, {}) : context.terminal.out(`Removed ${name}.`);
    });
}

function webhookOf(
  options: WebhookOptions,
): Omit<Extract<SourceRequest, { kind: 'webhook' }>, 'kind' | 'name'> {
  return {
    ...(options.source !== undefined && { source: options.source }),
    ...(options.detailType !== undefined && { detailType: options.detailType }),
    ...(options.signatureHeader !== undefined && { signatureHeader: options.signatureHeader }),
    ...(options.signaturePrefix !== undefined && { signaturePrefix: options.signaturePrefix }),
    ...(options.signed !== undefined && { signedContent: options.signed }),
    ...(options.timestampHeader !== undefined && { timestampHeader: options.timestampHeader }),
    ...(options.tolerance !== undefined && {
      toleranceSeconds: wholeNumberOf('--tolerance', options.tolerance, { min: 1 }),
    }),
    ...(options.idHeader !== undefined && { idHeader: options.idHeader }),
    ...(options.bus !== undefined && { eventBusName: options.bus }),
  };
}

async function create(
  context: CommandContext,
  options: ConnectedOptions,
  request: SourceRequest,
): Promise<void> {
  const server = await connect(context, options);
  const created = await server.post<CreatedSource>('/api/sources', request);
  if (options.json) return printJson(context, created);
  const { terminal } = context;
  const { source, secret, url } = created;
  if (url === undefined)
    terminal.err('The sources’ door is off: nothing arrives until the server runs with --sources-port N.');
  terminal.out(
    `Source ${source.name}: send to ${url ?? `/${source.kind === 'webhook' ? 'webhooks' : 'events'}/${source.name}`}`,
  );
  terminal.out(`${source.kind === 'webhook' ? 'Secret' : 'API key'}, shown this once: ${secret}`);
}
