import { capitalised } from '../sdk/names.ts';
import { apiOf } from './api.ts';
import { refusedAsOptimised } from './failure.ts';
import type { Integration } from './integration.ts';
import { inputOf, membersOf, textOf } from './parameters.ts';

const api = apiOf('eventbridge', 'PutEvents');

/**
 * `arn:…:states:::events:putEvents`. An entry that the bus refused fails the task, whatever became of the others.
 * @param origin ARNs that every entry's `Resources` gets: of the execution and of its state machine
 */
export function putEvents(origin: readonly string[]): Integration {
  return {
    service: api.service,
    operation: api.operation,
    refused: refusedAsOptimised(api, {
      prefix: 'EventBridge',
      generic: 'AmazonEventBridgeException',
      causeName: 'AmazonEventBridge',
    }),
    input: (text) => {
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
}

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
