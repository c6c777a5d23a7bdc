import type {
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  Tag,
  TagResourceInput,
  UntagResourceInput,
} from '@aws-sdk/client-sfn';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { touchedActivity, touchedMachine } from './states-arns.ts';

/** Of two tags with the same key the last one counts, as on AWS. */
export function tagRecord(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]));
}

const service = 'states';

const tagResource: ServiceOperation<TagResourceInput> = {
  service,
  name: 'TagResource',
  access: 'write',
  resourceArn: (_context, input) => input.resourceArn!,
  touched: (_context, input) => touchedByArn(input.resourceArn),
  async handle({ services }, { resourceArn, tags }) {
    await services.executions.tagResource({ resourceArn: resourceArn!, tags: tagRecord(tags ?? []) });
    return {};
  },
};

const untagResource: ServiceOperation<UntagResourceInput> = {
  service,
  name: 'UntagResource',
  access: 'write',
  resourceArn: (_context, input) => input.resourceArn!,
  touched: (_context, input) => touchedByArn(input.resourceArn),
  async handle({ services }, { resourceArn, tagKeys }) {
    await services.executions.untagResource({ resourceArn: resourceArn!, tagKeys: tagKeys ?? [] });
    return {};
  },
};

const listTagsForResource: ServiceOperation<ListTagsForResourceInput, ListTagsForResourceOutput> = {
  service,
  name: 'ListTagsForResource',
  access: 'read',
  resourceArn: (_context, input) => input.resourceArn!,
  async handle({ services }, { resourceArn }) {
    const tags = await services.executions.listTags(resourceArn!);
    return { tags: Object.entries(tags).map(([key, value]) => ({ key, value })) };
  },
};

function touchedByArn(arn: string | undefined) {
  return arn?.includes(':activity:') ? touchedActivity(arn) : touchedMachine(arn);
}

export const statesTagOperations = [tagResource, untagResource, listTagsForResource];
