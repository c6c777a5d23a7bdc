import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-eventbridge';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { touchedBus, touchedRule } from './events-arns.ts';

/** Of two tags with the same key the last one counts. */
export function tagRecord(tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

const service = 'events';

const tagResource: ServiceOperation<TagResourceRequest> = {
  service,
  name: 'TagResource',
  access: 'write',
  resourceArn: (_context, { ResourceARN }) => ResourceARN!,
  touched: (_context, { ResourceARN }) => touchedByArn(ResourceARN!),
  async handle({ services }, { ResourceARN, Tags }) {
    await services.events.tagResource(ResourceARN!, tagRecord(Tags ?? []));
    return {};
  },
};

const untagResource: ServiceOperation<UntagResourceRequest> = {
  service,
  name: 'UntagResource',
  access: 'write',
  resourceArn: (_context, { ResourceARN }) => ResourceARN!,
  touched: (_context, { ResourceARN }) => touchedByArn(ResourceARN!),
  async handle({ services }, { ResourceARN, TagKeys }) {
    await services.events.untagResource(ResourceARN!, TagKeys ?? []);
    return {};
  },
};

const listTagsForResource: ServiceOperation<ListTagsForResourceRequest, ListTagsForResourceResponse> = {
  service,
  name: 'ListTagsForResource',
  access: 'read',
  resourceArn: (_context, { ResourceARN }) => ResourceARN!,
  async handle({ services }, { ResourceARN }) {
    const tags = await services.events.listTags(ResourceARN!);
    return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
};

function touchedByArn(arn: string) {
  return arn.includes(':event-bus/') ? touchedBus(arn) : touchedRule(arn);
}

export const eventsTagOperations = [tagResource, untagResource, listTagsForResource];
