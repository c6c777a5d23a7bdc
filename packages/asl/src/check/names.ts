import type { Findings } from './diagnostic.ts';
import type { Graph } from './graphs.ts';
import { statesOf } from './graphs.ts';

const NAME_CHARACTERS_MAX = 80;
const LABEL_CHARACTERS_MAX = 40;
// Cc: U+0000–001F and U+007F–009F; Cs: surrogates without their other half
const LABEL_FORBIDDEN = /[\s<>{}[\]?*"#%\\^|~$&,;:/`\p{Cc}\p{Cs}\ufffe\uffff]/u;

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

/** Labels are names of their own, unique in the definition. */
export function checkLabels(graphs: readonly Graph[], findings: Findings): void {
  const labels = new Set<string>();
  for (const { state, at } of graphs.flatMap(statesOf)) {
    const label = state['Label'];
    if (state['Type'] !== 'Map' || typeof label !== 'string') continue;
    if (labels.has(label))
      findings.add('DUPLICATE_LABEL_NAME', `Duplicate Label name: ${label}`, `${at}/Label`);
    labels.add(label);
    if (label === '' || [...label].length > LABEL_CHARACTERS_MAX || LABEL_FORBIDDEN.test(label))
      findings.add('INVALID_LABEL_NAME', `Invalid Label name: '${label}'`, `${at}/Label`);
  }
}
