import type { HistoryEvent } from '@riposte/asl';
import { settingsOf } from '../machine-settings.ts';
import type { Execution } from '../ports/executions.ts';
import type { LoggingConfiguration } from '../ports/state-machines.ts';
import type { ExecutionLogBatch, ExecutionLogs } from '../ports/execution-logs.ts';
import type { Notice, Store } from '../ports/store.ts';
import { isLogged, logBatches, type LogSource } from './log-records.ts';

/** Events of one execution that are to be logged: read from its history when their turn comes. */
interface LogNotice extends LogSource {
  logging: LoggingConfiguration;
  /** Ids of events, both inclusive. */
  from: number;
  to: number;
}

/** @returns the notice of what one transition has to log, as JSON text */
export function logNotice(execution: Execution, events: readonly HistoryEvent[]): string | undefined {
  const { logging } = settingsOf(execution.machine ?? {});
  const logged = events.filter((event) => isLogged(event, logging.level));
  if (logged.length === 0) return undefined;
  const { executionArn, stateMachineArn, redriveCount = 0 } = execution;
  const [from, to] = [logged[0]!.id, logged.at(-1)!.id]; // not empty
  return JSON.stringify({
    executionArn,
    stateMachineArn,
    redriveCount,
    logging,
    from,
    to,
  } satisfies LogNotice);
}

/** Writes what notices speak of, each under its own sequence: a repeated notice changes nothing. */
export async function writeLogs(
  store: Store,
  logs: ExecutionLogs,
  notices: readonly Notice[],
): Promise<void> {
  const batches: ExecutionLogBatch[] = [];
  for (const { sequence, body } of notices) {
    const { logging, from, to, ...source } = JSON.parse(body) as LogNotice; // written by logNotice
    const events = await store.history(source.executionArn, { from, limit: to - from + 1, reverse: false });
    for (const batch of logBatches(events, source, logging)) batches.push({ ...batch, sequence });
  }
  await logs.write(batches);
}
