import { parseStateMachineArn, stateMachineDoesNotExist } from './arn.ts';
import type { StateMachine } from './ports/state-machines.ts';
import { ServiceError } from './ports/service-error.ts';
import type { ResourceChange, Store } from './ports/store.ts';

const ATTEMPTS_MAX = 5;

/** What a request makes of a machine, its versions and its aliases; written together or not at all. */
export interface MachineChange<T> {
  /** Default: as it was. */
  machine?: StateMachine;
  resources?: readonly ResourceChange[];
  reply: T;
}

/**
 * Changes a machine. Decided again when another request was faster.
 * @param decide is given the machine as it is now; `undefined` as its answer changes nothing
 * @throws ServiceError `InvalidArn`, `StateMachineDoesNotExist`, `StateMachineDeleting`,
 *   `ConflictException` when others were faster five times
 */
export async function changeMachine<T>(
  store: Store,
  arn: string,
  decide: (machine: StateMachine) => Promise<MachineChange<T> | { unchanged: T }>,
): Promise<T> {
  const { region } = parseStateMachineArn(arn);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const stored = await store.stateMachine(arn);
    if (!stored) throw stateMachineDoesNotExist(arn);
    checkNotDeleting(stored.stateMachine);
    const change = await decide(stored.stateMachine);
    if ('unchanged' in change) return change.unchanged;
    const { machine = stored.stateMachine, resources = [], reply } = change;
    if (await store.saveStateMachine(machine, region, stored.revision, resources)) return reply;
  }
  throw new ServiceError(
    'ConflictException',
    `The state machine was changed by other requests at the same time: ${arn}. Try again.`,
    409,
  );
}

/** @throws ServiceError `StateMachineDeleting` */
export function checkNotDeleting({ status, stateMachineArn }: StateMachine): void {
  if (status === 'DELETING')
    throw new ServiceError('StateMachineDeleting', `State Machine is being deleted: '${stateMachineArn}'`);
}
