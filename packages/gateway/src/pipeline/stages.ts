import { type Caller, isSimulated } from '@riposte/account';
import type { Buckets } from '../buckets/buckets.ts';
import type { CatalogueEntry, OperationContext, ServiceOperation } from './operation.ts';
import { notRehearsable } from './refusals.ts';

/**
 * What stands between "the caller may" and "it is done": where a call goes, and whether it is carried out there. Guards
 * of playbooks and routing to real AWS go here too.
 */
export type Route =
  | { kind: 'local' }
  /** A service somewhere else does it. */
  | { kind: 'outside'; address: string };
export type GuardAnswer = { kind: 'pass' } | { kind: 'rehearse'; address: string };

export function route({ operation }: CatalogueEntry, buckets: Buckets): Route {
  if (operation.service === 's3' && buckets.outside !== undefined)
    return { kind: 'outside', address: buckets.outside };
  return { kind: 'local' };
}

/** A rehearsal reads everywhere, and changes nothing outside this server. */
export function guard({ operation }: CatalogueEntry, caller: Caller, to: Route): GuardAnswer {
  return to.kind === 'outside' && operation.access === 'write' && isSimulated(caller)
    ? { kind: 'rehearse', address: to.address }
    : { kind: 'pass' };
}

/** @param rehearsedFor  the service outside that is not to be changed */
export async function carryOut(
  operation: ServiceOperation<object>,
  rehearsedFor: string | undefined,
  context: OperationContext,
  input: object,
): Promise<object> {
  if (rehearsedFor === undefined) return operation.handle(context, input);
  if (!operation.rehearse) throw notRehearsable(operation.service, operation.name, rehearsedFor);
  return operation.rehearse(context, input);
}
