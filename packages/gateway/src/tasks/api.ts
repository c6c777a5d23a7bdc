import { clientModel, type ClientModel } from '../sdk/clients.ts';
import { packageName } from '../sdk/names.ts';
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
 * @param serviceId e.g. `SFN`; of a client that this room depends on
 * @param service signing name
 * @param operation e.g. `StartExecution`
 */
export function apiOf(serviceId: string, service: string, operation: string): Api {
  return {
    service,
    operation,
    get client() {
      const client = clientModel(packageName(serviceId));
      if (!client) throw new Error(`${packageName(serviceId)} is missing: run npm ci`);
      return client;
    },
    get model() {
      const model = this.client.operations.get(operation);
      if (!model) throw new Error(`${packageName(serviceId)} has no ${operation}`);
      return model;
    },
  };
}
