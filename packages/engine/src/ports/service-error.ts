/**
 * An error of the caller, as an AWS service would answer it. Rooms throw it; the gateway writes it in the
 * protocol's own shape.
 */
export class ServiceError extends Error {
  /** The service's code, e.g. `StateMachineDoesNotExist`, `NoSuchEntity`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status = 400, options?: ErrorOptions) {
    super(message, options);
    this.name = code;
    this.code = code;
    this.status = status;
  }
}
