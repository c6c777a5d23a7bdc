/** An AWS call as a fake client saw it. */
export interface Call {
  operation: string;
  input: Record<string, unknown>;
}

type Answer = (input: Record<string, unknown>) => unknown;

/**
 * Answers a client's calls from a table, operation by operation, and keeps what was asked. An operation that is not
 * in the table fails the test.
 */
export function answering<C extends { send: unknown }>(
  client: C,
  answers: Record<string, Answer>,
): { client: C; calls: Call[] } {
  const calls: Call[] = [];
  client.send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    calls.push({ operation, input: command.input });
    const answer = answers[operation];
    if (!answer) throw new Error(`The test did not expect ${operation} ${JSON.stringify(command.input)}`);
    return answer(command.input);
  };
  return { client, calls };
}

/** An error as the SDK throws it: its name is the service's code. */
export function awsError(name: string, message = name): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

export const CONFIGURATION = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'never used' },
};
