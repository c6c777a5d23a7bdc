import type { ExecutionDetail, ExecutionStreamMessage, ExecutionSummary } from '@riposte/server';
import type { ServerConnection } from '../connection/server-connection.ts';
import { CommandFailure } from '../failure.ts';
import { ExecutionPrinter } from '../show/execution-printer.ts';
import { oneLine, styled, type Terminal } from '../terminal.ts';

const WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 50;

/** Asks again until there is an answer. @throws CommandFailure after half a minute */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new CommandFailure(`${what} did not come within ${WAIT_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/**
 * Shows the executions that an event started, live: the one its rule started, then those which that one started.
 * @returns all of them, ended
 */
export async function followEvent(
  server: ServerConnection,
  terminal: Terminal,
  eventId: string,
): Promise<ExecutionDetail[]> {
  const [first] = await waitFor('The execution that the rule starts', async () => {
    const { executions } = await server.get<{ executions: ExecutionSummary[] }>('/api/executions', {
      eventId,
    });
    const started = executions.filter((execution) => execution.parentArn === undefined);
    return started.length > 0 ? started : undefined;
  });
  if (!first) throw new CommandFailure(`Event ${eventId} started nothing.`);
  return followTree(server, terminal, first.executionArn);
}

async function followTree(
  server: ServerConnection,
  terminal: Terminal,
  executionArn: string,
): Promise<ExecutionDetail[]> {
  const path = `/api/executions/${encodeURIComponent(executionArn)}`;
  const execution = await server.get<ExecutionDetail>(path);
  const simulated = execution.origin.simulated ? `  ${styled(terminal, 'yellow', 'SIMULATED')}` : '';
  terminal.out(`  ${styled(terminal, 'bold', oneLine(executionArn))}${simulated}`);
  const printer = new ExecutionPrinter(terminal, execution.startDate);
  const children: string[] = [];
  for await (const message of server.stream<ExecutionStreamMessage>(`${path}/stream`)) {
    printer.print(message);
    if (message.type === 'child') children.push(message.execution.executionArn);
  }
  const ended = await server.get<ExecutionDetail>(path);
  const below: ExecutionDetail[] = [];
  for (const child of children) below.push(...(await followTree(server, terminal, child)));
  return [ended, ...below];
}
