import type { EventEnvelope } from './event-service.ts';

/** A target of a rule, members as the EventBridge API names them. */
export interface Target {
  Id: string;
  Arn: string;
  RoleArn?: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: { InputPathsMap?: Record<string, string>; InputTemplate: string };
  DeadLetterConfig?: { Arn?: string };
  RetryPolicy?: { MaximumRetryAttempts?: number; MaximumEventAgeInSeconds?: number };
}

/** One delivery of one event to one target. */
export interface TargetInvocation {
  /** The same for every attempt: the idempotency key. */
  deliveryId: string;
  eventId: string;
  /** As it was put; what a target gets of it is the payload. */
  event: EventEnvelope;
  ruleArn: string;
  region: string;
  target: Target;
  /** The body as shaped by Input, InputPath or InputTransformer. */
  payload: string;
  simulated: boolean;
  /** 1 for the first. */
  attempt: number;
}

export type InvocationOutcome =
  /** @property resultArn the execution that was started, when there is one */
  | { kind: 'delivered'; resultArn?: string }
  /** `errorCode` is one of the ERROR_CODE values of a dead letter. */
  | { kind: 'failed'; errorCode: string; errorMessage: string; retryable: boolean };

/** Reaches targets. Implemented over the gateway. */
export interface TargetInvoker {
  invoke(invocation: TargetInvocation): Promise<InvocationOutcome>;
}
