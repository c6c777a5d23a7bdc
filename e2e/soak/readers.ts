import { setTimeout as sleep } from 'node:timers/promises';
import type { KilledServer } from './killed-server.ts';
import { handedEvent, type Ledger } from './ledger.ts';
import { arns, type Queue, QUEUES, queueUrl } from './world.ts';

interface Message {
  MessageId: string;
  ReceiptHandle: string;
  Body: string;
  MessageAttributes?: Record<string, { StringValue?: string }>;
}

const PAUSE_MS = 100;

/** Reads the queues, each message away once it is in the ledger, until it is told to stop. */
export async function readQueues(server: KilledServer, ledger: Ledger, signal: AbortSignal): Promise<void> {
  await Promise.all(
    QUEUES.map(async (queue) => {
      while (!signal.aborted) {
        const read = await readOnce(server, ledger, queue);
        if (read === 0) await sleep(PAUSE_MS);
      }
    }),
  );
}

async function readOnce(server: KilledServer, ledger: Ledger, queue: Queue): Promise<number> {
  const QueueUrl = queueUrl(queue);
  const gone = 'QueueDoesNotExist';
  const { Messages = [] } = (await server.call(
    'sqs',
    'ReceiveMessage',
    { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] },
    gone,
  )) as { Messages?: Message[] }; // the output of ReceiveMessage
  if (Messages.length === 0) return 0;
  for (const message of Messages) record(ledger, queue, message);
  const Entries = Messages.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }));
  await server.call('sqs', 'DeleteMessageBatch', { QueueUrl, Entries }, gone);
  return Messages.length;
}

function record(ledger: Ledger, queue: Queue, message: Message): void {
  const event = handedEvent(message.Body);
  if (queue === 'soak-queue') ledger.saw('queue', event, message.MessageId);
  else if (queue === 'soak-topic') ledger.saw('topic', event, message.MessageId);
  else if (queue === 'soak-bus') ledger.saw('bus', event, message.MessageId);
  else {
    const ruleArn = message.MessageAttributes?.['RULE_ARN']?.StringValue ?? '';
    ledger.sawDeadLetter(ruleArn.slice(ruleArn.lastIndexOf('/') + 1), event, message.MessageId);
  }
}

/** What the machine was started with, and what the log group holds; asked for, since neither calls anybody. */
export class Lookups {
  readonly #server: KilledServer;
  readonly #ledger: Ledger;
  readonly #known = new Set<string>();

  constructor(server: KilledServer, ledger: Ledger) {
    this.#server = server;
    this.#ledger = ledger;
  }

  async look(): Promise<void> {
    await this.#executions();
    await this.#logLines();
  }

  async #executions(): Promise<void> {
    let nextToken: unknown;
    do {
      const page = await this.#server.call('states', 'ListExecutions', {
        stateMachineArn: arns.machine,
        maxResults: 1000,
        nextToken,
      });
      nextToken = page['nextToken'];
      for (const { executionArn } of page['executions'] as { executionArn: string }[]) {
        if (this.#known.has(executionArn)) continue;
        const { input } = await this.#server.call('states', 'DescribeExecution', { executionArn });
        this.#ledger.saw('machine', handedEvent(String(input)), executionArn);
        this.#known.add(executionArn);
      }
    } while (nextToken !== undefined);
  }

  async #logLines(): Promise<void> {
    let nextToken: unknown;
    do {
      const page = await this.#server.call('logs', 'FilterLogEvents', {
        logGroupName: '/aws/events/soak',
        nextToken,
      });
      nextToken = page['nextToken'];
      for (const { message, eventId } of page['events'] as { message: string; eventId: string }[])
        this.#ledger.saw('log', handedEvent(message), eventId);
    } while (nextToken !== undefined);
  }
}
