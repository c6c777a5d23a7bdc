import type { AccountTransaction, CallContext, NeededAction, TouchedResource } from '@riposte/account';
import type { HttpTrace } from '@riposte/asl';
import type { ExecutionOrigin } from '@riposte/engine';
import type { EventEnvelope } from '@riposte/events';
import type { AwsCall } from '../call.ts';
import type { Wanted } from './authorise.ts';
import type { CatalogueEntry } from './operation.ts';

/** A call from inside the server, which may know more than a signed request tells. */
export interface InternalCall extends AwsCall {
  origin?: ExecutionOrigin;
  /** Idempotency key of a delivery: its call is carried out once, whatever crashes before the delivery is settled. */
  requestKey?: string;
  /** Handed on from another bus, as it is: what PutEvents puts in place of its entries. */
  forwarded?: EventEnvelope;
  signal?: AbortSignal;
  /** Of a tested state: told past the answer, which is kept and recorded. */
  httpTrace?: HttpTrace;
}

/** One call on its way through the stages. */
export interface Passage {
  call: InternalCall;
  context: CallContext;
  entry: CatalogueEntry;
  access: 'read' | 'write';
  touched: TouchedResource[];
  /** Of resources whose policies lie in another room, by ARN. */
  resourcePolicies?: ReadonlyMap<string, string>;
  /** Actions that the caller needs besides the operation's own. */
  furtherActions?: readonly NeededAction[];
  /** Set in the first transaction; drawn once, whatever becomes of the call. */
  journalKey?: string;
  verdict: string;
  /** The service outside this server that is not asked, because a rehearsal makes the call. */
  rehearsedFor?: string;
}

/** What the caller must be allowed for the call to go on, and the policies that have a say in it. */
export function wantedBy(transaction: AccountTransaction, passage: Passage, resourceArn: string): Wanted {
  const { call, context, entry, resourcePolicies, furtherActions } = passage;
  const { operation } = entry;
  const resourcePolicy =
    operation.resourcePolicy?.(context, call.input, transaction) ?? resourcePolicies?.get(resourceArn);
  const common = {
    resourceArn,
    ...(resourcePolicies && { furtherPolicies: resourcePolicies }),
    ...(resourcePolicy !== undefined && { resourcePolicy }),
    ...(operation.service === 'sqs' &&
      resourcePolicy === undefined &&
      context.undefinedRoles === 'unrestricted' && { openToServices: true }),
  };
  const action = operation.action ?? `${operation.service}:${operation.name}`;
  if (entry.kind === 'account') {
    const needed = entry.operation.furtherActions?.(context, call.input, transaction);
    return {
      ...common,
      action,
      alwaysAllowed: entry.operation.alwaysAllowed === true,
      ...(needed && { furtherActions: needed }),
    };
  }
  const passed = entry.operation.passedRoles?.(call.input) ?? [];
  const roleArns = passed.filter((arn) => arn !== undefined);
  const furtherResourceArns = entry.operation.furtherResourceArns?.(context, call.input);
  return {
    ...common,
    ...(furtherResourceArns && { furtherResourceArns }),
    ...(furtherActions && { furtherActions }),
    ...(entry.operation.conditions && { conditions: entry.operation.conditions(call.input) }),
    action,
    ...(roleArns.length > 0 && { passedRoles: { roleArns, service: operation.service } }),
  };
}
