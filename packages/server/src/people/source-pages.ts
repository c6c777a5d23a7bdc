import type {
  EventSources,
  PushSourceInput,
  QueueSourceInput,
  SourceStatus,
  WebhookSourceInput,
} from '@riposte/events';
import { Refusal } from './errors.ts';
import type { CreatedSource } from './shapes.ts';

/** `POST /api/sources`: what is asked for. */
export type SourceRequest =
  | ({ kind: 'queue' } & QueueSourceInput)
  | ({ kind: 'events' } & PushSourceInput)
  | ({ kind: 'webhook' } & WebhookSourceInput);

/** Secrets are in this answer and in no other. */
export async function createSource(
  sources: EventSources,
  doorUrl: string | undefined,
  request: Partial<SourceRequest>,
): Promise<SourceStatus | CreatedSource> {
  const { kind, ...input } = request;
  refuseUnknown(kind, input);
  // The members' types are checked above, their values by the room.
  switch (kind) {
    case 'queue':
      return sources.connect(input as QueueSourceInput);
    case 'events': {
      const { source, apiKey } = await sources.createPush(input as PushSourceInput);
      return { source, secret: apiKey, ...addressOf(doorUrl, `/events/${source.name}`) };
    }
    case 'webhook': {
      const { source, secret } = await sources.createWebhook(input as WebhookSourceInput);
      return { source, secret, ...addressOf(doorUrl, `/webhooks/${source.name}`) };
    }
    default:
      throw new Refusal(400, 'InvalidRequest', `kind is ${kind}, and must be queue, events or webhook.`);
  }
}

const REQUIRED = { queue: 'queueUrl', events: 'name', webhook: 'name' } as const;

function refuseUnknown(kind: keyof typeof REQUIRED | undefined, input: Record<string, unknown>): void {
  for (const [member, value] of Object.entries(input))
    if (typeof value !== (member === 'toleranceSeconds' ? 'number' : 'string'))
      throw new Refusal(400, 'InvalidRequest', `${member} has a value of the wrong type.`);
  const required = kind === undefined ? undefined : REQUIRED[kind];
  if (required !== undefined && input[required] === undefined)
    throw new Refusal(400, 'InvalidRequest', `${required} is missing.`);
}

function addressOf(doorUrl: string | undefined, path: string): { url?: string } {
  return doorUrl === undefined ? {} : { url: `${doorUrl}${path}` };
}
