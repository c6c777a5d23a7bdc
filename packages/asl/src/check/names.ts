import type { Findings } from './diagnostic.ts';
import type { Graph } from './graphs.ts';
import { statesOf } from './graphs.ts';

const NAME_CHARACTERS_MAX = 80;

/** "State names MUST be unique within the scope of the whole state machine", and at most 80 characters long. */
export function checkNames(graphs: readonly Graph[], findings: Findings): void {
  const names = new Set<string>();
  for (const { name, at } of graphs.flatMap(statesOf)) {
    if (names.has(name)) findings.add('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, at);
    names.add(name);
    if (name === '' || [...name].length > NAME_CHARACTERS_MAX)
      findings.add(
        'INVALID_STATE_NAME',
        `Invalid State name: '${name}'. It must have 1 to ${NAME_CHARACTERS_MAX} characters`,
        at,
      );
  }
}
