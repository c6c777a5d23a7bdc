import type { EventFilter, EventService, ReplayPreview } from '@riposte/events';
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
  const before = asked.query('before');
  return events.searchEvents(filterOf(asked), {
    limit: asked.limit,
    ...(before !== undefined && { before: wholeNumber('before', before) }),
  });
}

/** `POST /api/backtest`: what the pattern of a rule, or any pattern, would have matched. */
export async function backtest({ events, region }: EventPagesOptions, asked: Asked) {
  const { rule, pattern, eventBusName, fromMs, toMs, limit = 20 } = await asked.body<BacktestRequest>();
  const tried = pattern ?? (rule && (await events.describeRule(region(), rule, eventBusName)).EventPattern);
  if (tried === undefined)
    throw new Refusal(
      400,
      'InvalidRequest',
      rule === undefined
        ? 'Name a rule or give a pattern.'
        : `Rule ${rule} has a schedule and no pattern: there is nothing to try.`,
    );
  return events.backtest(
    tried,
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
