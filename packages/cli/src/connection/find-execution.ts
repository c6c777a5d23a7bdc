import type { ExecutionSummary } from '@riposte/server';
import { CommandFailure } from '../failure.ts';
import type { ServerConnection } from './server-connection.ts';

/**
 * @param wanted an ARN, a name, or the beginning of a name
 * @throws CommandFailure when it names none, or several, or one of an express machine
 */
export async function findExecution(server: ServerConnection, wanted: string): Promise<string> {
  if (wanted.includes(':express:'))
    throw new CommandFailure(
      `An express execution has no history but the records in the log group of its machine: riposte logs GROUP --filter '{ $.execution_arn = "${wanted}" }'`,
    );
  if (wanted.startsWith('arn:')) return wanted;
  const { executions } = await server.get<{ executions: ExecutionSummary[] }>('/api/executions', {
    limit: '1000',
  });
  const exact = executions.filter((execution) => execution.name === wanted);
  const found =
    exact.length > 0 ? exact : executions.filter((execution) => execution.name.startsWith(wanted));
  const [first] = found;
  if (found.length === 1 && first) return first.executionArn;
  if (found.length > 1)
    throw new CommandFailure(
      `'${wanted}' names ${found.length} executions; give the ARN of one:\n${found.map((execution) => `  ${execution.executionArn}`).join('\n')}`,
    );
  throw new CommandFailure(
    `There is no execution '${wanted}' among the newest 1,000. riposte executions lists them.`,
  );
}
