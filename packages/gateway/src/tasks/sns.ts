import type { Integration } from './integration.ts';
import { inputWithText } from './parameters.ts';
import { metadataOf, pascalResult } from './result.ts';

/** `arn:…:states:::sns:publish`. */
export const snsPublish: Integration = {
  service: 'sns',
  operation: 'Publish',
  naming: { service: 'sns', prefix: 'SNS', generic: 'AmazonSNSException', sdk: 1, causeName: 'AmazonSNS' },
  input: inputWithText('sns', 'Publish', 'Message'),
  result: (output, told) => ({
    ...(pascalResult(output, 'epoch-ms') as object),
    ...metadataOf(snsPublish, output, told),
  }),
};
