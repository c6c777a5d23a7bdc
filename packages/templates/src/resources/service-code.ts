import type { AwsClient } from '../ports/aws-client.ts';

/** Whether an error carries one of these service codes; `NoSuchEntity` also stands for `NoSuchEntityException`. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes(error.name.replace(/Exception$/, ''));
}

/** Awaits `call`; an error with one of `codes` is no error. @returns whether the call went through */
export async function allow(call: Promise<unknown>, ...codes: readonly string[]): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (hasCode(error, ...codes)) return false;
    throw error;
  }
}

/** What a call yields, `undefined` when the service says with one of `codes` that there is no such thing. */
export async function find(
  client: AwsClient,
  call: [service: string, operation: string, input: object],
  ...codes: readonly string[]
): Promise<Record<string, unknown> | undefined> {
  try {
    return await client.call(...call);
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}

/** A resource of the wanted name stands already and is not ours. */
export class AlreadyExists extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(
      `${what} exists already and does not belong to this stack. Choose another name, or delete it first`,
      options,
    );
    this.name = 'AlreadyExists';
  }
}
