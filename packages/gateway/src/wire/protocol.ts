import type { ServiceError } from '@riposte/engine';
import type { WireRequest } from './canonical-request.ts';
import type { OperationModel, ServiceModel } from './models.ts';

/** What goes back over the wire, besides what every answer carries. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** One of the services' protocols, seen from the server. */
export interface WireProtocol {
  /**
   * @throws ServiceError with the code for an operation that the service does not know, or for a body that is not
   *   what the protocol says
   */
  read(service: ServiceModel, request: WireRequest): { operation: OperationModel; input: object };
  write(service: ServiceModel, operation: OperationModel, output: object, requestId: string): Reply;
  /** @param service absent when the request does not say which one it means */
  writeError(service: ServiceModel | undefined, error: ServiceError, requestId: string): Reply;
}
