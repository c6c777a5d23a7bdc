import type { Ids } from '@riposte/engine';
import type { RequestContext } from '@riposte/policy';
import type { AccountTransaction } from './account-store.ts';
import type { Caller } from './caller.ts';

/**
 * What becomes of a service that is to work with a role which this account does not define: refused, as on AWS, or
 * free to do anything, as local AWS tools do it.
 */
export type UndefinedRoles = 'refused' | 'unrestricted';

/** What an operation may know of the call besides its input. */
export interface CallContext {
  /** Twelve digits. */
  account: string;
  region: string;
  nowMs: number;
  ids: Ids;
  caller: Caller;
  requestId: string;
  /** Where the caller reaches this server's AWS door; addresses of queues begin with it. Default: AWS's own. */
  endpointUrl?: string;
  /** Global condition keys of the request, for an operation that asks policies itself. Default: none is known. */
  conditionContext?: RequestContext;
  /** Default `refused`. */
  undefinedRoles?: UndefinedRoles;
}

/** A resource as CloudTrail names it, e.g. `{ type: 'AWS::IAM::AccessKey', name: 'AKIA…' }`. */
export interface TouchedResource {
  type: string;
  name: string;
}

/** What a caller must be allowed besides the call itself. */
export interface NeededAction {
  action: string;
  resourceArn: string;
}

/**
 * One operation of a service of the local account. Input and output have the members and types of the SDK for
 * JavaScript (dates are `Date`, blobs `Uint8Array`). Required members and JSON types were checked before.
 */
export interface AccountOperation<Input extends object = never, Output extends object = object> {
  /** Signing name, e.g. `iam`. */
  service: string;
  /** E.g. `DeleteAccessKey`; with the service it is also the IAM action. */
  name: string;
  /** Not on the coverage page: the server alone asks for it. */
  isOffered?: false;
  /** The IAM action where it is not `service:name`, e.g. `sqs:SendMessage` of a batch. */
  action?: string;
  access: 'read' | 'write';
  /**
   * The gateway asks no policy: everybody is answered, as AWS does for `sts:GetCallerIdentity`, or `handle` decides
   * by itself, since more than the caller's policies speaks (`sts:AssumeRole`). Default: false.
   */
  alwaysAllowed?: true;
  /**
   * The ARN that policies are evaluated against; `*` where the service defines no resource. Reads the store because
   * an ARN can depend on what is kept there: the path of a user, the owner of an access key.
   */
  resourceArn(context: CallContext, input: Input, transaction: AccountTransaction): string;
  /** The policy of the resource itself (a topic's), as JSON text. It binds service callers. Default: none. */
  resourcePolicy?(context: CallContext, input: Input, transaction: AccountTransaction): string | undefined;
  /** Other actions that the caller needs too, each with its resource. Default: none. */
  furtherActions?(context: CallContext, input: Input, transaction: AccountTransaction): NeededAction[];
  /** Default: none. */
  touched?(context: CallContext, input: Input): TouchedResource[];
  /**
   * @throws ServiceError with the service's code, text and status; nothing is written then
   */
  handle(transaction: AccountTransaction, context: CallContext, input: Input): Output;
  /** The input as the audit record may show it. Default: the input; secrets by name are hidden either way. */
  auditedInput?(input: Input): unknown;
  /** The output as the audit record may show it: without secrets. Default: the output for a change, null for a read. */
  auditedOutput?(output: Output): unknown;
}
