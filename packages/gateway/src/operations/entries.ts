import { accountOperations, type AccountOperation } from '@riposte/account';
import { Catalogue, type SupportedOperation } from '../pipeline/catalogue.ts';
import type { CatalogueEntry, ServiceOperation } from '../pipeline/operation.ts';
import { activityOperations } from './activities.ts';
import { aliasOperations } from './aliases.ts';
import { apiDestinationOperations } from './api-destinations.ts';
import { archiveOperations } from './archives.ts';
import { connectionOperations } from './connections.ts';
import { deliverToLogGroup } from './deliver-to-log-group.ts';
import { eventBusOperations } from './event-buses.ts';
import { eventPermissionOperations } from './event-permissions.ts';
import { eventsTagOperations } from './events-tags.ts';
import { unavailableEventOperations } from './events-unavailable.ts';
import { executionOperations } from './executions.ts';
import { mapRunOperations } from './map-runs.ts';
import { functionPermissionOperations } from './function-permissions.ts';
import { functionOperations } from './functions.ts';
import { invokeApiDestination } from './invoke-api-destination.ts';
import { invokeOperations } from './invoke.ts';
import { receiveMessage } from './receive-message.ts';
import { replayOperations } from './replays.ts';
import { ruleOperations } from './rules.ts';
import { scheduleGroupOperations } from './schedule-groups.ts';
import { scheduleOperations } from './schedules.ts';
import { s3Operations } from './s3.ts';
import { stateMachineOperations } from './state-machines.ts';
import { statesTagOperations } from './states-tags.ts';
import { taskTokenOperations } from './task-tokens.ts';
import { testStateOperations } from './test-state.ts';
import { versionOperations } from './versions.ts';

const serviceOperations: readonly ServiceOperation[] = [
  ...stateMachineOperations,
  ...executionOperations,
  ...mapRunOperations,
  ...taskTokenOperations,
  ...versionOperations,
  ...aliasOperations,
  ...statesTagOperations,
  ...testStateOperations,
  ...activityOperations,
  ...eventBusOperations,
  ...ruleOperations,
  ...eventPermissionOperations,
  ...eventsTagOperations,
  ...archiveOperations,
  ...replayOperations,
  ...connectionOperations,
  ...apiDestinationOperations,
  ...scheduleOperations,
  ...scheduleGroupOperations,
  ...unavailableEventOperations,
  invokeApiDestination,
  ...functionOperations,
  ...functionPermissionOperations,
  ...invokeOperations,
  receiveMessage,
  ...s3Operations,
];

/** Every operation that is written. The wire (or an integration) has checked inputs against the model before. */
export const entries: readonly CatalogueEntry[] = [
  ...[...accountOperations, deliverToLogGroup].map((operation) => ({
    kind: 'account' as const,
    operation: operation as AccountOperation<object>,
  })),
  ...serviceOperations.map((operation) => ({
    kind: 'service' as const,
    operation: operation as ServiceOperation<object>,
  })),
];

/** Every operation that is written, for people: the coverage page. */
export function supportedOperations(): SupportedOperation[] {
  return new Catalogue(entries).list();
}
