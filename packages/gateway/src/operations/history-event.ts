import type { HistoryEvent as ApiHistoryEvent } from '@aws-sdk/client-sfn';
import { withoutExecutionData, type HistoryEvent } from '@riposte/engine';

/** An event as the API answers it: its time is a date. The details are the API's own already. */
export function historyEventOf(event: HistoryEvent, withData: boolean): ApiHistoryEvent {
  const members = Object.entries(event).map(([name, value]) => [
    name,
    !withData && name.endsWith('EventDetails')
      ? withoutExecutionData(value as Record<string, unknown>)
      : value,
  ]);
  return {
    ...(Object.fromEntries(members) as Omit<HistoryEvent, 'timestamp'>),
    timestamp: new Date(event.timestamp),
  } as ApiHistoryEvent; // asl writes its events with the member names of this API
}
