import { eventTime } from '../envelope/time.ts';
import type { Sample, SampleContext } from './sample.ts';

/** What one event code of AWS Health says; the rest of the envelope is the same for all. */
export interface HealthCode {
  code: string;
  service: string;
  title: string;
  category: 'issue' | 'accountNotification' | 'investigation' | 'scheduledChange';
  /** Region in the event's ARN and in `eventRegion`. */
  eventRegion: string;
  actionability: 'ACTION_REQUIRED' | 'ACTION_MAY_BE_REQUIRED' | 'INFORMATIONAL';
  personas: ('OPERATIONS' | 'SECURITY' | 'BILLING')[];
  /** Days from start to end, for codes that carry an end. */
  durationDays?: number;
  description(subject: Subject): string;
  entities(subject: Subject): string[];
  metadata?(subject: Subject): Record<string, string>;
}

/** Whom and what the event is about. */
export interface Subject {
  account: string;
  accessKeyIds: readonly string[];
  userName: string;
  startMs: number;
}

const DAY_MS = 86_400_000;
const BACKUP_REGION = 'us-west-2'; // of events that belong to us-east-1 or to no region
const PAGE_SUFFIX = /-\d+$/;

/** A sample in the envelope that AWS Health sends today: page suffix, RFC 1123 times, page numbers as texts. */
export function healthSample(code: HealthCode): Sample {
  return {
    name: `health/${code.code}`,
    title: code.title,
    make: (context) => {
      const entities = code.entities(subjectOf(context));
      return {
        version: '0',
        id: context.uuid(),
        'detail-type': 'AWS Health Event',
        source: 'aws.health',
        account: context.account,
        time: eventTime(context.nowMs),
        region: context.backup ? BACKUP_REGION : context.region,
        resources: entities,
        detail: detailOf(code, context, entities),
      };
    },
  };
}

function detailOf(code: HealthCode, context: SampleContext, entities: string[]): Record<string, unknown> {
  const subject = subjectOf(context);
  const communication = context.communicationId ?? context.uuid().replaceAll('-', '');
  // the notice is one and the same in both regions, so its ARN must not depend on the event's own id
  const suffix = communication.replace(PAGE_SUFFIX, '').slice(0, 12);
  const start = rfc1123(subject.startMs);
  return {
    eventArn: `arn:aws:health:${code.eventRegion}::event/${code.service}/${code.code}/${code.code}_${suffix}`,
    service: code.service,
    eventTypeCode: code.code,
    eventTypeCategory: code.category,
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    communicationId: PAGE_SUFFIX.test(communication) ? communication : `${communication}-1`,
    startTime: start,
    ...(code.durationDays !== undefined && {
      endTime: rfc1123(subject.startMs + code.durationDays * DAY_MS),
    }),
    lastUpdatedTime: start,
    statusCode: context.closed ? 'closed' : 'open',
    eventRegion: code.eventRegion,
    eventDescription: [{ language: 'en_US', latestDescription: code.description(subject) }],
    ...(code.metadata && { eventMetadata: code.metadata(subject) }),
    affectedEntities: entities.map((entityValue) => ({ entityValue, lastUpdatedTime: start })),
    page: '1',
    totalPages: '1',
    backupEvent: context.backup ? 'true' : 'false',
    affectedAccount: context.account,
    actionability: code.actionability,
    personas: code.personas,
  };
}

function subjectOf(context: SampleContext): Subject {
  return {
    account: context.account,
    accessKeyIds: context.accessKeyIds ?? ['AKIAIOSFODNN7EXAMPLE'],
    userName: context.userName ?? 'example-user',
    startMs: context.nowMs,
  };
}

/** `Wed, 12 Feb 2025 00:37:54 GMT` */
export function rfc1123(ms: number): string {
  return new Date(ms).toUTCString();
}
