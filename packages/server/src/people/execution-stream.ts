import type { AccountStore, CallRecord } from '@riposte/account';
import type { Execution, ExecutionChange, ExecutionHost } from '@riposte/engine';
import { callsOf, childrenOf } from './execution-pages.ts';
import { inOrderOfTime } from './in-order-of-time.ts';
import type { CallSummary, ExecutionStreamMessage, ExecutionSummary } from './shapes.ts';

export function summarise(execution: Execution): ExecutionSummary {
  const { origin } = execution;
  return {
    executionArn: execution.executionArn,
    stateMachineArn: execution.stateMachineArn,
    name: execution.name,
    status: execution.status,
    startDate: execution.startDate,
    ...(execution.stopDate !== undefined && { stopDate: execution.stopDate }),
    ...(execution.error !== undefined && { error: execution.error }),
    simulated: origin.simulated,
    ...(origin.eventId !== undefined && { eventId: origin.eventId }),
    ...(origin.parent && { parentArn: origin.parent.executionArn }),
  };
}

export function summariseCall(call: CallRecord): CallSummary {
  const { answer: _answer, journalKey: _journalKey, ...summary } = call;
  return summary;
}

interface StreamSources {
  executions: ExecutionHost;
  accountStore: AccountStore;
  /** Told after each call of any step is on disk. @returns a function that ends the subscription */
  subscribeToCalls(listener: (call: CallRecord) => void): () => void;
}

const PAGE = 1000;

/**
 * Everything that happened in one execution, then everything that happens, until it ends: history events, the AWS
 * calls of its steps, child executions.
 */
export async function* streamExecution(
  sources: StreamSources,
  executionArn: string,
  { signal, pastOnly }: { signal: AbortSignal; /** Ends where the past does. */ pastOnly: boolean },
): AsyncGenerator<ExecutionStreamMessage> {
  const { executions, accountStore } = sources;
  const queue: ExecutionStreamMessage[] = [];
  let wake = () => {};
  let ended = false;
  let lastEventId = 0;
  const seenCalls = new Set<string>();
  const push = (message: ExecutionStreamMessage) => {
    queue.push(message);
    wake();
  };
  const pushEvents = (change: Pick<ExecutionChange, 'events'>) => {
    const events = change.events.filter((event) => event.id > lastEventId);
    if (events.length === 0) return;
    lastEventId = Math.max(...events.map((event) => event.id));
    push({ type: 'events', events });
  };
  const pushCall = (call: CallRecord) => {
    if (call.executionArn !== executionArn || seenCalls.has(call.id)) return;
    seenCalls.add(call.id);
    push({ type: 'call', call: summariseCall(call) });
  };

  // Subscribed before the past is read, so that nothing falls between; what comes twice is dropped.
  const early: ExecutionChange[] = [];
  let live = false;
  const unsubscribe = [
    executions.subscribe((change) => {
      if (change.executionArn !== executionArn) return;
      if (!live) early.push(change);
      else pushEvents(change);
      if (change.status !== 'RUNNING') {
        ended = true;
        wake();
      }
    }),
    sources.subscribeToCalls(pushCall),
  ];
  signal.addEventListener('abort', () => wake());
  try {
    ended = (await executions.describeExecution(executionArn)).status !== 'RUNNING';
    let nextToken: string | undefined;
    do {
      const page = await executions.getExecutionHistory(executionArn, {
        maxResults: PAGE,
        ...(nextToken !== undefined && { nextToken }),
      });
      pushEvents(page);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    for (const call of await callsOf(accountStore, executionArn)) pushCall(call);
    for (const change of early) pushEvents(change);
    live = true;
    queue.push(...inOrderOfTime(queue.splice(0)));

    for (;;) {
      while (queue.length > 0) yield queue.shift()!; // the length was just looked at
      if (signal.aborted) return;
      if (ended || pastOnly) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    for (const child of await childrenOf(executions, executionArn))
      yield { type: 'child', execution: summarise(child) };
    yield { type: 'end', execution: summarise(await executions.describeExecution(executionArn)) };
  } finally {
    for (const end of unsubscribe) end();
  }
}
