import { capitalised } from '../sdk/names.ts';
import { apiOf, type Api } from './api.ts';
import { refusedAsOptimised } from './failure.ts';
import type { Integration } from './integration.ts';
import { inputOf, membersOf, nameProblems, textOf } from './parameters.ts';
import { metadataOf, resultOf } from './result.ts';

interface PlainApi {
  api: Api;
  prefix: string;
  generic: string;
  causeName: string;
  /** The member for which a state may give any JSON: the API wants it as text. */
  textMember: string;
}

/** An optimised integration that makes its API's call, and adds to the answer what the request was told of. */
function plain({ api, textMember, ...names }: PlainApi): Integration {
  return {
    service: api.service,
    operation: api.operation,
    refused: refusedAsOptimised(api, names),
    nameProblems: (names) => nameProblems(api.model.input, capitalised, names),
    input(text) {
      const members = membersOf(text);
      const given = { ...members, [textMember]: textOf(members[textMember]) };
      return inputOf(api.service, api.model, given, capitalised);
    },
    result: (output, told) => ({
      ...resultOf(api.model, output, { nameOf: capitalised, dates: 'epoch-ms' }),
      ...metadataOf(api, output, told),
    }),
  };
}

/**
 * `arn:…:states:::states:startExecution` in all its forms: this starts the child; waiting for its end, where the
 * state asks for it, is the engine's.
 */
export const startExecution: Integration = plain({
  api: apiOf('SFN', 'states', 'StartExecution'),
  prefix: 'StepFunctions',
  generic: 'AWSStepFunctionsException',
  causeName: 'AWSStepFunctions',
  textMember: 'Input',
});

/** `arn:…:states:::sns:publish`. */
export const snsPublish: Integration = plain({
  api: apiOf('SNS', 'sns', 'Publish'),
  prefix: 'SNS',
  generic: 'AmazonSNSException',
  causeName: 'AmazonSNS',
  textMember: 'Message',
});

const sendMessage: Integration = plain({
  api: apiOf('SQS', 'sqs', 'SendMessage'),
  prefix: 'SQS',
  generic: 'AmazonSQSException',
  causeName: 'AmazonSQS',
  textMember: 'MessageBody',
});

/** `arn:…:states:::sqs:sendMessage`. The SDK behind it sends to the queue's URL itself, wherever that leads. */
export const sqsSendMessage: Integration = {
  ...sendMessage,
  unreachable({ QueueUrl }) {
    const host = typeof QueueUrl === 'string' ? hostWithoutQueue(QueueUrl) : undefined;
    if (host === undefined) return undefined;
    return {
      error: 'SQS.SdkClientException',
      cause: `Unable to execute HTTP request: ${host}: Name or service not known`,
    };
  },
};

/** The host of a URL that names no queue: a queue's has the account and the name as its path. */
function hostWithoutQueue(queueUrl: string): string | undefined {
  const url = URL.parse(queueUrl);
  return url && url.pathname.split('/').filter((part) => part !== '').length === 0 ? url.hostname : undefined;
}
