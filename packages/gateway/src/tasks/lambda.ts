import { parseJson } from '@riposte/asl';
import { capitalised } from '../sdk/names.ts';
import { apiOf } from './api.ts';
import { refusedAsOptimised } from './failure.ts';
import type { Integration } from './integration.ts';
import { inputOf, membersOf, nameProblems, textOf } from './parameters.ts';
import { metadataOf } from './result.ts';

const api = apiOf('Lambda', 'lambda', 'Invoke');

const common = {
  service: api.service,
  operation: api.operation,
  refused: refusedAsOptimised(api, {
    prefix: 'Lambda',
    generic: 'AWSLambdaException',
    causeName: 'AWSLambda',
  }),
  failure: functionFailure,
  nameProblems: (names: readonly string[]) => nameProblems(api.model.input, capitalised, names),
} as const;

/** `arn:…:states:::lambda:invoke`: the function's answer among what the API told of the call. */
export const lambdaInvoke: Integration = {
  ...common,
  input: (text) => {
    const members = membersOf(text);
    const Payload = payloadGiven(members['Payload']);
    const given = { Qualifier: '$LATEST', ...members, Payload };
    return inputOf(api.service, api.model, given, capitalised);
  },
  result(output, told) {
    const { ExecutedVersion, LogResult, StatusCode } = output;
    return {
      ExecutedVersion,
      ...(LogResult !== undefined && { LogResult }),
      Payload: payloadOf(output),
      ...metadataOf(common, output, told),
      StatusCode: StatusCode ?? 200,
    };
  },
};

/** A function's ARN as the resource: the state's parameters go in, the function's answer comes out. */
export function functionIntegration(functionArn: string): Integration {
  return {
    ...common,
    input: (text) => ({ FunctionName: functionArn, Payload: new TextEncoder().encode(text) }),
    result: payloadOf,
  };
}

/** Text that is JSON is what the function gets; other text is the JSON string that it gets. */
function payloadGiven(value: unknown): string | undefined {
  if (typeof value !== 'string') return textOf(value);
  try {
    JSON.parse(value);
    return value;
  } catch {
    return JSON.stringify(value);
  }
}

/** The error is the payload's errorType exactly, the cause the payload's text. */
function functionFailure(output: Record<string, unknown>): { error: string; cause: string } | undefined {
  if (output['FunctionError'] === undefined) return undefined;
  const cause = payloadText(output);
  const payload = payloadOf(output);
  const errorType =
    typeof payload === 'object' && payload !== null && 'errorType' in payload ? payload.errorType : undefined;
  return { error: typeof errorType === 'string' ? errorType : 'Lambda.Unknown', cause };
}

/** Text that is no JSON stays text: what a runtime answered is not for this server to mend. */
function payloadOf(output: Record<string, unknown>): unknown {
  const text = payloadText(output);
  if (text === '') return null;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function payloadText({ Payload }: Record<string, unknown>): string {
  return Payload instanceof Uint8Array ? Buffer.from(Payload).toString('utf8') : '';
}
