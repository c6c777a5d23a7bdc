import type { AwsClient } from '../ports/aws-client.ts';
import type { ResourceRequest } from './resource-type.ts';
import { AlreadyExists, hasCode } from './service-code.ts';

/** A service's operations on one kind of resource that it keeps by name, and what errors it has for that. */
export interface NamedOperations {
  service: string;
  create: string;
  update: string;
  describe: string;
  /** Member of the requests that holds the name. */
  nameMember: string;
  /** Member of the description that holds the ARN, part of which the service chooses. */
  arnMember: string;
  existsCode: string;
  /** For the message, e.g. `The connection`. */
  what: string;
}

/**
 * Creates a resource whose ARN the service chooses. One that stands from an earlier run of ours is brought up to date.
 * @returns the ARN
 * @throws AlreadyExists
 */
export async function createNamed(
  operations: NamedOperations,
  request: ResourceRequest,
  input: object,
  client: AwsClient,
): Promise<string> {
  const { service, create, existsCode, what } = operations;
  try {
    await client.call(service, create, input);
  } catch (error) {
    if (!hasCode(error, existsCode)) throw error;
    if (!request.adopt) throw new AlreadyExists(`${what} ${request.name}`, { cause: error });
    return updateNamed(operations, request, input, client);
  }
  return arnNamed(operations, request, client);
}

/** @returns the ARN */
export async function updateNamed(
  operations: NamedOperations,
  request: ResourceRequest,
  input: object,
  client: AwsClient,
): Promise<string> {
  await client.call(operations.service, operations.update, input);
  return arnNamed(operations, request, client);
}

async function arnNamed(
  { service, describe, nameMember, arnMember }: NamedOperations,
  { name }: ResourceRequest,
  client: AwsClient,
): Promise<string> {
  const described = await client.call(service, describe, { [nameMember]: name });
  return String(described[arnMember]);
}
