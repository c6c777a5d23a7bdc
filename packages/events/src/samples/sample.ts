import type { EventEnvelope } from '../ports/event-service.ts';

/** What a sample is about. Everything that differs from one event to the next comes in here. */
export interface SampleContext {
  /** The account the event concerns and that receives it. */
  account: string;
  region: string;
  nowMs: number;
  uuid(): string;
  /** Default: the key id that AWS's documentation uses for examples. */
  accessKeyIds?: string[];
  /** Default: `example-user`. */
  userName?: string;
  /** With or without the page suffix; default: a fresh one. Two events with the same one are the same notice. */
  communicationId?: string;
  /** The copy that AWS Health sends to the backup region. */
  backup?: boolean;
  /** The final update of the notice. */
  closed?: boolean;
}

/** A sample event: a name to ask for it by, and how to make it. */
export interface Sample {
  /** `<service>/<event code>` */
  name: string;
  title: string;
  make(context: SampleContext): EventEnvelope;
}
