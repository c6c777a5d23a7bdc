import { ServiceError } from '@riposte/engine';
import type { CallContext } from '../ports/operation.ts';

/** SNS begins the text of every InvalidParameter alike. */
export function invalidParameter(problem: string): ServiceError {
  return new ServiceError('InvalidParameter', `Invalid parameter: ${problem}`);
}

export function topicId(region: string, name: string): string {
  return `${region}/${name}`;
}

/**
 * The id under which the topic of an ARN is kept, if there is one.
 * @throws ServiceError InvalidParameter for other text, another account or another region
 */
export function topicAt(context: CallContext, topicArn: string, member = 'TopicArn'): string {
  const parts = topicArn.split(':');
  if (parts.length < 6)
    throw invalidParameter(`${member} Reason: An ARN must have at least 6 elements, not ${parts.length}`);
  const [, , service, region, account, name, ...rest] = parts;
  const here = service === 'sns' && region === context.region && account === context.account;
  if (!here || !name || rest.length > 0) throw invalidParameter(member);
  return topicId(region, name);
}
