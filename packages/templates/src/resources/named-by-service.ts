import type { AwsClient } from '../ports/aws-client.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';
import { allow, AlreadyExists, hasCode } from './service-code.ts';

/** One kind of EventBridge resource that is kept by name, under an ARN that the service chooses a part of. */
export interface NamedKind {
  /** As the operations name it: `Connection` of `CreateConnection`. */
  kind: string;
  /** For the message, e.g. `The connection`. */
  what: string;
  /** Requests to create and to update it, the name aside. */
  inputOf(properties: ResourceRequest['properties']): object;
}

/** What such a resource does; its shape is its own. The ARN is known once it is made. */
export function namedByService({
  kind,
  what,
  inputOf,
}: NamedKind): Pick<
  ResourceType,
  'nameProperty' | 'nameLengthMax' | 'attributes' | 'identify' | 'create' | 'update' | 'delete'
> {
  const update = async (request: ResourceRequest, client: AwsClient): Promise<ResourceState> => {
    await client.call('events', `Update${kind}`, { Name: request.name, ...inputOf(request.properties) });
    return described(request, client);
  };
  const described = async ({ name }: ResourceRequest, client: AwsClient): Promise<ResourceState> => {
    const description = await client.call('events', `Describe${kind}`, { Name: name });
    return stateOf(name, String(description[`${kind}Arn`]));
  };
  return {
    nameProperty: 'Name',
    nameLengthMax: 64,
    attributes: ['Arn'],

    identify: ({ name }) => stateOf(name, ''),

    async create(request, client) {
      try {
        await client.call('events', `Create${kind}`, { Name: request.name, ...inputOf(request.properties) });
      } catch (error) {
        if (!hasCode(error, 'ResourceAlreadyExists')) throw error;
        if (!request.adopt) throw new AlreadyExists(`${what} ${request.name}`, { cause: error });
        return update(request, client);
      }
      return described(request, client);
    },

    update,

    async delete(state, client) {
      await allow(client.call('events', `Delete${kind}`, { Name: state.physicalId }), 'ResourceNotFound');
    },
  };
}

function stateOf(name: string, arn: string): ResourceState {
  return { physicalId: name, attributes: { Arn: arn }, details: {} };
}
