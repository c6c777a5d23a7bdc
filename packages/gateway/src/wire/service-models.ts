import { ServiceError } from '@riposte/engine';
import { readJson, writeJson } from './json-shapes.ts';
import { operationModel, serviceModel, serviceNames, type Protocol } from './models.ts';
import { protocols } from './protocols.ts';
import { checkInput } from './validation.ts';

/** The services' shapes for those who make calls without the wire: integrations, audit, coverage. */
export const serviceModels = {
  /** Signing names, e.g. `states`. */
  serviceNames,

  /** In alphabetical order; none for a service whose shapes are not known. */
  operationNames(service: string): string[] {
    return [...(serviceModel(service)?.operations.keys() ?? [])].sort();
  },

  hasOperation(service: string, operation: string): boolean {
    return serviceModel(service)?.operations.has(operation) ?? false;
  },

  /**
   * A value as the SDK types it → plain JSON as awsJson would carry it: dates as epoch seconds, blobs as base64,
   * members that the shape does not have left out.
   * @throws Error for an operation that `hasOperation` does not know
   */
  toWireJson(service: string, operation: string, side: 'input' | 'output', value: object): unknown {
    return writeJson(operationModel(service, operation)[side], value);
  },

  /**
   * The way back, for an input; `json` is not changed. Required members and constraints are checked.
   * @throws ServiceError `SerializationException` for a wrong type, `ValidationException` for a missing member
   * @throws Error for an operation that `hasOperation` does not know
   */
  fromJson(service: string, operation: string, json: unknown): object {
    const { input } = operationModel(service, operation);
    const value = readJson(input, json);
    if (typeof value !== 'object' || value === null)
      throw new ServiceError('SerializationException', 'The input is not an object.');
    checkInput(service, input, value);
    return value;
  },

  /**
   * What a client of the AWS door would be told besides the output itself, for an answer that never takes that way.
   * @throws Error for an operation that `hasOperation` does not know
   */
  writtenAnswer(service: string, operation: string, output: object, requestId: string): WrittenAnswer {
    const shapes = operationModel(service, operation);
    const model = serviceModel(service)!; // operationModel found it
    const { status, headers, body } = protocols[model.protocol].write(model, shapes, output, requestId);
    return { protocol: model.protocol, status, headers, bodyBytes: Buffer.byteLength(body) };
  },
};

export interface WrittenAnswer {
  protocol: Protocol;
  status: number;
  headers: Readonly<Record<string, string>>;
  bodyBytes: number;
}
