import type { EventEnvelope } from './event-service.ts';

/** A target of a rule, members as the EventBridge API names them. */
export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  /** Of an API destination. A value that is a path (`$.detail.id`) stands for what it leads to in the event. */
  HttpParameters?: {
    PathParameterValues?: string[];
    HeaderParameters?: Record<string, string>;
    QueryStringParameters?: Record<string, string>;
  };
  DeadLetterConfig?: { Arn?: string };
  /** Of schedules: how their input becomes an event. */
  EventBridgeParameters?: { DetailType: string; Source: string };
  SqsParameters?: { MessageGroupId?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

/** One delivery of one event to one target. */
export interface TargetInvocation {
  /** The same for every attempt: the idempotency key. */
  deliveryId: string;
  eventId: string;
  /** As it was put, read anew each time; what a target gets of it is the payload. */
  readonly event: EventEnvelope;
  ruleArn: string;
  region: string;
  /** With the paths in its parameters resolved; in a dead letter as it stands in the rule. */
  target: Target;
  /** The body as shaped by Input, InputPath or InputTransformer. */
  payload: string;
  simulated: boolean;
  /** 1 for the first. */
  attempt: number;
  /** Until when it may be tried, in milliseconds since the epoch. A turn after that is no use to it. */
  expiresAtMs: number;
}

/** How an attempt to deliver ended. A failure is data, never an exception. */
export type InvocationOutcome =
  /** @property resultArn the execution that was started, when there is one */
  | { kind: 'delivered'; resultArn?: string }
  /** Not tried yet, and no attempt: the target takes the delivery at this instant, milliseconds since the epoch. After it expires it is given up. */
  | { kind: 'later'; atMs: number }
  /** `retryAfterMs` is what the target asked for. `errorCode` is the ERROR_CODE of a dead letter. */
  | {
      kind: 'failed';
      errorCode: string;
      errorMessage: string;
      retryable: boolean;
      retryAfterMs?: number;
    };

/** Why a delivery ended without success, as its dead letter tells. */
export interface DeadLetter {
  /** Attempts that were made. */
  attempts: number;
  errorCode: string;
  errorMessage: string;
  /** What of the retry policy ran out; absent when a retry could not have helped. */
  exhausted?: ExhaustedCondition;
  diedAtMs: number;
}

export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** One message to the dead-letter queue of a target. */
export interface DeadLetterMessage {
  /** What could not be delivered; its payload is the event itself where its input could not be made. */
  invocation: TargetInvocation;
  queueArn: string;
  /** By name, as the service gives them for rules or for schedules. */
  attributes: Readonly<Record<string, string>>;
}

/** Reaches targets and their dead-letter queues. Implemented over the gateway. */
export interface TargetInvoker {
  invoke(invocation: TargetInvocation): Promise<InvocationOutcome>;
  /** However often it is repeated for one delivery, the queue gets one message. */
  sendDeadLetter(message: DeadLetterMessage): Promise<InvocationOutcome>;
}
