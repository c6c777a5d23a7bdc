import type { AccountStore, CallRecord } from '@riposte/account';
import type { Execution, ExecutionHost } from '@riposte/engine';

const PAGE = 1000;

/** Every execution that this one started, newest first. */
export async function childrenOf(
  executions: Pick<ExecutionHost, 'listExecutions'>,
  executionArn: string,
): Promise<Execution[]> {
  const children: Execution[] = [];
  let nextToken: string | undefined;
  do {
    const page = await executions.listExecutions(
      { parentArn: executionArn },
      { maxResults: PAGE, ...(nextToken !== undefined && { nextToken }) },
    );
    children.push(...page.executions);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return children;
}

/**
 * The calls of an execution's steps, in the order in which they began.
 * @param newestMax leaves out all but those that ended last; default: none is left out
 */
export async function callsOf(
  store: Pick<AccountStore, 'transaction'>,
  executionArn: string,
  newestMax = Number.POSITIVE_INFINITY,
): Promise<CallRecord[]> {
  const newestFirst: CallRecord[] = [];
  for (;;) {
    const limit = Math.min(PAGE, newestMax - newestFirst.length);
    const last = newestFirst.at(-1);
    const page = await store.transaction((transaction) =>
      transaction.findCalls({
        executionArn,
        limit,
        ...(last && { beforeSequence: last.sequence }),
      }),
    );
    newestFirst.push(...page);
    // A call is recorded when it has ended, after those that a function it invoked made in the meantime.
    if (page.length < limit || newestFirst.length >= newestMax)
      return newestFirst.toReversed().toSorted((one, other) => one.timeMs - other.timeMs);
  }
}
