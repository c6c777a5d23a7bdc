import { ServiceError } from '@riposte/engine';
import type { PeopleError } from './shapes.ts';

/** A request that the people's door refuses, with its HTTP status. */
export class Refusal extends Error {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413;
  readonly error: string;

  constructor(status: Refusal['status'], error: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.error = error;
  }
}

const NOT_FOUND = /DoesNotExist|NotFound/;

/** @returns the answer for whatever was thrown; `unexpected` is set for what is our own mistake */
export function describeFailure(thrown: unknown): { status: number; body: PeopleError; unexpected: boolean } {
  if (thrown instanceof Refusal)
    return {
      status: thrown.status,
      body: { error: thrown.error, message: thrown.message },
      unexpected: false,
    };
  if (thrown instanceof ServiceError) {
    const status = NOT_FOUND.test(thrown.code) ? 404 : thrown.status;
    return { status, body: { error: thrown.code, message: thrown.message }, unexpected: false };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { status: 500, body: { error: 'InternalFailure', message }, unexpected: true };
}
