import { clientModel, type ClientModel } from '../sdk/clients.ts';
import { sdkService } from '../sdk/services.ts';
import type { OperationModel } from '../wire/models.ts';

/** An operation that an optimised integration makes; its client is loaded when the model is first asked for. */
export interface Api {
  /** Signing name. */
  service: string;
  operation: string;
  readonly client: ClientModel;
  readonly model: OperationModel;
}

/**
 * @param key as in `aws-sdk:` resources; of a client that this room depends on
 * @param operation e.g. `SendMessage`
 */
export function apiOf(key: string, operation: string): Api {
  const service = sdkService(key);
  if (!service) throw new Error(`${key} is no service of the SDK`);
  return {
    service: service.service,
    operation,
    get client() {
      const client = clientModel(service.packageName);
      if (!client) throw new Error(`${service.packageName} is missing: run npm ci`);
      return client;
    },
    get model() {
      const model = this.client.operations.get(operation);
      if (!model) throw new Error(`${service.packageName} has no ${operation}`);
      return model;
    },
  };
}
