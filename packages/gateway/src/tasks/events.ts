import type { Integration } from './integration.ts';
import { membersOf, operationInput, textOf } from './parameters.ts';

/**
 * `arn:…:states:::events:putEvents`. An entry that the bus refused fails the task, whatever became of the others.
 * @param origin ARNs that every entry's `Resources` gets: of the execution and of its state machine
 */
export function putEvents(origin: readonly string[]): Integration {
  return {
    service: 'events',
    operation: 'PutEvents',
    naming: {
      service: 'events',
      prefix: 'EventBridge',
      generic: 'AmazonEventBridgeException',
      sdk: 1,
      causeName: 'AmazonEventBridge',
    },
    input: (text) => {
      const { Entries, ...parameters } = membersOf(text);
      const entries = Array.isArray(Entries) ? Entries.map((entry) => entryOf(entry, origin)) : Entries;
      return operationInput('events', 'PutEvents', { ...parameters, Entries: entries });
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
