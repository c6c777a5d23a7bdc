import { eventTime } from '../envelope/time.ts';
import type { EventEnvelope } from '../ports/event-service.ts';

/** What a sample is about. Everything that differs from one event to the next comes in here. */
export interface SampleContext {
  /** The account the event concerns and that receives it. Twelve digits. */
  account: string;
  region: string;
  nowMs: number;
  uuid(): string;
  /** What the event is about besides keys and users: instances, volumes, certificates, buckets. Default: made up. */
  entities?: string[];
  /** Default: the key id that AWS's documentation uses for examples. */
  accessKeyIds?: string[];
  /** Default: `example-user`. */
  userName?: string;
  /** Without the page, or with it: `-` and a number, which is replaced. Default: a fresh one. */
  communicationId?: string;
  /** Over how many events the list of entities is spread; default 1. */
  pages?: number;
  /** The copy that AWS Health sends to the backup region. */
  backup?: boolean;
  /** The final update of the notice. */
  closed?: boolean;
}

/** A sample event: a name to ask for it by, the pattern of a rule for it, and how to make it. */
export interface Sample {
  /** `<family>/<code>` */
  name: string;
  title: string;
  /** An event pattern that matches this sample and no other one of the catalogue. */
  pattern: Record<string, unknown>;
  /** Only notices of AWS Health have pages, backup copies, updates and a communication id. */
  isHealth: boolean;
  /** All pages of it, in order. */
  make(context: SampleContext): EventEnvelope[];
}

/** What a sample of another service than AWS Health says; the rest of the envelope is the same for all. */
export interface ServiceEvent {
  source: string;
  detailType: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** A sample that is one event, without anything that AWS Health's notices have. */
export function serviceSample(
  sample: Pick<Sample, 'name' | 'title' | 'pattern'>,
  say: (context: SampleContext) => ServiceEvent,
): Sample {
  return {
    ...sample,
    isHealth: false,
    make(context) {
      const { source, detailType, resources, detail } = say(context);
      return [
        {
          version: '0',
          id: context.uuid(),
          'detail-type': detailType,
          source,
          account: context.account,
          time: eventTime(context.nowMs),
          region: context.region,
          resources,
          detail,
        },
      ];
    },
  };
}
