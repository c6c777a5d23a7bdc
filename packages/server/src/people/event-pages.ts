import type { EventFilter, EventPosition, EventService, ReplayPreview } from '@riposte/events';
import { Refusal } from './errors.ts';
import type { BacktestRequest, ReplayPreviewRequest, StoredEvents } from './shapes.ts';

/** What the pages need of the door. */
export interface EventPagesOptions {
  events: EventService;
  region(): string;
}

/** A question of the request's query, and its body. */
interface Asked {
  query(name: string): string | undefined;
  limit: number;
  body<T>(): Promise<T>;
}

const STATUSES = ['pending', 'delivered', 'dead'] as const;

/** `GET /api/events`: one page, newest first. */
export async function searchEvents({ events }: EventPagesOptions, asked: Asked): Promise<StoredEvents> {
  const asks = asked.query('before');
  const { before, ...page } = await events.searchEvents(filterOf(asked), {
    limit: asked.limit,
    ...(asks !== undefined && { before: positionOf(asks) }),
  });
  return { ...page, ...(before && { before: `${before.receivedAtMs}-${before.sequence}` }) };
}

function positionOf(before: string): EventPosition {
  const [, receivedAtMs, sequence] = /^(\d{1,15})-(\d{1,15})$/.exec(before) ?? [];
  if (receivedAtMs === undefined || sequence === undefined)
    throw new Refusal(
      400,
      'InvalidRequest',
      `before is ${before}, and must be what the page before ended with.`,
    );
  return { receivedAtMs: Number(receivedAtMs), sequence: Number(sequence) };
}

/** `POST /api/backtest`: what the pattern of a rule, or any pattern, would have matched. */
export async function backtest({ events, region }: EventPagesOptions, asked: Asked) {
  const { rule, pattern, eventBusName, fromMs, toMs, limit = 20 } = await asked.body<BacktestRequest>();
  const { EventPattern, State } =
    pattern === undefined && rule !== undefined
      ? await events.describeRule(region(), rule, eventBusName)
      : { EventPattern: pattern };
  if (EventPattern === undefined)
    throw new Refusal(
      400,
      'InvalidRequest',
      rule === undefined
        ? 'Name a rule or give a pattern.'
        : `Rule ${rule} has a schedule and no pattern: there is nothing to try.`,
    );
  return events.backtest(
    { EventPattern, ...(State && { State }) },
    {
      ...(eventBusName !== undefined && { eventBusName }),
      ...(fromMs !== undefined && { fromMs }),
      ...(toMs !== undefined && { toMs }),
    },
    limit,
  );
}

/** `POST /api/replay-preview`: what StartReplay would do. */
export async function previewReplay(
  { events, region }: EventPagesOptions,
  asked: Asked,
): Promise<ReplayPreview> {
  const { EventSourceArn, Destination, fromMs, toMs } = await asked.body<ReplayPreviewRequest>();
  return events.previewReplay(region(), {
    EventSourceArn,
    Destination,
    eventStartTimeMs: fromMs,
    eventEndTimeMs: toMs,
  });
}

function filterOf({ query }: Asked): EventFilter {
  const texts = ['source', 'detailType', 'eventBusName', 'rule', 'text'] as const;
  const filter: EventFilter = {};
  for (const name of texts) {
    const value = query(name);
    if (value !== undefined) filter[name] = value;
  }
  for (const name of ['fromMs', 'toMs'] as const) {
    const value = query(name);
    if (value !== undefined) filter[name] = wholeNumber(name, value);
  }
  const status = query('status');
  const known = STATUSES.find((one) => one === status);
  if (status !== undefined && !known)
    throw new Refusal(
      400,
      'InvalidRequest',
      `status is ${status}, and must be one of ${STATUSES.join(', ')}.`,
    );
  return { ...filter, ...(known && { status: known }) };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Refusal(400, 'InvalidRequest', `${name} is ${text}, and must be a whole number.`);
  return value;
}
