import type { HistoryEvent as ApiHistoryEvent } from '@aws-sdk/client-sfn';
import type { HistoryEvent } from '@riposte/asl';

/** What GetExecutionHistory leaves out with `includeExecutionData: false`. */
const EXECUTION_DATA = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

/** An event as the API answers it: its time is a date. The details are the API's own already. */
export function historyEventOf(event: HistoryEvent, withData: boolean): ApiHistoryEvent {
  const members = Object.entries(event).map(([name, value]) => [
    name,
    !withData && name.endsWith('EventDetails') ? withoutData(value as object) : value,
  ]);
  return {
    ...(Object.fromEntries(members) as Omit<HistoryEvent, 'timestamp'>),
    timestamp: new Date(event.timestamp),
  } as ApiHistoryEvent; // asl writes its events with the member names of this API
}

function withoutData(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !EXECUTION_DATA.has(name)));
}
