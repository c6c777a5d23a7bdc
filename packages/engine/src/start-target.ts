import { routeFor, type Aliases } from './aliases.ts';
import { isVersion, parseQualifiedArn, stateMachineArn, stateMachineDoesNotExist } from './arn.ts';
import { checkNotDeleting } from './machine-changes.ts';
import type { StateMachine } from './ports/state-machines.ts';
import type { Ids } from './ports/ids.ts';
import type { Store } from './ports/store.ts';
import type { Versions } from './versions.ts';

/** What a start is to run, and by which names it was found. */
export interface StartTarget {
  /** Of the machine itself. */
  stateMachineArn: string;
  stateMachineVersionArn?: string;
  stateMachineAliasArn?: string;
  /** The machine, or the version, as it is. */
  machine: StateMachine;
}

export interface StartTargetOptions {
  store: Store;
  ids: Ids;
  versions: Versions;
  aliases: Aliases;
}

/** @throws ServiceError `InvalidArn`, `StateMachineDoesNotExist`, `StateMachineDeleting` */
export async function findStartTarget(options: StartTargetOptions, arn: string): Promise<StartTarget> {
  const { qualifier, ...parts } = parseQualifiedArn(arn);
  const machineArn = stateMachineArn(parts);
  const unqualified = (await options.store.stateMachine(machineArn))?.stateMachine;
  if (!unqualified) throw stateMachineDoesNotExist(arn);
  checkNotDeleting(unqualified);
  if (qualifier === undefined) return { stateMachineArn: machineArn, machine: unqualified };
  const alias = isVersion(qualifier) ? undefined : await options.aliases.find(arn);
  const versionArn = alias ? routeFor(alias.routingConfiguration, options.ids.uniform()) : arn;
  const version = await options.versions.find(versionArn);
  if (!version) throw stateMachineDoesNotExist(arn);
  return {
    stateMachineArn: machineArn,
    stateMachineVersionArn: versionArn,
    ...(alias && { stateMachineAliasArn: arn }),
    machine: version,
  };
}
