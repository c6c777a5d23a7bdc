import type {
  AccountOperation,
  AccountStore,
  AccountTransaction,
  CallContext,
  NeededAction,
  TouchedResource,
} from '@riposte/account';
import type { HttpTrace } from '@riposte/asl';
import type { ExecutionHost, ExecutionOrigin, ServiceError, StepReference } from '@riposte/engine';
import type { EventEnvelope, EventService, SchedulerService } from '@riposte/events';
import type { CodeStore, FunctionHost } from '@riposte/functions';
import type { Buckets } from '../buckets/buckets.ts';
import type { ConnectionRequests } from '../http/connection-requests.ts';
import type { AsyncInvocations } from '../invocations/async-invocations.ts';
import type { QueueReceiver } from '../queues/queue-receiver.ts';

/** The rooms that operations are carried out by, besides the account. */
export interface Services {
  executions: ExecutionHost;
  events: EventService & SchedulerService;
  functions: FunctionHost;
}

/** What an operation of states, events and lambda may know and reach besides its input. */
export interface OperationContext extends CallContext {
  services: Services;
  store: AccountStore;
  codeStore: CodeStore;
  buckets: Buckets;
  /** The step on whose behalf the call is made. */
  step?: StepReference;
  /** Names this call within the attempt of its step; the same when a crashed attempt runs again. */
  journalKey?: string;
  /** Of a start by a rule. */
  origin?: ExecutionOrigin;
  /** The event that a rule hands to another bus, in place of the entries of PutEvents. */
  forwarded?: EventEnvelope;
  /** Idempotency key of the work that made this call: a delivery, or the call of a task attempt. */
  requestKey?: string;
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal;
  /** Aborted when the caller has gone. What was begun goes on; only a wait for work ends by it. */
  callerGone?: AbortSignal;
  /** Hears of the HTTP exchange that the call makes. */
  httpTrace?: HttpTrace;
  asyncInvocations: AsyncInvocations;
  /** To HTTP endpoints, in the name of a connection. */
  connectionRequests: ConnectionRequests;
  queues: QueueReceiver;
}

/**
 * One operation of a service whose state lives in another room. Input and output have the members and types of the
 * SDK for JavaScript. Required members and JSON types were checked before.
 */
export interface ServiceOperation<Input extends object = never, Output extends object = object> {
  /** Signing name, e.g. `states`. */
  service: string;
  /** E.g. `StartExecution`. */
  name: string;
  /** Not on the coverage page: the server alone asks for it, or everybody is refused. */
  isOffered?: false;
  access: 'read' | 'write';
  /** The IAM action where it is not `service:name`, e.g. `lambda:InvokeFunction`. */
  action?: string;
  /** The ARN that policies are evaluated against; `*` where the service defines no resource. */
  resourceArn(context: CallContext, input: Input, transaction: AccountTransaction): string;
  /** Where one request is about several resources: the others, each of which the caller needs. Default: none. */
  furtherResourceArns?(context: CallContext, input: Input): string[];
  /** Other actions that the caller needs too, each with its resource. Default: none. */
  furtherActions?(input: Input, services: Services): NeededAction[] | Promise<NeededAction[]>;
  /** Condition keys of the action itself, e.g. `states:HTTPMethod`. Default: none. */
  conditions?(input: Input): Record<string, string>;
  /** The policy of the resource itself, as JSON text. It binds service callers. Default: none. */
  resourcePolicy?(context: CallContext, input: Input, transaction: AccountTransaction): string | undefined;
  /**
   * The same where the policies lie in another room: those of all resources of the request, by ARN. Read just before
   * the call is judged.
   */
  resourcePolicies?(
    services: Services,
    context: CallContext,
    input: Input,
  ): Promise<ReadonlyMap<string, string>>;
  /** ARNs of roles that the call hands to the service: the caller needs `iam:PassRole` on each. Default: none. */
  passedRoles?(input: Input): (string | undefined)[];
  /** From the request alone. Default: none. */
  touched?(context: CallContext, input: Input): TouchedResource[];
  /** What a change is about when no resource says it, e.g. a token; only its digest is kept. Default: none. */
  subject?(input: Input): string;
  /** @throws ServiceError with the service's code, text and status */
  handle(context: OperationContext, input: Input): Promise<Output>;
  /**
   * What the service would answer to a change, without making it: for rehearsals, where the service is outside this
   * server. Default: a rehearsal is refused.
   * @throws ServiceError where the service would refuse, as far as reading tells
   */
  rehearse?(context: OperationContext, input: Input): Promise<Output>;
  /** The input as the audit record may show it. Default: the input; secrets by name are hidden either way. */
  auditedInput?(input: Input): unknown;
  /** Default: the output for a change, null for a read. */
  auditedOutput?(output: Output): unknown;
  /** The text of a failure as the audit record may show it. Default: its message. */
  auditedMessage?(error: ServiceError): string;
}

/** An operation as the pipeline finds it: one of the account, done in a single transaction, or one of a service. */
export type CatalogueEntry =
  | { kind: 'account'; operation: AccountOperation<object> }
  | { kind: 'service'; operation: ServiceOperation<object> };
