/** What is left out of an event's details where execution data is not asked for. */
const EXECUTION_DATA = new Set([
  'input',
  'inputDetails',
  'output',
  'outputDetails',
  'parameters',
  'assignedVariables',
  'assignedVariablesDetails',
]);

/** Details as `includeExecutionData: false` shows them, in histories and in logs. */
export function withoutExecutionData<T>(details: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(details).filter(([name]) => !EXECUTION_DATA.has(name)));
}
