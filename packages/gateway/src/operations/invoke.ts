import type { InvocationRequest, InvocationResponse } from '@aws-sdk/client-lambda';
import { isSimulated } from '@riposte/account';
import { ServiceError, type StepReference } from '@riposte/engine';
import type { Invocation } from '@riposte/functions';
import { configurationOf } from '../invocations/configuration.ts';
import type { OperationContext, ServiceOperation } from '../pipeline/operation.ts';
import { getFunction, policyOf } from './function-registry.ts';
import { findFunction } from './functions.ts';
import { checkOneOf } from './lambda-constraints.ts';
import { functionArn, functionName, noSuchFunction, touchedFunction } from './lambda-names.ts';
import { refuseMembers } from './refuse-members.ts';

/** Bytes of a payload that is waited for, and of one that is not. */
const PAYLOAD_BYTES_MAX = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024, DryRun: 6 * 1024 * 1024 };

const invoke: ServiceOperation<InvocationRequest, InvocationResponse> = {
  service: 'lambda',
  name: 'Invoke',
  access: 'write',
  action: 'lambda:InvokeFunction',
  resourceArn: (context, { FunctionName }) => functionArn(context, FunctionName!),
  resourcePolicy(context, { FunctionName, Qualifier }, transaction) {
    const name = functionName(context, FunctionName!, Qualifier);
    const record = getFunction(transaction, context.region, name);
    // A service brings no policies of its own: for it, absence is the reason, and not a missing permission.
    if (!record && context.caller.kind === 'service') throw noSuchFunction(functionArn(context, name));
    return record && policyOf(record);
  },
  touched: (context, { FunctionName }) => touchedFunction(functionArn(context, FunctionName!)),
  async handle(context, input) {
    refuseMembers('lambda', input, ['TenantId', 'DurableExecutionName']);
    checkOneOf('invocationType', input.InvocationType, ['Event', 'RequestResponse', 'DryRun']);
    checkOneOf('logType', input.LogType, ['None', 'Tail']);
    const record = await findFunction(context, input);
    const { InvocationType: type = 'RequestResponse', LogType: logType = 'None' } = input;
    const invocation: Invocation = {
      configuration: configurationOf(record),
      payload: payloadOf(input.Payload, PAYLOAD_BYTES_MAX[type]),
      requestId: context.requestId,
      ...(context.step && { step: invokedStep(context, context.step) }),
      ...(isSimulated(context.caller) && { simulated: true }),
      ...(input.ClientContext !== undefined && { clientContext: input.ClientContext }),
    };
    const { functions } = context.services;
    if (type === 'DryRun') return { StatusCode: 204 };
    if (type === 'Event') {
      const { configuration, ...asked } = invocation;
      const { region, functionName: name } = configuration;
      await context.asyncInvocations.accept({ region, functionName: name, ...asked }, context.requestKey);
      return { StatusCode: 202 };
    }
    const result = await functions.invoke({
      ...invocation,
      ...(context.signal && { signal: context.signal }),
    });
    // A function that the server ended while it stopped did not answer: a repeated attempt shall run it again.
    if (result.functionError !== undefined && context.signal?.aborted === true)
      throw new ServiceError('ServiceException', 'The invocation was interrupted; nobody waits for it.', 500);
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: new TextEncoder().encode(result.payload) as NonNullable<InvocationResponse['Payload']>,
      ...(result.functionError !== undefined && { FunctionError: result.functionError }),
      ...(logType === 'Tail' && { LogResult: Buffer.from(result.logTail).toString('base64') }),
    };
  },
  auditedOutput: ({ StatusCode, FunctionError }) => ({ StatusCode, FunctionError }),
};

/** @returns JSON text; an absent payload is an empty object */
function payloadOf(payload: Uint8Array | undefined, bytesMax: number): string {
  if (!payload || payload.length === 0) return '{}';
  if (payload.length > bytesMax)
    throw new ServiceError(
      'RequestTooLargeException',
      `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`,
      413,
    );
  const text = Buffer.from(payload).toString('utf8');
  try {
    JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new ServiceError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${problem}`,
      400,
      { cause },
    );
  }
  return text;
}

/**
 * The step as the function's own calls will name it. A call that cannot be recognised again, as it has no journal
 * key, gets a path of its own: its function's calls must never be taken for those of another invocation.
 */
function invokedStep({ journalKey, requestId }: OperationContext, step: StepReference): StepReference {
  return { ...step, callPath: journalKey ?? requestId };
}

export const invokeOperations = [invoke];
