import type { OperationModel } from '../wire/models.ts';
import { clientModel, type ClientModel } from './clients.ts';
import { actionName } from './names.ts';
import { sdkService, type SdkService } from './services.ts';

/** What `aws-sdk:<key>:<action>` names, or why it cannot be called. */
export type SdkAction =
  | { kind: 'known'; service: SdkService; client: ClientModel; operation: OperationModel }
  /** No such service or action, or one that streams events, which Step Functions leaves out. */
  | { kind: 'unknown' }
  /** The SDK's package for the service is not installed, so nothing is known of its actions. */
  | { kind: 'not-installed'; service: SdkService };

/** Loads the service's client when it has not been loaded yet. */
export function sdkAction(key: string, action: string): SdkAction {
  const service = sdkService(key);
  if (!service) return { kind: 'unknown' };
  const client = clientModel(service.packageName);
  if (!client) return { kind: 'not-installed', service };
  const operation =
    client.operations.get(action.charAt(0).toUpperCase() + action.slice(1)) ?? renamed(client, action);
  if (!operation || actionName(operation.name) !== action || streamsEvents(operation))
    return { kind: 'unknown' };
  return { kind: 'known', service, client, operation };
}

/** Where more than the first letter differs. */
function renamed(client: ClientModel, action: string): OperationModel | undefined {
  return [...client.operations.values()].find(({ name }) => actionName(name) === action);
}

function streamsEvents({ input, output }: OperationModel): boolean {
  return [input, output].some(
    (schema) =>
      schema.isStructSchema() &&
      [...schema.structIterator()].some(([, member]) => member.isStreaming() && member.isStructSchema()),
  );
}
