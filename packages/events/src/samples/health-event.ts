import { eventTime } from '../envelope/time.ts';
import type { EventEnvelope } from '../ports/event-service.ts';
import type { Sample, SampleContext } from './sample.ts';

/** What one event code of AWS Health says; the rest of the envelope is the same for all. */
export interface HealthCode {
  code: string;
  service: string;
  title: string;
  category: 'issue' | 'accountNotification' | 'investigation' | 'scheduledChange';
  /** Region in the event's ARN and in `eventRegion`; default: the one the event comes to. */
  eventRegion?: string;
  actionability: 'ACTION_REQUIRED' | 'ACTION_MAY_BE_REQUIRED' | 'INFORMATIONAL';
  personas: ('OPERATIONS' | 'SECURITY' | 'BILLING')[];
  /** Days until it starts, for changes that are announced; until then its status is `upcoming`. */
  startsInDays?: number;
  /** Days from start to end, for codes that carry an end. */
  durationDays?: number;
  /** Of each entity, for codes that tell one. */
  entityStatus?: 'IMPAIRED' | 'PENDING' | 'UNKNOWN';
  description(subject: Subject): string;
  /** Its entities are access keys: those of the context, when it has some. */
  namesKeys?: true;
  /** One entity; number 0 is the one of a notice about a single thing. */
  entity(number: number, subject: Subject): string;
  metadata?(subject: Subject): Record<string, string>;
}

/** Whom and what the event is about. */
export interface Subject {
  account: string;
  region: string;
  /** Of this page. */
  entities: readonly string[];
  accessKeyIds: readonly string[];
  userName: string;
  startMs: number;
}

const DAY_MS = 86_400_000;
const BACKUP_REGION = 'us-west-2'; // of events that belong to another region or to none
const BACKUP_OF_BACKUP_REGION = 'us-east-1';
const PAGE_SUFFIX = /-\d{1,3}$/; // short, so that no id's own last digits are taken for one
const MADE_UP_A_PAGE = 2; // entities, where there are pages and nobody named what is on them

/** A sample in the envelope that AWS Health sends today: page suffix, RFC 1123 times, page numbers as texts. */
export function healthSample(code: HealthCode): Sample {
  return {
    name: `health/${code.code}`,
    title: code.title,
    pattern: {
      source: ['aws.health'],
      'detail-type': ['AWS Health Event'],
      detail: { service: [code.service], eventTypeCode: [code.code] },
    },
    isHealth: true,
    make(context) {
      const communication = communicationOf(context);
      return pagesOf(code, context).map((entities, at) =>
        envelope(code, context, communication, { entities, number: at + 1 }),
      );
    },
  };
}

/** The communication id without its page: what the pages of one notice share. */
function communicationOf({ communicationId, uuid }: SampleContext): string {
  return communicationId?.replace(PAGE_SUFFIX, '') ?? uuid().replaceAll('-', '');
}

interface Page {
  /** From 1. */
  number: number;
  entities: string[];
}

function pagesOf(code: HealthCode, context: SampleContext): string[][] {
  const { pages = 1 } = context;
  const entities = context.entities ?? madeUpEntities(code, context, pages);
  const longest = Math.ceil(entities.length / pages);
  return Array.from({ length: pages }, (_, at) => entities.slice(at * longest, (at + 1) * longest));
}

function madeUpEntities(code: HealthCode, context: SampleContext, pages: number): string[] {
  const keys = code.namesKeys ? (context.accessKeyIds?.length ?? 0) : 0;
  const count = Math.max(keys, pages === 1 ? 1 : pages * MADE_UP_A_PAGE);
  const subject = subjectOf(code, context, []);
  return Array.from({ length: count }, (_, number) => code.entity(number, subject));
}

function envelope(
  code: HealthCode,
  context: SampleContext,
  communication: string,
  page: Page,
): EventEnvelope {
  return {
    version: '0',
    id: context.uuid(),
    'detail-type': 'AWS Health Event',
    source: 'aws.health',
    account: context.account,
    time: eventTime(context.nowMs),
    region: context.backup ? backupRegionOf(context.region) : context.region,
    resources: page.entities,
    detail: detailOf(code, context, communication, page),
  };
}

function backupRegionOf(region: string): string {
  return region === BACKUP_REGION ? BACKUP_OF_BACKUP_REGION : BACKUP_REGION;
}

function detailOf(
  code: HealthCode,
  context: SampleContext,
  communication: string,
  { entities, number }: Page,
): Record<string, unknown> {
  const subject = subjectOf(code, context, entities);
  const region = code.eventRegion ?? context.region;
  // the notice is one and the same in both regions, so its ARN must not depend on the event's own id
  const suffix = communication.slice(0, 12);
  const start = rfc1123(subject.startMs);
  const updated = rfc1123(context.nowMs);
  return {
    eventArn: `arn:aws:health:${region}::event/${code.service}/${code.code}/${code.code}_${suffix}`,
    service: code.service,
    eventTypeCode: code.code,
    eventTypeCategory: code.category,
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    communicationId: `${communication}-${number}`,
    startTime: start,
    ...(code.durationDays !== undefined && {
      endTime: rfc1123(subject.startMs + code.durationDays * DAY_MS),
    }),
    lastUpdatedTime: updated,
    statusCode: statusOf(code, context),
    eventRegion: region,
    eventDescription: [{ language: 'en_US', latestDescription: code.description(subject) }],
    ...(code.metadata && { eventMetadata: code.metadata(subject) }),
    affectedEntities: entities.map((entityValue) => ({
      entityValue,
      lastUpdatedTime: updated,
      ...(code.entityStatus && { status: context.closed ? 'RESOLVED' : code.entityStatus }),
    })),
    page: String(number),
    totalPages: String(context.pages ?? 1),
    backupEvent: context.backup ? 'true' : 'false',
    affectedAccount: context.account,
    actionability: code.actionability,
    personas: code.personas,
  };
}

function statusOf(code: HealthCode, context: SampleContext): string {
  if (context.closed) return 'closed';
  return code.startsInDays === undefined ? 'open' : 'upcoming';
}

function subjectOf(code: HealthCode, context: SampleContext, entities: readonly string[]): Subject {
  return {
    account: context.account,
    region: context.region,
    entities,
    accessKeyIds: context.accessKeyIds ?? [],
    userName: context.userName ?? 'example-user',
    startMs: context.nowMs + (code.startsInDays ?? 0) * DAY_MS,
  };
}

/** `Wed, 12 Feb 2025 00:37:54 GMT` */
export function rfc1123(ms: number): string {
  return new Date(ms).toUTCString();
}
