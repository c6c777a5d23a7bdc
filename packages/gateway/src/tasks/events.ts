import { capitalised } from '../sdk/names.ts';
import { apiOf } from './api.ts';
import { refusedAsOptimised } from './failure.ts';
import type { Integration } from './integration.ts';
import { inputOf, membersOf, nameProblems, textOf } from './parameters.ts';

const api = apiOf('EventBridge', 'events', 'PutEvents');

/** `arn:…:states:::events:putEvents`. An entry that the bus refused fails the task, whatever became of the others. */
export const putEvents: Integration = {
  service: api.service,
  operation: api.operation,
  refused: refusedAsOptimised(api, {
    prefix: 'EventBridge',
    generic: 'AmazonEventBridgeException',
    causeName: 'AmazonEventBridge',
  }),
  nameProblems: (names) => nameProblems(api.model.input, capitalised, names),
  input(text, origin = []) {
    const { Entries, ...parameters } = membersOf(text);
    const entries = Array.isArray(Entries) ? Entries.map((entry) => entryOf(entry, origin)) : Entries;
    return inputOf(api.service, api.model, { ...parameters, Entries: entries }, capitalised);
  },
  result: (output) => output,
  failure: (output) =>
    output['FailedEntryCount'] === 0
      ? undefined
      : { error: 'EventBridge.FailedEntry', cause: JSON.stringify(output) },
};

/** What the entry is about is told besides: every event names the execution and its state machine. */
function entryOf(entry: unknown, origin: readonly string[]): unknown {
  if (typeof entry !== 'object' || entry === null) return entry;
  const { Detail, Resources, ...members } = entry as Record<string, unknown>;
  const given = textOf(Detail);
  return {
    ...members,
    ...(given !== undefined && { Detail: given }),
    Resources: [...(Array.isArray(Resources) ? (Resources as unknown[]) : []), ...origin],
  };
}
