import { endOfOutput } from '../invocation-log.ts';
import { describeError, RuntimeFailure, type Handler } from './handler.ts';
import type { NextInvocation, RuntimeClient } from './runtime-client.ts';
import { setTime } from './simulated-time.ts';

// Kept from before the function could replace them.
const writers = [process.stdout, process.stderr].map(
  (stream) => stream.write.bind(stream) as (text: string) => boolean,
);

/** Exit codes of Lambda's own Node.js runtime client. */
const EXIT_UNHANDLED_REJECTION = 128;
const EXIT_UNCAUGHT_EXCEPTION = 129;

/** Serves invocations for ever: one at a time, each answered once. */
export async function serve(client: RuntimeClient, handler: Handler): Promise<never> {
  const callbackStyle = handler.length >= 3;
  const majorVersion = Number(/nodejs(\d+)/.exec(process.env['AWS_EXECUTION_ENV'] ?? '')?.[1] ?? 24);
  if (callbackStyle && majorVersion >= 24)
    throw new RuntimeFailure(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async function instead.',
    );
  let current: NextInvocation | undefined;
  const failAndExit = async (error: unknown, code: number) => {
    const described = describeError(error);
    console.error(JSON.stringify(described));
    try {
      await (current ? client.error(current.requestId, described) : client.initError(described));
    } finally {
      process.exit(code);
    }
  };
  process.on('uncaughtException', (error) => void failAndExit(error, EXIT_UNCAUGHT_EXCEPTION));
  process.on('unhandledRejection', (reason) => {
    const text = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    void failAndExit(new RuntimeFailure('Runtime.UnhandledPromiseRejection', text), EXIT_UNHANDLED_REJECTION);
  });
  // The event loop ran empty while the handler's promise is open: nothing will ever settle it.
  process.on('beforeExit', () =>
    failAndExit(
      new RuntimeFailure('Runtime.NodeJsExit', 'The event loop ended before the handler answered.'),
      0,
    ),
  );

  for (;;) {
    current = await client.next();
    const { requestId, nowMs } = current;
    if (nowMs !== undefined) setTime(nowMs);
    try {
      const event: unknown = JSON.parse(current.payload);
      const context = contextOf(current);
      const result = callbackStyle
        ? await callWithCallback(handler, event, context)
        : await callPlain(handler, event, context, majorVersion);
      const payload = serialise(result);
      endOutput(requestId);
      await client.response(requestId, payload);
    } catch (error) {
      const described = describeError(error);
      console.error(JSON.stringify(described));
      endOutput(requestId);
      await client.error(requestId, described);
    }
    current = undefined;
  }
}

function endOutput(requestId: string): void {
  for (const write of writers) write(`${endOfOutput(requestId)}\n`);
}

async function callPlain(
  handler: Handler,
  event: unknown,
  context: object,
  majorVersion: number,
): Promise<unknown> {
  const returned = handler(event, context);
  // Until Node.js 22 a plain value that is not a promise is discarded.
  if (majorVersion < 24 && !isThenable(returned)) return null;
  return returned;
}

function callWithCallback(handler: Handler, event: unknown, context: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (isThenable(returned)) Promise.resolve(returned).then(resolve, reject);
  });
}

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function serialise(result: unknown): string {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (error) {
    throw new RuntimeFailure('Runtime.JSONStringifyError', 'Unable to stringify response body', {
      cause: error,
    });
  }
}

function contextOf(invocation: NextInvocation): object {
  const { env } = process;
  return {
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    memoryLimitInMB: env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'],
    logGroupName: env['AWS_LAMBDA_LOG_GROUP_NAME'],
    logStreamName: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    clientContext:
      invocation.clientContext === undefined ? undefined : (JSON.parse(invocation.clientContext) as unknown),
    invokedFunctionArn: invocation.functionArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => invocation.deadlineMs - Date.now(),
  };
}
