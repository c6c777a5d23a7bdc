import type { EventEnvelope } from './event-service.ts';
import type { PageRequest } from '../pages.ts';

/** An archive as it is kept. Times in milliseconds since the epoch. */
export interface Archive {
  ArchiveName: string;
  ArchiveArn: string;
  /** Of the event bus. */
  EventSourceArn: string;
  Description?: string;
  EventPattern?: string;
  /** 0: for ever. */
  RetentionDays: number;
  State: 'ENABLED';
  creationTimeMs: number;
}

/** An archive with what it holds. */
export interface ArchiveDescription extends Archive {
  EventCount: number;
  SizeBytes: number;
}

type ReplayState = 'STARTING' | 'RUNNING' | 'CANCELLING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';

/** A replay as it is kept. Times in milliseconds since the epoch. */
export interface Replay {
  ReplayName: string;
  ReplayArn: string;
  /** Of the archive. */
  EventSourceArn: string;
  Description?: string;
  /** `FilterArns`: only to these rules. */
  Destination: { Arn: string; FilterArns?: string[] };
  State: ReplayState;
  StateReason?: string;
  eventStartTimeMs: number;
  eventEndTimeMs: number;
  /** Of the last event that was replayed. */
  eventLastReplayedTimeMs?: number;
  replayStartTimeMs: number;
  replayEndTimeMs?: number;
  /** A rehearsal asked for it: all that it puts is marked. */
  simulated?: true;
}

/** A replay that has not ended. */
export interface ActiveReplay {
  region: string;
  replay: Replay;
  /** When it goes on. */
  dueAtMs: number;
  /** The last archived event that was replayed. */
  after?: ArchivePosition;
}

/** A place in an archive: events lie in order of their time. */
export interface ArchivePosition {
  eventTimeMs: number;
  sequence: number;
}

/** An event in an archive. */
export interface ArchivedEvent {
  event: EventEnvelope;
  simulated: boolean;
  position: ArchivePosition;
}

/** What a replay would do. */
export interface ReplayPreview {
  /** Archived events in the range. */
  events: number;
  /** Of them, how many each rule would get today. */
  rules: { ruleArn: string; ruleName: string; matched: number }[];
}

export interface StartReplayInput {
  ReplayName: string;
  EventSourceArn: string;
  Description?: string;
  eventStartTimeMs: number;
  eventEndTimeMs: number;
  Destination: { Arn: string; FilterArns?: string[] };
}

/** The part of the service that keeps events and puts them on their bus again. */
export interface ArchiveOperations {
  createArchive(
    region: string,
    input: {
      ArchiveName: string;
      EventSourceArn: string;
      Description?: string;
      EventPattern?: string;
      RetentionDays?: number;
    },
  ): Promise<Archive>;
  describeArchive(region: string, name: string): Promise<ArchiveDescription>;
  updateArchive(
    region: string,
    name: string,
    change: { Description?: string; EventPattern?: string; RetentionDays?: number },
  ): Promise<Archive>;
  deleteArchive(region: string, name: string): Promise<void>;
  listArchives(
    region: string,
    request: PageRequest & { EventSourceArn?: string; State?: string },
  ): Promise<{ Archives: ArchiveDescription[]; NextToken?: string }>;

  /** @param how.simulated  a rehearsal asks for it: all that it puts is marked like its cause */
  startReplay(region: string, input: StartReplayInput, how?: { simulated?: boolean }): Promise<Replay>;
  describeReplay(region: string, name: string): Promise<Replay>;
  cancelReplay(region: string, name: string): Promise<Replay>;
  listReplays(
    region: string,
    request: PageRequest & { EventSourceArn?: string; State?: string },
  ): Promise<{ Replays: Replay[]; NextToken?: string }>;
  /** What StartReplay would do, without doing it. The name and the description of `input` do not matter. */
  previewReplay(region: string, input: Omit<StartReplayInput, 'ReplayName'>): Promise<ReplayPreview>;
}
