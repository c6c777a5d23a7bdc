import type { AwsClient } from '../ports/aws-client.ts';
import { json, list, members, text } from '../resolve/shape.ts';
import { documentText, textsAt } from './properties.ts';
import type { ResourceRequest, ResourceState, ResourceType } from './resource-type.ts';

/** A resource that is nothing of its own: a policy that it gives to others, which have one at a time. */
export interface PolicyAttachment {
  type: string;
  /** The property that lists who gets the policy. */
  holders: string;
  /** The same in the details of the state. */
  kept: string;
  /** Gives a holder a policy, as JSON text, in the place of what it had. */
  write(holder: string, policy: string, client: AwsClient): Promise<void>;
  /** Gives a holder what it has without a policy of ours; one that is gone needs none. */
  restore(holder: string, state: ResourceState, client: AwsClient): Promise<unknown>;
}

export function policyAttachment({ type, holders, kept, write, restore }: PolicyAttachment): ResourceType {
  const writeAll = async ({ properties }: ResourceRequest, client: AwsClient) => {
    for (const holder of textsAt(properties, holders))
      await write(holder, documentText(properties['PolicyDocument']), client);
  };
  const stateOf = ({ name, properties, pseudo }: ResourceRequest): ResourceState => ({
    physicalId: name,
    attributes: { Id: name },
    details: { [kept]: textsAt(properties, holders), account: pseudo.account },
  });
  return {
    type,
    shape: members({ [holders]: list(text), PolicyDocument: json }, [holders, 'PolicyDocument']),
    nameLengthMax: 256,
    replacedBy: [],
    attributes: ['Id'],

    identify: stateOf,

    async create(request, client) {
      await writeAll(request, client);
      return stateOf(request);
    },

    async update(request, client, previous) {
      await writeAll(request, client);
      const now = textsAt(request.properties, holders);
      for (const holder of textsAt(previous.details, kept))
        if (!now.includes(holder)) await restore(holder, previous, client);
      return stateOf(request);
    },

    async delete(state, client) {
      for (const holder of textsAt(state.details, kept)) await restore(holder, state, client);
    },
  };
}
