import { readFile } from 'node:fs/promises';
import { isJsonObject, parseJson, type Json } from '@riposte/json';
import type { Command } from 'commander';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { connect, type ConnectedOptions, printJson, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  bus?: string;
}

interface Envelope {
  source?: unknown;
  'detail-type'?: unknown;
  detail?: unknown;
  resources?: unknown;
  time?: unknown;
}

export function registerSend(program: Command, context: CommandContext): void {
  withConnection(program.command('send'))
    .argument('<file>', 'an event envelope as JSON; - reads standard input')
    .description('put an event of your own on a bus (PutEvents)')
    .option('--bus <name>', 'the event bus', 'default')
    .action(async (file: string, options: Options) => {
      const event = await readEvent(file);
      const { source } = event;
      if (typeof source === 'string' && source.startsWith('aws.'))
        throw new CommandFailure(
          `The source '${source}' is AWS's own, and PutEvents refuses it to everybody. To rehearse such an event: riposte simulate ${file}`,
        );
      const server = await connect(context, options);
      const client = new SdkAwsClient({
        endpoint: server.endpoint,
        region: server.health.region,
        credentials: server.credentials,
      });
      const entry = { ...entryOf(event, file), EventBusName: options.bus };
      const answer = await client
        .call('events', 'PutEvents', { Entries: [entry] })
        .finally(() => client.close());
      if (options.json) return printJson(context, answer);
      const [result] = answer['Entries'] as { EventId?: string; ErrorCode?: string; ErrorMessage?: string }[]; // PutEvents answers one per entry
      if (result?.ErrorCode !== undefined)
        throw new CommandFailure(`${result.ErrorCode}: ${result.ErrorMessage ?? ''}`);
      context.terminal.out(`Event ${result?.EventId ?? ''} is on the bus ${options.bus ?? 'default'}.`);
    });
}

/** @throws CommandFailure for a time that is none: the SDK would send it as something that is no JSON */
function entryOf({ source, detail, time, resources, ...event }: Envelope, file: string): object {
  const sentAt = typeof time === 'string' ? new Date(time) : undefined;
  if ((time !== undefined && !sentAt) || (sentAt && Number.isNaN(sentAt.getTime())))
    throw new CommandFailure(
      `${file}: "time" must look like 2026-01-31T12:00:00Z, and is ${JSON.stringify(time)}.`,
    );
  return {
    Source: source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(detail),
    Resources: resources,
    ...(sentAt && { Time: sentAt }),
  };
}

/** @throws CommandFailure when the file cannot be read or holds no JSON object */
export async function readEvent(file: string): Promise<Envelope> {
  let text: string;
  try {
    text = file === '-' ? await readStandardInput() : await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  let value: Json;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new CommandFailure(`${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isJsonObject(value)) throw new CommandFailure(`${file} must hold one event as a JSON object.`);
  return value;
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
